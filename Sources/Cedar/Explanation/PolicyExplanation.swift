/// Why a policy was or was not satisfied.
public struct PolicyExplanation: Hashable, Sendable {
    /// The policy.
    public let policy: Policy
    /// What it said.
    public let outcome: PolicyOutcome
    /// For a policy that was not satisfied, the first operand of its conditions that failed.
    public let failingConjunct: Expression?
    /// The atomic conditions that made the outcome, with the values they saw.
    public let facts: [Fact]

    /// Whether its scope asked for this principal, action and resource.
    public var isInScope: Bool {
        guard case .outOfScope = self.outcome else { return true }
        return false
    }

    /// Where an expression of this policy stands, if the policy was read from text.
    public func position(of expression: Expression) -> SourcePosition? {
        guard expression.span != .none else { return nil }
        return self.policy.rule.source?.position(at: expression.span.start)
    }
}
