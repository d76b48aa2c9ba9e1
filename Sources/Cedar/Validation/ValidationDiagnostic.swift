/// Something wrong, or probably not meant, in a policy.
public struct ValidationDiagnostic: Hashable, Sendable, CustomStringConvertible {
    /// The policy, template or link.
    public let policy: PolicyID
    /// What is wrong.
    public let problem: ValidationProblem
    /// Where in the text of the policy; ``SourceSpan/none`` for a policy without text.
    public let span: SourceSpan
    /// The file that the policy came from, if any.
    public let file: String?
    /// Where in the file, as people count it; `nil` for a policy without text.
    public let position: SourcePosition?

    init(_ policy: PolicyID, _ rule: Rule, _ problem: ValidationProblem, at span: SourceSpan) {
        self.policy = policy
        self.problem = problem
        self.span = span == .none ? rule.span : span
        self.file = rule.source?.name
        self.position = self.span == .none ? nil : rule.source?.position(at: self.span.start)
    }

    /// Whether the policy may stay as it is.
    public var isWarning: Bool { self.problem.isWarning }

    /// What is wrong, as one sentence.
    public var message: String { self.problem.description(for: self.policy) }

    /// What to do about it, if that can be told.
    public var help: String? { self.problem.help }

    /// One line: `file:line:column: message; help`.
    public var description: String {
        let place = [self.file, self.position?.description].compactMap(\.self).map { "\($0):" }.joined()
        return (place.isEmpty ? "" : place + " ") + self.message + (self.help.map { "; \($0)" } ?? "")
    }
}
