/// Reads one level of the Basic Encoding Rules, as far as LDAP uses them: definite lengths, low tag numbers.
///
/// libldap decodes messages; the values of controls come to us as octets, and this reads those. Nothing here can read beyond the
/// octets it was given, and what is not understood is `nil`.
///
/// Source: ITU-T X.690, as restricted by RFC 4511 section 5.1.
package struct BERReader {
    /// A tag and its content.
    package struct Element: Hashable {
        /// What it is.
        package var tag: UInt8
        /// What is in it.
        package var content: ArraySlice<UInt8>
    }

    private var rest: ArraySlice<UInt8>

    /// Begins to read.
    package init(_ octets: some Collection<UInt8>) {
        self.rest = ArraySlice(octets)
    }

    /// Whether everything has been read.
    var isAtEnd: Bool { self.rest.isEmpty }

    /// The tag of the next element.
    var nextTag: UInt8? { self.rest.first }

    /// The next element, whatever it is.
    package mutating func element() -> Element? {
        guard let tag = self.rest.popFirst(), tag & 0x1F != 0x1F, let first = self.rest.popFirst() else { return nil }
        var length = Int(first)
        if first >= 0x80 {
            let count = Int(first & 0x7F)
            guard (1...4).contains(count), self.rest.count >= count else { return nil }
            length = self.rest.prefix(count).reduce(0) { $0 << 8 | Int($1) }
            self.rest = self.rest.dropFirst(count)
        }
        guard length <= self.rest.count else { return nil }
        defer { self.rest = self.rest.dropFirst(length) }
        return Element(tag: tag, content: self.rest.prefix(length))
    }

    /// The content of the next element if it has this tag; reads nothing otherwise.
    mutating func content(tag: UInt8) -> ArraySlice<UInt8>? {
        guard self.nextTag == tag else { return nil }
        return self.element()?.content
    }

    /// A reader of what is inside the next element, if it has this tag.
    mutating func inside(tag: UInt8) -> BERReader? {
        self.content(tag: tag).map { BERReader($0) }
    }

    /// The next element as a number, if it has this tag.
    mutating func integer(tag: UInt8) -> Int? {
        guard let content = self.content(tag: tag), (1...8).contains(content.count) else { return nil }
        let sign: Int = (content.first ?? 0) & 0x80 == 0 ? 0 : -1
        return content.reduce(sign) { $0 << 8 | Int($1) }
    }
}

/// Writes the few encodings that the controls of our requests need.
package enum BERWriter {
    static let integer: UInt8 = 0x02
    static let octetString: UInt8 = 0x04
    static let boolean: UInt8 = 0x01
    static let enumerated: UInt8 = 0x0A
    static let sequence: UInt8 = 0x30

    /// An element with its tag, length and content.
    package static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        var length: [UInt8] = []
        if content.count < 0x80 {
            length = [UInt8(content.count)]
        } else {
            var rest = content.count
            while rest > 0 {
                length.insert(UInt8(truncatingIfNeeded: rest), at: 0)
                rest >>= 8
            }
            length.insert(0x80 | UInt8(length.count), at: 0)
        }
        return [tag] + length + content
    }

    /// A number in the fewest octets.
    static func number(_ tag: UInt8, _ value: Int) -> [UInt8] {
        var octets = withoutLeading(value)
        if octets.isEmpty { octets = [0] }
        return self.element(tag, octets)
    }

    private static func withoutLeading(_ value: Int) -> [UInt8] {
        var octets = stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> $0) }
        while octets.count > 1, octets[0] == 0 && octets[1] < 0x80 || octets[0] == 0xFF && octets[1] >= 0x80 {
            octets.removeFirst()
        }
        return octets
    }
}
