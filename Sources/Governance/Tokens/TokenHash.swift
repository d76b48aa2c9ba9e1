/// What a token is stored and found by: its SHA-256.
package struct TokenHash: Hashable, Sendable {
    /// 32 octets.
    package let octets: [UInt8]

    /// Takes the octets as a store kept them.
    package init(octets: [UInt8]) {
        self.octets = octets
    }

    /// The id of the token: the first 64 bits, which say nothing about the secret.
    ///
    /// Whoever finds a leaked token can so work out which one it is, and an owner is never shown more than this.
    package var id: TokenID {
        let digits = Array("0123456789abcdef".utf8)
        let text = self.octets.prefix(8).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return TokenID(unchecked: String(decoding: text, as: UTF8.self))
    }
}

/// How a token is called by people, in lists and in the decision log: 16 hex digits.
package struct TokenID: Hashable, Sendable, CustomStringConvertible {
    /// The digits.
    package let description: String

    fileprivate init(unchecked text: String) {
        self.description = text
    }

    /// Reads the digits; `nil` for anything else.
    package init?(_ text: some StringProtocol) {
        let isHex = text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        guard text.utf8.count == 16, isHex else { return nil }
        self.description = String(text)
    }
}
