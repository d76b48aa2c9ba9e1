/// A condition, or a part of one, with the place where it stands.
///
/// Two expressions are equal when they say the same, wherever they stand.
public struct Expression: Hashable, Sendable {
    /// What it says.
    public let node: Node
    /// Where it stands.
    public let span: SourceSpan
    /// How many expressions lie in each other, this one included.
    ///
    /// Whatever walks over expressions recurses this deep, so whatever reads them refuses more than ``maximumDepth``.
    public let depth: Int32
    /// How many expressions its JSON form has, in which `a has b.c` stands for `a has b && a.b has c`; at most `Int32.max`.
    let writtenSize: Int32

    /// How deep an expression may be, and the conditions of a policy joined to one.
    ///
    /// So deep an expression takes less than 512 KiB of stack, which is what some threads have, whatever walks over it.
    public static let maximumDepth: Int32 = 256

    /// Puts an expression together.
    public init(_ node: Node, span: SourceSpan = .none) {
        self.node = node
        self.span = span
        self.depth = 1 + node.childDepth
        self.writtenSize = node.writtenSize
    }

    /// The forms of expressions.
    ///
    /// Close to what people write: `>` and `!=` are forms of their own, though the language defines them by others.
    public indirect enum Node: Hashable, Sendable {
        /// `true`, `7`, `"text"`, `User::"anna"`
        case literal(Literal)
        /// `principal`, `action`, `resource`, `context`
        case variable(Variable)
        /// A slot of a template.
        case slot(Slot)
        /// `a && b`
        case and(Expression, Expression)
        /// `a || b`
        case or(Expression, Expression)
        /// `if a then b else c`
        case conditional(Expression, then: Expression, else: Expression)
        /// `!a`, `-a`, `a.isEmpty()`
        case unary(UnaryOperator, Expression)
        /// `a == b` and the like, `a.contains(b)` and the like
        case binary(BinaryOperator, Expression, Expression)
        /// `a.name`, `a["name"]`
        case attribute(Expression, String)
        /// `a has name`, `a has b.c.d`: one or more names, each an attribute of what the names before it lead to.
        case has(Expression, [String])
        /// `a like "pat*rn"`
        case like(Expression, Pattern)
        /// `a is T`, `a is T in b`
        case `is`(Expression, EntityTypeName, in: Expression?)
        /// `[a, b]`
        case set([Expression])
        /// `{ name: a, "other name": b }`, in the order written; names differ.
        case record([RecordField])
        /// `ip("10.0.0.1")`, `a.isInRange(b)`: the receiver of a method is the first argument.
        case call(ExtensionFunction, [Expression])
        /// A value that partial evaluation found, or does not know yet.
        case unknown(String)
    }

    /// The expressions directly inside this one, in the order written.
    public var children: [Expression] {
        switch self.node {
        case .literal, .variable, .slot, .unknown: []
        case .and(let a, let b), .or(let a, let b), .binary(_, let a, let b): [a, b]
        case .conditional(let condition, let consequence, let alternative): [condition, consequence, alternative]
        case .unary(_, let operand), .attribute(let operand, _), .has(let operand, _), .like(let operand, _): [operand]
        case .is(let operand, _, let ancestor): [operand] + [ancestor].compactMap(\.self)
        case .set(let elements): elements
        case .record(let fields): fields.map(\.value)
        case .call(_, let arguments): arguments
        }
    }

    /// Whether both say the same.
    public static func == (a: Expression, b: Expression) -> Bool {
        a.node == b.node
    }

    /// Hashes what is said.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(self.node)
    }
}

extension Expression.Node {
    /// See ``Expression/writtenSize``.
    fileprivate var writtenSize: Int32 {
        let size: Int =
            switch self {
            case .literal, .variable, .slot, .unknown: 1
            case .and(let a, let b), .or(let a, let b), .binary(_, let a, let b):
                1 + Int(a.writtenSize) + Int(b.writtenSize)
            case .conditional(let a, let b, let c): 1 + Int(a.writtenSize) + Int(b.writtenSize) + Int(c.writtenSize)
            case .unary(_, let operand), .attribute(let operand, _), .like(let operand, _): 1 + Int(operand.writtenSize)
            // As many tests, each of what the names before it lead to.
            case .has(let operand, let names): (Int(operand.writtenSize) + names.count + 1) * names.count
            case .is(let operand, _, let ancestor): 1 + Int(operand.writtenSize) + Int(ancestor?.writtenSize ?? 0)
            case .set(let elements): elements.reduce(1) { $0 + Int($1.writtenSize) }
            case .record(let fields): fields.reduce(1) { $0 + Int($1.value.writtenSize) }
            case .call(_, let arguments): arguments.reduce(1) { $0 + Int($1.writtenSize) }
            }
        return Int32(clamping: size)
    }

    /// The depth of the deepest expression directly inside.
    fileprivate var childDepth: Int32 {
        switch self {
        case .literal, .variable, .slot, .unknown: 0
        case .and(let a, let b), .or(let a, let b), .binary(_, let a, let b): max(a.depth, b.depth)
        case .conditional(let a, let b, let c): max(a.depth, b.depth, c.depth)
        case .unary(_, let operand), .attribute(let operand, _), .like(let operand, _): operand.depth
        // `has a.b.c` is worked out as a chain of tests.
        case .has(let operand, let names): operand.depth + Int32(clamping: names.count - 1)
        case .is(let operand, _, let ancestor): max(operand.depth, ancestor?.depth ?? 0)
        case .set(let elements): elements.lazy.map(\.depth).max() ?? 0
        case .record(let fields): fields.lazy.map(\.value.depth).max() ?? 0
        case .call(_, let arguments): arguments.lazy.map(\.depth).max() ?? 0
        }
    }
}

/// A value written out.
public enum Literal: Hashable, Sendable {
    /// `true`, `false`
    case bool(Bool)
    /// `42`, `-42`
    case long(Int64)
    /// `"text"`
    case string(String)
    /// `User::"anna"`
    case entity(EntityUID)

    /// The value.
    public var value: Value {
        switch self {
        case .bool(let value): .bool(value)
        case .long(let value): .long(value)
        case .string(let value): .string(value)
        case .entity(let value): .entity(value)
        }
    }

    /// Whether both are the same value.
    public static func == (a: Literal, b: Literal) -> Bool { a.value == b.value }

    /// Hashes the value.
    public func hash(into hasher: inout Hasher) { hasher.combine(self.value) }
}

/// One `name: value` of a record literal.
public struct RecordField: Hashable, Sendable {
    /// The name.
    public let key: String
    /// The value.
    public let value: Expression

    /// Puts name and value together.
    public init(key: String, value: Expression) {
        self.key = key
        self.value = value
    }

    /// Whether name and value are the same.
    public static func == (a: RecordField, b: RecordField) -> Bool {
        a.key.isExactly(b.key) && a.value == b.value
    }

    /// Hashes both.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(self.key)
        hasher.combine(self.value)
    }
}
