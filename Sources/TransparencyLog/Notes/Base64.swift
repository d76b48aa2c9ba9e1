/// Standard base 64 with padding, strict: what does not encode back to the same text is refused.
///
/// Written here because checkpoints and commitments need it on the hot path, where Foundation is not loaded.
///
/// Source: RFC 4648, section 4.
package enum Base64 {
    private static let padding = UInt8(ascii: "=")

    package static func encoded(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        var group: UInt32 = 0
        var held = 0
        for byte in bytes {
            group = group << 8 | UInt32(byte)
            held += 1
            if held == 3 {
                for shift in stride(from: 18, through: 0, by: -6) { text.append(Self.digit(group >> shift)) }
                group = 0
                held = 0
            }
        }
        switch held {
        case 1: text += [Self.digit(group >> 2), Self.digit(group << 4), Self.padding, Self.padding]
        case 2: text += [Self.digit(group >> 10), Self.digit(group >> 4), Self.digit(group << 2), Self.padding]
        default: break
        }
        return text
    }

    package static func decoded(_ text: some Sequence<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        var group: UInt32 = 0
        var bits = 0
        var characters = 0
        var pads = 0
        for character in text {
            characters += 1
            if character == Self.padding {
                pads += 1
                continue
            }
            guard pads == 0, let value = Self.value(of: character) else { return nil }
            group = group << 6 | value
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: group >> UInt32(bits)))
                group &= (1 << UInt32(bits)) - 1
            }
        }
        // Bits left over must be zero and the padding exact, or one value would have several spellings.
        guard characters % 4 == 0, group == 0, bits < 6, pads == (bits == 4 ? 2 : bits == 2 ? 1 : 0) else { return nil }
        return bytes
    }

    /// The character for the lowest six bits.
    @inlinable
    package static func digit(_ value: UInt32) -> UInt8 {
        let six = UInt8(truncatingIfNeeded: value & 63)
        switch six {
        case 0..<26: return six + 65
        case 26..<52: return six + 71
        case 52..<62: return six - 4
        case 62: return 43
        default: return 47
        }
    }

    private static func value(of character: UInt8) -> UInt32? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(character - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(character - UInt8(ascii: "a") + 26)
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(character - UInt8(ascii: "0") + 52)
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
