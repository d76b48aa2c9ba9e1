/// Writes canonical JSON: no spaces, members in a fixed order, one spelling for each string.
///
/// Written by hand because the bytes are hashed: the same record must come out the same in ten years and in every
/// implementation, whatever a library's encoder thinks of next.
///
/// Source: RFC 8259; the escapes are those of RFC 8785, section 3.2.2.2.
enum JSONText {
    /// Appends `"name":` with a comma before it.
    @inline(__always)
    static func appendName(_ name: StaticString, to text: inout [UInt8]) {
        text.append(UInt8(ascii: ","))
        text.append(UInt8(ascii: "\""))
        self.appendRaw(name, to: &text)
        text.append(UInt8(ascii: "\""))
        text.append(UInt8(ascii: ":"))
    }

    /// Appends text of ours as it stands.
    @inline(__always)
    static func appendRaw(_ literal: StaticString, to text: inout [UInt8]) {
        literal.withUTF8Buffer { unsafe text.append(contentsOf: $0) }
    }

    /// Appends a string in quotes.
    static func append(_ string: String, to text: inout [UInt8]) {
        var string = string
        string.withUTF8 { buffer in
            unsafe self.append(Span(_unsafeElements: buffer), to: &text)
        }
    }

    /// Appends bytes in quotes; what is not UTF-8 becomes U+FFFD.
    static func append(_ bytes: Span<UInt8>, to text: inout [UInt8]) {
        text.append(UInt8(ascii: "\""))
        var isPlain = true
        for index in bytes.indices {
            let byte = bytes[index]
            // `"` and `\` and everything outside printable ASCII takes the long way.
            if byte < 0x20 || byte > 0x7E || byte == 0x22 || byte == 0x5C {
                isPlain = false
                break
            }
        }
        if isPlain {
            unsafe bytes.withUnsafeBufferPointer { unsafe text.append(contentsOf: $0) }
        } else {
            let whole = unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
            self.appendEscaped(whole, to: &text)
        }
        text.append(UInt8(ascii: "\""))
    }

    /// Appends a whole number.
    static func append(_ number: some FixedWidthInteger, to text: inout [UInt8]) {
        if number < 10, number >= 0 {
            text.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number))
        } else {
            text.append(contentsOf: String(number).utf8)
        }
    }

    /// Appends any value; the members of objects in the order of their names' bytes.
    static func append(_ value: JSONValue, to text: inout [UInt8]) {
        switch value {
        case .null: self.appendRaw("null", to: &text)
        case .bool(let truth): self.appendRaw(truth ? "true" : "false", to: &text)
        case .integer(let number): self.append(number, to: &text)
        case .string(let string): self.append(string, to: &text)
        case .array(let elements): self.append(elements, to: &text) { self.append($0, to: &$1) }
        case .object(let members):
            self.append(members, to: &text) { self.append($0, to: &$1) }
        }
    }

    /// Appends an array.
    static func append<Element>(
        _ elements: some Sequence<Element>,
        to text: inout [UInt8],
        element: (Element, inout [UInt8]) -> Void
    ) {
        var separator = UInt8(ascii: "[")
        for one in elements {
            text.append(separator)
            separator = UInt8(ascii: ",")
            element(one, &text)
        }
        if separator == UInt8(ascii: "[") { text.append(separator) }
        text.append(UInt8(ascii: "]"))
    }

    /// Appends an object whose members are sorted by name.
    static func append<Value>(
        _ members: [String: Value],
        to text: inout [UInt8],
        value: (Value, inout [UInt8]) -> Void
    ) {
        var separator = UInt8(ascii: "{")
        for (name, one) in members.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            text.append(separator)
            separator = UInt8(ascii: ",")
            self.append(name, to: &text)
            text.append(UInt8(ascii: ":"))
            value(one, &text)
        }
        if separator == UInt8(ascii: "{") { text.append(separator) }
        text.append(UInt8(ascii: "}"))
    }

    private static func appendEscaped(_ string: String, to text: inout [UInt8]) {
        let digits = Array("0123456789abcdef".utf8)
        for byte in string.utf8 {
            switch byte {
            case 0x22: self.appendRaw("\\\"", to: &text)
            case 0x5C: self.appendRaw("\\\\", to: &text)
            case 0x08: self.appendRaw("\\b", to: &text)
            case 0x09: self.appendRaw("\\t", to: &text)
            case 0x0A: self.appendRaw("\\n", to: &text)
            case 0x0C: self.appendRaw("\\f", to: &text)
            case 0x0D: self.appendRaw("\\r", to: &text)
            case 0..<0x20:
                self.appendRaw("\\u00", to: &text)
                text.append(digits[Int(byte >> 4)])
                text.append(digits[Int(byte & 15)])
            default: text.append(byte)
            }
        }
    }
}
