/// Text compared by its code points, as Cedar compares it.
///
/// Swift's `String` holds canonically equivalent texts equal (`é` written as one or as two code points); a policy must not, because
/// whoever can choose a spelling could then choose an identity. Cedar's own types compare through this one; use it as a
/// dictionary key wherever the key is text that somebody else wrote.
public struct ExactText: Hashable, Sendable, Comparable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// The text itself.
    public let string: String

    /// Wraps a text.
    public init(_ string: String) {
        self.string = string
    }

    /// Wraps a literal.
    public init(stringLiteral value: String) {
        self.string = value
    }

    /// The text itself.
    public var description: String { self.string }

    /// Whether both are the same code points.
    public static func == (a: ExactText, b: ExactText) -> Bool {
        a.string.isExactly(b.string)
    }

    /// Orders by the bytes of the UTF-8 form, which is the order of code points.
    public static func < (a: ExactText, b: ExactText) -> Bool {
        a.string.precedesExactly(b.string)
    }

    /// Hashes the text; canonically equivalent texts may share a hash, which is harmless.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(self.string)
    }
}

extension String {
    /// Whether both texts are the same code points.
    @inline(__always)
    func isExactly(_ other: String) -> Bool {
        let mine = self.utf8Span.span
        let theirs = other.utf8Span.span
        guard mine.count == theirs.count else { return false }
        for index in 0..<mine.count where mine[index] != theirs[index] { return false }
        return true
    }

    /// Whether this text comes before `other` by code points.
    func precedesExactly(_ other: String) -> Bool {
        self.utf8.lexicographicallyPrecedes(other.utf8)
    }
}
