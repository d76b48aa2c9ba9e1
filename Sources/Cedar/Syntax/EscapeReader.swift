/// Reads text with escapes, scalar by scalar, collecting every wrong escape.
struct EscapeReader {
    private let bytes: ArraySlice<UInt8>
    private let allowsStar: Bool
    private var position: Int
    private var elements: [Escapes.Element] = []
    private(set) var failures: [Escapes.Failure] = []

    init(_ bytes: ArraySlice<UInt8>, allowsStar: Bool) {
        self.bytes = bytes
        self.allowsStar = allowsStar
        self.position = bytes.startIndex
    }

    mutating func read() -> [Escapes.Element] {
        while let byte = self.peek() {
            switch byte {
            case UInt8(ascii: "\\"):
                self.readEscape()
            case 0x0D:
                self.fail(from: self.position, length: 1, "a carriage return must be written `\\r`")
                self.position += 1
            default:
                self.readScalar()
            }
        }
        return self.elements
    }

    private func peek() -> UInt8? {
        self.position < self.bytes.endIndex ? self.bytes[self.position] : nil
    }

    /// Takes a scalar; in a pattern a star is a wildcard however it is written, unless behind a backslash.
    private mutating func append(_ scalar: Unicode.Scalar, isEscapedStar: Bool = false) {
        let isBareStar = self.allowsStar && scalar == "*" && !isEscapedStar
        self.elements.append(Escapes.Element(scalar: scalar, isBareStar: isBareStar))
    }

    private mutating func fail(from start: Int, length: Int, _ message: String) {
        let end = min(start + length, self.bytes.endIndex)
        self.failures.append(
            Escapes.Failure(range: start - self.bytes.startIndex..<end - self.bytes.startIndex, message: message)
        )
    }

    private mutating func readScalar() {
        // The source is valid UTF-8, so the length follows from the first byte.
        let first = self.bytes[self.position]
        let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        let end = min(self.position + length, self.bytes.endIndex)
        for scalar in String(decoding: self.bytes[self.position..<end], as: UTF8.self).unicodeScalars {
            self.append(scalar)
        }
        self.position = end
    }

    private mutating func readEscape() {
        let start = self.position
        self.position += 1
        guard let byte = self.peek() else {
            self.fail(from: start, length: 1, "`\\` escapes nothing")
            return
        }
        self.position += 1
        switch byte {
        case UInt8(ascii: "n"): self.append("\n")
        case UInt8(ascii: "r"): self.append("\r")
        case UInt8(ascii: "t"): self.append("\t")
        case UInt8(ascii: "0"): self.append("\0")
        case UInt8(ascii: "\\"): self.append("\\")
        case UInt8(ascii: "\""): self.append("\"")
        case UInt8(ascii: "'"): self.append("'")
        case UInt8(ascii: "*") where self.allowsStar: self.append("*", isEscapedStar: true)
        case UInt8(ascii: "x"): self.readHex(from: start)
        case UInt8(ascii: "u"): self.readUnicode(from: start)
        default:
            self.position -= 1
            self.skipScalar()
            self.fail(
                from: start,
                length: self.position - start,
                "unknown escape `\(String(decoding: self.bytes[start..<self.position], as: UTF8.self))`"
            )
        }
    }

    private mutating func skipScalar() {
        self.position += 1
        while let byte = self.peek(), byte & 0xC0 == 0x80 { self.position += 1 }
    }

    /// `\x41`, at most `\x7f`.
    private mutating func readHex(from start: Int) {
        let digits = self.bytes[self.position...].prefix(2)
        guard digits.count == 2, digits.allSatisfy(\.isHexDigit) else {
            self.fail(from: start, length: 2 + digits.count, "`\\x` must be followed by two hex digits")
            return
        }
        self.position += 2
        guard let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16), value < 0x80 else {
            self.fail(from: start, length: 4, "`\\x` reaches only to `\\x7f`; write `\\u{..}`")
            return
        }
        self.append(Unicode.Scalar(value))
    }

    /// `\u{1F600}`, one to six digits, `_` allowed between them.
    private mutating func readUnicode(from start: Int) {
        guard self.peek() == UInt8(ascii: "{") else {
            self.fail(from: start, length: 2, "`\\u` must be followed by `{` and hex digits")
            return
        }
        guard let close = self.bytes[self.position...].firstIndex(of: UInt8(ascii: "}")) else {
            self.fail(from: start, length: self.bytes.endIndex - start, "`\\u{` has no `}`")
            self.position = self.bytes.endIndex
            return
        }
        let body = self.bytes[(self.position + 1)..<close]
        self.position = close + 1
        let digits = body.filter { $0 != UInt8(ascii: "_") }
        guard body.first != UInt8(ascii: "_"), (1...6).contains(digits.count), digits.allSatisfy(\.isHexDigit),
            let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16), let scalar = Unicode.Scalar(value)
        else {
            self.fail(
                from: start,
                length: close + 1 - start,
                "`\\u{..}` must hold one to six hex digits of a Unicode scalar"
            )
            return
        }
        self.append(scalar)
    }
}
