/// The four things a request is made of.
public enum Variable: String, Hashable, Sendable, CaseIterable {
    /// Who asks.
    case principal
    /// To do what.
    case action
    /// To what.
    case resource
    /// Under which circumstances.
    case context
}

/// Operators with one operand.
public enum UnaryOperator: String, Hashable, Sendable {
    /// `!a`
    case not = "!"
    /// `-a`
    case negate = "neg"
    /// `a.isEmpty()`
    case isEmpty
}

/// Operators with two operands, both always evaluated.
public enum BinaryOperator: String, Hashable, Sendable {
    /// `a == b`
    case equal = "=="
    /// `a != b`
    case notEqual = "!="
    /// `a < b`
    case less = "<"
    /// `a <= b`
    case lessOrEqual = "<="
    /// `a > b`
    case greater = ">"
    /// `a >= b`
    case greaterOrEqual = ">="
    /// `a in b`
    case `in` = "in"
    /// `a + b`
    case add = "+"
    /// `a - b`
    case subtract = "-"
    /// `a * b`
    case multiply = "*"
    /// `a.contains(b)`
    case contains
    /// `a.containsAll(b)`
    case containsAll
    /// `a.containsAny(b)`
    case containsAny
    /// `a.hasTag(b)`
    case hasTag
    /// `a.getTag(b)`
    case getTag

    /// Whether it is written between its operands and not as a method.
    public var isInfix: Bool {
        switch self {
        case .contains, .containsAll, .containsAny, .hasTag, .getTag: false
        default: true
        }
    }
}
