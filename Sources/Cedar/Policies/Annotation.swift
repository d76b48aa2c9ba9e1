/// A remark of the form `@key("value")`, without meaning for decisions.
public struct Annotation: Hashable, Sendable {
    /// The word after `@`; reserved words are allowed here.
    public let key: String
    /// The text in parentheses; `nil` when there are none.
    public let value: String?
    /// Where it stands.
    public let span: SourceSpan

    /// Puts key and value together.
    public init(key: String, value: String?, span: SourceSpan = .none) {
        self.key = key
        self.value = value
        self.span = span
    }

    /// Whether key and value are the same, wherever they stand.
    public static func == (a: Annotation, b: Annotation) -> Bool {
        guard a.key == b.key else { return false }
        switch (a.value, b.value) {
        case (nil, nil): return true
        case (let x?, let y?): return x.isExactly(y)
        default: return false
        }
    }

    /// Hashes key and value.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(self.key)
        hasher.combine(self.value)
    }
}
