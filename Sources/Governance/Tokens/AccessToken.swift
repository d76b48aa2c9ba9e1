import Crypto

/// A personal access token as its owner holds it: `stile_`, 32 random characters, a checksum of 6.
///
///     stile_ 7Gm0cT1vq2xYbR9kLw4ZsNfHjD8eUaPo 0rOKPs       (without the spaces)
///
/// The random part has 190 bits, so nobody guesses one. The prefix lets scanners of source code and chats find a token that
/// leaked (`stile_[0-9A-Za-z]{38}`); the checksum lets them discard look-alikes offline, and lets the gateway tell a typing
/// error from a token that never was, without asking anybody.
///
/// The characters of a token stand in memory as long as somebody holds it here; they are written nowhere.
package struct AccessToken: Hashable, Sendable {
    /// What every token begins with.
    package static let prefix = "stile_"
    /// How long a token is, in characters.
    package static let length = 44

    /// The whole token.
    private let octets: [UInt8]

    /// Makes a random one.
    package init() {
        var generator = SystemRandomNumberGenerator()
        self.init(
            random: (0..<Self.randomLength).map { _ in
                // Uniform: the generator's own range takes care of the remainder that a modulo would favour.
                Self.alphabet[Int.random(in: Self.alphabet.indices, using: &generator)]
            }
        )
    }

    private init(random: [UInt8]) {
        let body = Array(Self.prefix.utf8) + random
        self.octets = body + Self.checksum(of: body)
    }

    private init(checked octets: [UInt8]) {
        self.octets = octets
    }

    /// What it looks like, to be shown once.
    package var text: String { String(decoding: self.octets, as: UTF8.self) }

    /// What it is stored and found by.
    ///
    /// One SHA-256 is right for this secret, where it would be wrong for a password: there are 2^190 tokens to try, so a slow hash would protect
    /// against nothing, and would cost every request what it is meant to cost an attacker. Comparing hashes needs no
    /// constant time either: who can choose the hash that is compared has inverted SHA-256.
    package var hash: TokenHash { TokenHash(octets: Array(SHA256.hash(data: self.octets))) }

    // MARK: - Reading

    /// What a text is, as a token.
    package enum Reading: Hashable, Sendable {
        /// One that may exist.
        case token(AccessToken)
        /// Meant as one, with a character wrong, missing or too many.
        case mistyped
        /// Something else.
        case none
    }

    /// Reads what a client sent.
    ///
    /// - Parameter text: At most a field's length; anything is read in one pass.
    /// - Returns: The token, or what it is instead.
    package static func read(_ text: ArraySlice<UInt8>) -> Reading {
        guard text.starts(with: self.prefix.utf8), text.count >= self.shortestMeant else { return .none }
        guard text.count == self.length else { return .mistyped }
        let body = text.prefix(self.length - self.checksumLength)
        let isInAlphabet = text.dropFirst(self.prefix.utf8.count).allSatisfy { self.digit($0) != nil }
        guard isInAlphabet, text.suffix(self.checksumLength).elementsEqual(self.checksum(of: Array(body))) else {
            return .mistyped
        }
        return .token(AccessToken(checked: Array(text)))
    }

    private static let randomLength = 32
    private static let checksumLength = 6
    /// From this length on a text with the prefix is a token that went wrong rather than somebody's password.
    private static let shortestMeant = 30
    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    private static func digit(_ octet: UInt8) -> UInt8? {
        switch octet {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): octet - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): octet - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "z"): octet - UInt8(ascii: "a") + 36
        default: nil
        }
    }

    /// CRC-32 of everything before it, in base 62, most significant digit first.
    ///
    /// The CRC of zlib and Ethernet, so that a scanner in any language has it at hand.
    private static func checksum(of body: [UInt8]) -> [UInt8] {
        var crc: UInt32 = .max
        for octet in body {
            crc ^= UInt32(octet)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        var rest = ~crc
        var digits: [UInt8] = []
        for _ in 0..<self.checksumLength {
            digits.append(self.alphabet[Int(rest % 62)])
            rest /= 62
        }
        return digits.reversed()
    }
}

extension AccessToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Says that there is a token, and nothing about it.
    package var description: String { "(token)" }

    /// The same as ``description``.
    package var debugDescription: String { self.description }

    /// Empty, so that `dump` shows nothing either.
    package var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
