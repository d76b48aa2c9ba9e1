/// Reads JSON strictly: whole numbers, no member twice, nothing after the value, bounded depth.
///
/// Source: RFC 8259, I-JSON (RFC 7493) where that is stricter.
package struct JSONReader {
    private let bytes: ArraySlice<UInt8>
    private var position: Int

    /// How deep values may nest.
    private static let maximumDepth = 32

    /// Reads one value that is all of `bytes`; `nil` when it is anything else.
    package static func value(_ bytes: ArraySlice<UInt8>) -> JSONValue? {
        var reader = JSONReader(bytes: bytes, position: bytes.startIndex)
        guard let value = reader.value(depth: 0) else { return nil }
        reader.skipSpace()
        return reader.position == bytes.endIndex ? value : nil
    }

    private mutating func value(depth: Int) -> JSONValue? {
        self.skipSpace()
        guard depth < Self.maximumDepth, let first = self.peek else { return nil }
        switch first {
        case UInt8(ascii: "{"): return self.object(depth: depth)
        case UInt8(ascii: "["): return self.array(depth: depth)
        case UInt8(ascii: "\""): return self.string().map(JSONValue.string)
        case UInt8(ascii: "t"): return self.take("true") ? .bool(true) : nil
        case UInt8(ascii: "f"): return self.take("false") ? .bool(false) : nil
        case UInt8(ascii: "n"): return self.take("null") ? .null : nil
        default: return self.number()
        }
    }

    private mutating func object(depth: Int) -> JSONValue? {
        var members: [String: JSONValue] = [:]
        self.position += 1
        self.skipSpace()
        if self.take("}") { return .object([:]) }
        while true {
            self.skipSpace()
            guard self.peek == UInt8(ascii: "\""), let name = self.string(), members[name] == nil else { return nil }
            self.skipSpace()
            guard self.take(":"), let value = self.value(depth: depth + 1) else { return nil }
            members[name] = value
            self.skipSpace()
            if self.take("}") { return .object(members) }
            guard self.take(",") else { return nil }
        }
    }

    private mutating func array(depth: Int) -> JSONValue? {
        var elements: [JSONValue] = []
        self.position += 1
        self.skipSpace()
        if self.take("]") { return .array([]) }
        while true {
            guard let value = self.value(depth: depth + 1) else { return nil }
            elements.append(value)
            self.skipSpace()
            if self.take("]") { return .array(elements) }
            guard self.take(",") else { return nil }
        }
    }

    private mutating func number() -> JSONValue? {
        let start = self.position
        if self.peek == UInt8(ascii: "-") { self.position += 1 }
        while let digit = self.peek, (0x30...0x39).contains(digit) { self.position += 1 }
        let text = String(decoding: self.bytes[start..<self.position], as: UTF8.self)
        // A fraction, an exponent, `-0` and leading zeros have other spellings or are not whole.
        guard let number = Int64(text), String(number) == text else { return nil }
        return .integer(number)
    }

    private mutating func string() -> String? {
        self.position += 1
        let start = self.position
        while let byte = self.peek, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 {
            self.position += 1
        }
        if self.peek == UInt8(ascii: "\"") {
            self.position += 1
            return String(validating: self.bytes[start..<self.position - 1], as: UTF8.self)
        }
        var text = Array(self.bytes[start..<self.position])
        while let byte = self.peek, byte >= 0x20 {
            self.position += 1
            if byte == UInt8(ascii: "\"") { return String(validating: text, as: UTF8.self) }
            if byte == UInt8(ascii: "\\") {
                guard let scalar = self.escape() else { return nil }
                text.append(contentsOf: Array(String(scalar).utf8))
            } else {
                text.append(byte)
            }
        }
        return nil
    }

    private mutating func escape() -> Character? {
        guard let byte = self.peek else { return nil }
        self.position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Character(Unicode.Scalar(byte))
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): break
        default: return nil
        }
        guard let high = self.fourHexDigits() else { return nil }
        if let scalar = Unicode.Scalar(high) { return Character(scalar) }
        guard (0xD800..<0xDC00).contains(high), self.take("\\u"), let low = self.fourHexDigits(),
            (0xDC00..<0xE000).contains(low)
        else { return nil }
        return Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)).map { Character($0) }
    }

    private mutating func fourHexDigits() -> UInt32? {
        guard self.position + 4 <= self.bytes.endIndex else { return nil }
        let digits = self.bytes[self.position..<self.position + 4]
        guard digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return nil }
        self.position += 4
        return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    }

    private var peek: UInt8? { self.position < self.bytes.endIndex ? self.bytes[self.position] : nil }

    private mutating func skipSpace() {
        while let byte = self.peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { self.position += 1 }
    }

    private mutating func take(_ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard self.position + count <= self.bytes.endIndex else { return false }
        let isThere = word.withUTF8Buffer { unsafe self.bytes[self.position..<self.position + count].elementsEqual($0) }
        if isThere { self.position += count }
        return isThere
    }
}
