/// A JSON value with the place where it stood.
///
/// Written here because policy data needs three things of its reader: every key as often as it was written, 64-bit integers kept exactly, and
/// a bounded depth.
///
/// Source: RFC 8259.
public struct JSON: Hashable, Sendable {
    /// The forms of JSON values.
    public indirect enum Node: Sendable {
        /// `null`
        case null
        /// `true`, `false`
        case bool(Bool)
        /// A number that is a 64-bit integer.
        case integer(Int64)
        /// Any other number, as written.
        case number(String)
        /// Text.
        case string(String)
        /// `[...]`
        case array([JSON])
        /// `{...}`, members in the order written.
        case object([Member])
    }

    /// A key and its value.
    public struct Member: Sendable {
        /// The key.
        public let key: String
        /// The value.
        public let value: JSON

        /// Puts key and value together.
        public init(_ key: String, _ value: JSON) {
            self.key = key
            self.value = value
        }
    }

    /// What it is.
    public let node: Node
    /// Where it stood; ``SourceSpan/none`` when it was not read.
    public let span: SourceSpan

    /// Wraps a value.
    public init(node: Node, span: SourceSpan = .none) {
        self.node = node
        self.span = span
    }

    /// Text.
    public static func string(_ text: String) -> JSON { JSON(node: .string(text)) }

    /// `true` or `false`.
    public static func bool(_ value: Bool) -> JSON { JSON(node: .bool(value)) }

    /// An integer.
    public static func integer(_ value: Int64) -> JSON { JSON(node: .integer(value)) }

    /// An array.
    public static func array(_ elements: [JSON]) -> JSON { JSON(node: .array(elements)) }

    /// An object.
    public static func object(_ members: [(String, JSON)]) -> JSON {
        JSON(node: .object(members.map { Member($0.0, $0.1) }))
    }

    /// The value of the last member with a key; `nil` for anything but an object with that key.
    public subscript(key: String) -> JSON? {
        guard case .object(let members) = self.node else { return nil }
        return members.last { $0.key.isExactly(key) }?.value
    }

    /// The value of the one member with a key; `nil` also when the key stands there twice.
    func only(_ key: String) -> JSON? {
        guard case .object(let members) = self.node else { return nil }
        var found: JSON?
        for member in members where member.key.isExactly(key) {
            guard found == nil else { return nil }
            found = member.value
        }
        return found
    }

    /// The text, if it is text.
    public var string: String? {
        guard case .string(let text) = self.node else { return nil }
        return text
    }

    /// The elements, if it is an array.
    public var array: [JSON]? {
        guard case .array(let elements) = self.node else { return nil }
        return elements
    }

    /// The members, if it is an object.
    public var object: [Member]? {
        guard case .object(let members) = self.node else { return nil }
        return members
    }

    /// The truth value, if it is one.
    public var bool: Bool? {
        guard case .bool(let value) = self.node else { return nil }
        return value
    }

    /// Whether it is `null`.
    var isNull: Bool {
        if case .null = self.node { true } else { false }
    }

    /// What kind of value it is, for messages.
    public var kind: String {
        switch self.node {
        case .null: "null"
        case .bool: "a boolean"
        case .integer, .number: "a number"
        case .string: "text"
        case .array: "an array"
        case .object: "an object"
        }
    }

    /// Whether both say the same; the order of members does not count.
    public static func == (a: JSON, b: JSON) -> Bool {
        switch (a.node, b.node) {
        case (.null, .null): return true
        case (.bool(let a), .bool(let b)): return a == b
        case (.integer(let a), .integer(let b)): return a == b
        case (.number(let a), .number(let b)): return a == b
        case (.string(let a), .string(let b)): return a.isExactly(b)
        case (.array(let a), .array(let b)): return a == b
        case (.object(let x), .object(let y)):
            guard x.count == y.count else { return false }
            let left = x.sorted { $0.key.precedesExactly($1.key) }
            let right = y.sorted { $0.key.precedesExactly($1.key) }
            return zip(left, right).allSatisfy { $0.key.isExactly($1.key) && $0.value == $1.value }
        default: return false
        }
    }

    /// Hashes what it is, coarsely.
    public func hash(into hasher: inout Hasher) {
        switch self.node {
        case .null: hasher.combine(0)
        case .bool(let value): hasher.combine(value)
        case .integer(let value): hasher.combine(value)
        case .number(let text), .string(let text): hasher.combine(text)
        case .array(let elements): hasher.combine(elements)
        case .object(let members): hasher.combine(members.count)
        }
    }
}
