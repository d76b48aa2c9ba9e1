/// The value of a hexadecimal digit; `nil` for any other byte.
func hexadecimalValue(of byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}

/// Undoes percent-encoding, once and strictly.
///
/// - Parameters:
///   - bytes: A path segment, or a name or value of a query.
///   - plusIsSpace: Whether `+` stands for a space, as in queries.
/// - Returns: The text; `nil` when an escape is malformed or the octets are not UTF-8, since the upstream's reader would
///   then guess, each in its own way.
///
/// Source: RFC 3986, section 2.1; WHATWG URL, section 5.1 for `+`.
func percentDecoded(_ bytes: some Collection<UInt8>, plusIsSpace: Bool) -> String? {
    var decoded: [UInt8] = []
    decoded.reserveCapacity(bytes.count)
    var rest = bytes[...]
    while let byte = rest.popFirst() {
        switch byte {
        case UInt8(ascii: "%"):
            guard let high = rest.popFirst().flatMap(hexadecimalValue),
                let low = rest.popFirst().flatMap(hexadecimalValue)
            else { return nil }
            decoded.append(high << 4 | low)
        case UInt8(ascii: "+") where plusIsSpace: decoded.append(0x20)
        default: decoded.append(byte)
        }
    }
    return String(validating: decoded, as: UTF8.self)
}

/// Writes a value so that it can only ever be one value of a query, or one segment of a path.
///
/// Everything but the unreserved characters is escaped.
///
/// Source: RFC 3986, section 2.3.
func percentEncoded(_ value: String) -> String {
    var encoded = ""
    for byte in value.utf8 {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            encoded.unicodeScalars.append(Unicode.Scalar(byte))
        default:
            let digits = String(byte, radix: 16, uppercase: true)
            encoded += byte < 0x10 ? "%0\(digits)" : "%\(digits)"
        }
    }
    return encoded
}
