/// One escape in a JSON string, with the surrogate pair it may need.
///
/// Source: RFC 8259, section 7.
struct JSONEscape {
    /// What it stands for.
    let scalar: Unicode.Scalar

    /// How many bytes it takes, the backslash included.
    let length: Int

    /// Reads the escape at the beginning of `text`; `nil` when it is none, or half a surrogate pair.
    init?(_ text: ArraySlice<UInt8>) {
        guard text.count >= 2, text.first == UInt8(ascii: "\\") else { return nil }
        switch text[text.startIndex + 1] {
        case UInt8(ascii: "\""): self.init("\"")
        case UInt8(ascii: "\\"): self.init("\\")
        case UInt8(ascii: "/"): self.init("/")
        case UInt8(ascii: "b"): self.init("\u{8}")
        case UInt8(ascii: "f"): self.init("\u{C}")
        case UInt8(ascii: "n"): self.init("\n")
        case UInt8(ascii: "r"): self.init("\r")
        case UInt8(ascii: "t"): self.init("\t")
        case UInt8(ascii: "u"): self.init(unicode: text)
        default: return nil
        }
    }

    private init(_ scalar: Unicode.Scalar, length: Int = 2) {
        self.scalar = scalar
        self.length = length
    }

    private init?(unicode text: ArraySlice<UInt8>) {
        guard let first = Self.codeUnit(text) else { return nil }
        if let scalar = Unicode.Scalar(first) {
            self.init(scalar, length: 6)
        } else {
            guard first < 0xDC00, let second = Self.codeUnit(text.dropFirst(6)), 0xDC00 <= second, second <= 0xDFFF,
                let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
            else { return nil }
            self.init(scalar, length: 12)
        }
    }

    /// The four digits of `\uXXXX`.
    private static func codeUnit(_ text: ArraySlice<UInt8>) -> UInt32? {
        let digits = text.dropFirst(2).prefix(4)
        guard text.starts(with: #"\u"#.utf8), digits.count == 4 else { return nil }
        var unit: UInt32 = 0
        for digit in digits {
            guard let value = hexadecimalValue(of: digit) else { return nil }
            unit = unit << 4 | UInt32(value)
        }
        return unit
    }
}

extension JSONDocument.Node {
    /// The text of a string, escapes undone.
    func text(in bytes: [UInt8]) -> ArraySlice<UInt8> {
        let raw = bytes[Int(self.start) + 1..<Int(self.end) - 1]
        guard self.isEscaped else { return raw }
        var text: ArraySlice<UInt8> = []
        var rest = raw
        while let byte = rest.first {
            if byte == UInt8(ascii: "\\"), let escape = JSONEscape(rest) {
                text += UTF8.encode(escape.scalar).map(Array.init) ?? []
                rest = rest.dropFirst(escape.length)
            } else {
                text.append(byte)
                rest = rest.dropFirst()
            }
        }
        return text
    }
}

extension JSONDocument {
    /// The text of the string at a node, escapes undone.
    func text(ofStringAt index: Int) -> ArraySlice<UInt8> {
        self.nodes[index].text(in: self.bytes)
    }
}
