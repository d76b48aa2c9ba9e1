/// A `when` or `unless` clause.
public struct Condition: Hashable, Sendable {
    /// Whether the policy applies when the expression is true, or unless it is.
    public enum Kind: String, Hashable, Sendable {
        /// The expression must be true.
        case when
        /// The expression must be false.
        case unless
    }

    /// Which of the two.
    public let kind: Kind
    /// What must be true, or false.
    public let expression: Expression
    /// Where it stands, keyword and braces included.
    public let span: SourceSpan

    /// Puts a clause together.
    public init(kind: Kind, expression: Expression, span: SourceSpan = .none) {
        self.kind = kind
        self.expression = expression
        self.span = span
    }

    /// How deep the expression is that clauses are joined to, from the right.
    static func depth(of conditions: [Condition]) -> Int32 {
        conditions.enumerated().map { place, condition in
            let operators = min(place + 1, conditions.count - 1) + (condition.kind == .unless ? 1 : 0)
            return condition.expression.depth + Int32(clamping: operators)
        }.max() ?? 0
    }

    /// Whether both say the same, wherever they stand.
    public static func == (a: Condition, b: Condition) -> Bool {
        a.kind == b.kind && a.expression == b.expression
    }

    /// Hashes what is said.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(self.kind)
        hasher.combine(self.expression)
    }
}
