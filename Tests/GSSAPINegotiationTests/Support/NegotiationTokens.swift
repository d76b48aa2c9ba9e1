/// Tokens of SPNEGO as a client writes them that would rather speak NTLM.
///
/// Source: RFC 4178, section 4.2 and appendix C.
enum NegotiationTokens {
    /// The mechanisms that it offers, NTLM before Kerberos: what the seal of its last token is over.
    static let mechanisms = Self.value(
        0x30,
        [0x06, 0x0A, 0x2B, 6, 1, 4, 1, 0x82, 0x37, 2, 2, 0x0A] + [
            0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x12, 1, 2, 2,
        ]
    )

    /// The first token: the offer, without a ticket.
    static let offer = Self.value(
        0x60,
        [0x06, 0x06, 0x2B, 6, 1, 5, 5, 2] + Self.value(0xA0, Self.value(0x30, Self.value(0xA0, Self.mechanisms)))
    )

    /// A token with a ticket.
    static func response(_ token: [UInt8]) -> [UInt8] {
        self.value(0xA1, self.value(0x30, self.value(0xA2, self.value(0x04, token))))
    }

    /// The last token.
    static func seal(_ seal: [UInt8]) -> [UInt8] {
        let state: [UInt8] = [0xA0, 0x03, 0x0A, 0x01, 0x00]
        return self.value(0xA1, self.value(0x30, state + self.value(0xA3, self.value(0x04, seal))))
    }

    /// The mechanism's token in an answer.
    static func responseToken(in answer: [UInt8]) -> [UInt8]? {
        guard let outer = self.content(of: answer[...], tag: 0xA1), var rest = self.content(of: outer, tag: 0x30) else {
            return nil
        }
        while let tag = rest.first, let content = self.content(of: rest, tag: tag) {
            if tag == 0xA2 { return self.content(of: content, tag: 0x04).map(Array.init) }
            rest = rest[content.endIndex...]
        }
        return nil
    }

    private static func value(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        let count = content.count
        let length: [UInt8] =
            count < 0x80
            ? [UInt8(count)]
            : count < 0x100 ? [0x81, UInt8(count)] : [0x82, UInt8(count >> 8), UInt8(truncatingIfNeeded: count)]
        return [tag] + length + content
    }

    private static func content(of octets: ArraySlice<UInt8>, tag: UInt8) -> ArraySlice<UInt8>? {
        var rest = octets
        guard rest.popFirst() == tag, let first = rest.popFirst() else { return nil }
        var count = Int(first)
        if first >= 0x80 {
            count = 0
            for _ in 0..<(first & 0x7F) {
                guard let octet = rest.popFirst() else { return nil }
                count = count << 8 | Int(octet)
            }
        }
        return rest.count >= count ? rest.prefix(count) : nil
    }
}
