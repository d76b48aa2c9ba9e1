/// What stands after `like`: text in which `*` stands for any text, also none.
public struct Pattern: Hashable, Sendable {
    /// A piece of a pattern.
    public enum Element: Hashable, Sendable {
        /// `*`
        case wildcard
        /// One scalar as it is; a star too, written `\*`.
        case scalar(Unicode.Scalar)
    }

    /// The pieces in order.
    public let elements: [Element]
    /// The UTF-8 bytes to match; stars are `nil`.
    private let bytes: [UInt8?]

    /// Puts a pattern together.
    public init(_ elements: [Element]) {
        self.elements = elements
        var bytes: [UInt8?] = []
        for element in elements {
            switch element {
            // Two stars match what one matches.
            case .wildcard where bytes.last == .some(nil): break
            case .wildcard: bytes.append(nil)
            case .scalar(let scalar): bytes.append(contentsOf: String(scalar).utf8.map(Optional.some))
            }
        }
        self.bytes = bytes
    }

    /// Whether `text` as a whole has the form of this pattern.
    ///
    /// Takes time proportional to the product of both lengths at worst, and never recurses.
    public func matches(_ text: String) -> Bool {
        let text = text.utf8Span.span
        var position = 0
        var index = 0
        // Where to go back to: after the last star, and the text it has not swallowed yet.
        var afterStar = -1
        var retry = 0
        while position < text.count {
            if index < self.bytes.count, let byte = self.bytes[index] {
                if byte == text[position] {
                    index += 1
                    position += 1
                    continue
                }
            } else if index < self.bytes.count {
                index += 1
                afterStar = index
                retry = position
                continue
            }
            guard afterStar >= 0 else { return false }
            retry += 1
            position = retry
            index = afterStar
        }
        while index < self.bytes.count, self.bytes[index] == nil { index += 1 }
        return index == self.bytes.count
    }
}
