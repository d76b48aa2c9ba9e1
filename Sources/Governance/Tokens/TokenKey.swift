import Crypto

/// The key that tokens are sealed with, of 32 octets, kept apart from the database.
///
/// A row that was written past the gateway has no seal, and opens nothing: who can write to the database can take tokens
/// away, but cannot make one, widen one, lengthen one or give it to another owner.
package struct TokenKey: Sendable {
    private let key: SymmetricKey

    /// How long a key is, in octets.
    package static let length = 32

    /// Takes a key; `nil` when it is not of ``length``.
    package init?(octets: [UInt8]) {
        guard octets.count == Self.length else { return nil }
        self.key = SymmetricKey(data: octets)
    }

    /// Octets for a new key, from the system's source of randomness.
    package static func random() -> [UInt8] {
        (0..<self.length).map { _ in UInt8.random(in: .min ... .max) }
    }

    /// The seal of a token that is about to be stored.
    func seal(
        _ hash: TokenHash,
        owner: String,
        scope: TokenScope,
        created: Int64,
        expires: Int64
    ) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Self.text(hash, owner, scope, created, expires), using: self.key))
    }

    /// Whether a stored token was sealed with this key, and is as it was then.
    func hasSealed(_ record: TokenRecord) -> Bool {
        let text = Self.text(record.hash, record.owner, record.scope, record.created, record.expires)
        return HMAC<SHA256>.isValidAuthenticationCode(record.seal, authenticating: text, using: self.key)
    }

    // Every part ends where the next begins: none of them can hold a NUL.
    private static func text(
        _ hash: TokenHash,
        _ owner: String,
        _ scope: TokenScope,
        _ created: Int64,
        _ expires: Int64
    ) -> [UInt8] {
        hash.octets + Array("token\0\(owner)\0\(scope.text)\0\(created)\0\(expires)".utf8)
    }
}
