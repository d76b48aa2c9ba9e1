package import Directory

/// A name and a password as they stand in an `Authorization: Basic` field.
///
/// Reading is exact, because the same octets are what the credential is remembered by: one space, canonical Base64, UTF-8,
/// no control characters, and a colon. Everything else is no credential at all.
///
/// Source: RFC 7617, section 2; RFC 4648, section 4.
package struct BasicCredential: Sendable {
    /// The user name, as typed.
    package let name: String

    /// The password; never written anywhere.
    package let password: Password

    /// The longest field value that is read, in bytes.
    ///
    /// Directories limit a name to 256 and a password to a few hundred characters; four thirds of that, with room.
    static let maximumLength = 4096

    /// Reads the value of an `Authorization` field; `nil` when it is not a Basic credential.
    package init?(field: [UInt8]) {
        guard field.count <= Self.maximumLength, field.count > 6 else { return nil }
        for (octet, expected) in zip(field.prefix(5), "basic".utf8) where octet | 0x20 != expected { return nil }
        guard field[5] == UInt8(ascii: " "), let pair = decodedBase64(field[6...]) else { return nil }
        guard let colon = pair.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        // RFC 7617 forbids control characters in both, and a NUL would end the name early in any C library.
        guard !pair.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return nil }
        guard let name = String(validating: pair[..<colon], as: UTF8.self) else { return nil }
        self.name = name
        self.password = Password(pair[(colon + 1)...])
    }
}

/// Decodes canonical Base64 with its padding; `nil` for anything else.
func decodedBase64(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    guard text.count % 4 == 0 else { return nil }
    var decoded: [UInt8] = []
    decoded.reserveCapacity(text.count / 4 * 3)
    var group: UInt32 = 0
    var digits = 0
    var padding = 0
    for character in text {
        if character == UInt8(ascii: "=") {
            padding += 1
            continue
        }
        guard padding == 0, let digit = base64Digit(character) else { return nil }
        group = group << 6 | UInt32(digit)
        digits += 1
        guard digits == 4 else { continue }
        decoded.append(UInt8(truncatingIfNeeded: group >> 16))
        decoded.append(UInt8(truncatingIfNeeded: group >> 8))
        decoded.append(UInt8(truncatingIfNeeded: group))
        group = 0
        digits = 0
    }
    // The bits that no octet takes must be zero, or two texts would mean the same credential.
    switch (digits, padding) {
    case (0, 0): return decoded
    case (2, 2) where group & 0xF == 0: decoded.append(UInt8(truncatingIfNeeded: group >> 4))
    case (3, 1) where group & 0x3 == 0:
        decoded.append(UInt8(truncatingIfNeeded: group >> 10))
        decoded.append(UInt8(truncatingIfNeeded: group >> 2))
    default: return nil
    }
    return decoded
}

/// Encodes with padding, for the credential that Stile itself shows to an upstream.
package func encodedBase64(_ bytes: [UInt8]) -> [UInt8] {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    var index = 0
    while index < bytes.count {
        let left = bytes.count - index
        let first = UInt32(bytes[index]) << 16
        let second = left > 1 ? UInt32(bytes[index + 1]) << 8 : 0
        let group = first | second | (left > 2 ? UInt32(bytes[index + 2]) : 0)
        text.append(alphabet[Int(group >> 18 & 63)])
        text.append(alphabet[Int(group >> 12 & 63)])
        text.append(left > 1 ? alphabet[Int(group >> 6 & 63)] : UInt8(ascii: "="))
        text.append(left > 2 ? alphabet[Int(group & 63)] : UInt8(ascii: "="))
        index += 3
    }
    return text
}

private func base64Digit(_ character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
}
