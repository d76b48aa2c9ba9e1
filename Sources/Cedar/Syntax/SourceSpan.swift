/// A stretch of source text, in bytes of its UTF-8 form.
///
/// Offsets and not lines, because every token carries one; ``SourceText`` turns them into lines and columns when somebody asks.
public struct SourceSpan: Hashable, Sendable {
    /// Offset of the first byte.
    public let start: Int32
    /// Offset after the last byte.
    public let end: Int32

    /// The bytes from `start` up to `end`.
    public init(start: Int, end: Int) {
        self.start = Int32(clamping: start)
        self.end = Int32(clamping: end)
    }

    /// The span of what has no source text, such as policies read from JSON.
    public static let none = SourceSpan(start: -1, end: -1)

    /// From the start of this span to the end of another.
    public func joined(to other: SourceSpan) -> SourceSpan {
        SourceSpan(start: Int(self.start), end: Int(other.end))
    }
}
