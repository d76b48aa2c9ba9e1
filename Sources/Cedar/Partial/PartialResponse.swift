/// What can be said about a request of which something is not known yet.
public struct PartialResponse: Sendable {
    /// A policy that applies or does not, depending on what is not known.
    public struct Residual: Hashable, Sendable {
        /// The policy.
        public let policy: PolicyID
        /// What it does if it applies.
        public let effect: Effect
        /// What remains to be true for it to apply.
        public let condition: Expression
    }

    /// The types that this answer is for.
    public let environment: RequestEnvironment
    /// Permits that apply whatever the unknown turns out to be.
    public let permits: [PolicyID]
    /// Forbids that apply whatever the unknown turns out to be.
    public let forbids: [PolicyID]
    /// Policies that cannot be evaluated whatever the unknown turns out to be, and are skipped.
    public let failures: [PolicyFailure]
    /// Policies that depend on what is not known.
    public let residuals: [Residual]

    /// The decision, if it is the same whatever the unknown turns out to be; otherwise `nil`.
    public var decision: Decision? {
        if !self.forbids.isEmpty { return .deny }
        let mayForbid = self.residuals.contains { $0.effect == .forbid }
        if !self.permits.isEmpty { return mayForbid ? nil : .allow }
        return self.residuals.contains { $0.effect == .permit } ? nil : .deny
    }

    /// Decides the request now that everything about it is known.
    ///
    /// Only the residuals are evaluated.
    ///
    /// - Parameters:
    ///   - request: The whole request, of this answer's environment and agreeing with what was known.
    ///   - entities: The entities that the partial answer was made with.
    /// - Returns: The same decision as the policies themselves would give.
    public func completed(by request: Request, _ entities: Entities) -> Decision {
        guard self.forbids.isEmpty else { return .deny }
        var isPermitted = !self.permits.isEmpty
        for residual in self.residuals where residual.effect == .forbid || !isPermitted {
            var builder = ProgramBuilder()
            let start = builder.add(residual.condition)
            // A condition without a value makes its policy be skipped.
            guard (try? Evaluator(builder.program, request, entities).bool(start)) == true else { continue }
            if residual.effect == .forbid { return .deny }
            isPermitted = true
        }
        return isPermitted ? .allow : .deny
    }
}
