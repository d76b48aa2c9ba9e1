/// Encodes in the alphabet that needs no escaping in URLs, cookies and JSON, without padding.
///
/// Source: RFC 4648, section 5.
func encodedBase64URL(_ bytes: [UInt8]) -> [UInt8] {
    encodedBase64(bytes).prefix { $0 != UInt8(ascii: "=") }.map { character in
        switch character {
        case UInt8(ascii: "+"): UInt8(ascii: "-")
        case UInt8(ascii: "/"): UInt8(ascii: "_")
        default: character
        }
    }
}

/// Decodes what ``encodedBase64URL(_:)`` writes; `nil` for anything else, also for a second spelling of the same octets.
func decodedBase64URL(_ text: some Collection<UInt8>) -> [UInt8]? {
    var standard: [UInt8] = []
    standard.reserveCapacity(text.count + 2)
    for character in text {
        switch character {
        case UInt8(ascii: "-"): standard.append(UInt8(ascii: "+"))
        case UInt8(ascii: "_"): standard.append(UInt8(ascii: "/"))
        case UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="): return nil
        default: standard.append(character)
        }
    }
    while standard.count % 4 != 0 { standard.append(UInt8(ascii: "=")) }
    return decodedBase64(standard[...])
}
