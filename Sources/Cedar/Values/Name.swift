/// A name with its namespaces, such as `User` or `Plant::Press::Operator`.
///
/// Entity types, common types, extension types and functions are all named this way. The parts are plain ASCII identifiers, so
/// the written form is the only form.
public struct Name: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The written form, parts joined by `::`.
    public let text: String

    /// Reads a name.
    ///
    /// - Parameter text: The written form, without spaces.
    /// Fails, giving `nil`, when a part is empty, reserved, or not an identifier.
    public init?(_ text: String) {
        guard Name.isWellFormed(text) else { return nil }
        self.text = text
    }

    /// Wraps text known to be a name: made by the parser, or a literal of this module.
    init(unchecked text: String) {
        self.text = text
    }

    /// The name inside a namespace; inside no namespace when that is `nil` or empty.
    init(unchecked basename: some StringProtocol, in namespace: Name?) {
        guard let namespace, !namespace.text.isEmpty else {
            self.text = String(basename)
            return
        }
        self.text = namespace.text + "::" + basename
    }

    /// The written form.
    public var description: String { self.text }

    /// The last part: `Operator` of `Plant::Press::Operator`.
    public var basename: String {
        guard let index = self.lastSeparatorEnd else { return self.text }
        return String(self.text[index...])
    }

    /// Everything before the last part: `Plant::Press` of `Plant::Press::Operator`; `nil` without a namespace.
    public var namespace: Name? {
        guard let index = self.lastSeparatorEnd else { return nil }
        return Name(unchecked: String(self.text[..<index].dropLast(2)))
    }

    /// The parts, outermost namespace first.
    public var parts: [String] {
        self.text.split(separator: ":", omittingEmptySubsequences: true).map(String.init)
    }

    /// Whether the name has a namespace.
    public var isQualified: Bool { self.lastSeparatorEnd != nil }

    /// Alphabetical order.
    public static func < (a: Name, b: Name) -> Bool { a.text < b.text }

    private var lastSeparatorEnd: String.Index? {
        guard let colon = self.text.utf8.lastIndex(of: UInt8(ascii: ":")) else { return nil }
        return self.text.utf8.index(after: colon)
    }

    private static func isWellFormed(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        var start = 0
        while true {
            var end = start
            while end < bytes.count, bytes[end].isIdentifierPart { end += 1 }
            let part = String(decoding: bytes[start..<end], as: UTF8.self)
            guard Identifier.isUsable(part) else { return false }
            if end == bytes.count { return true }
            guard end + 1 < bytes.count, bytes[end] == UInt8(ascii: ":"), bytes[end + 1] == UInt8(ascii: ":") else {
                return false
            }
            start = end + 2
        }
    }
}

/// The type of an entity.
public typealias EntityTypeName = Name
