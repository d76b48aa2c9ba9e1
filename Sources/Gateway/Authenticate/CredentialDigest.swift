import Crypto

/// What a credential is remembered by: a keyed hash, so that memory never holds a table of passwords.
///
/// The key is made when the process starts and never leaves it, so a digest means nothing to any other process.
package struct CredentialDigest: Hashable, Sendable {
    private let words: SIMD4<UInt64>

    /// Takes the digest of a field value.
    fileprivate init(_ code: HashedAuthenticationCode<SHA256>) {
        self.words = unsafe code.withUnsafeBytes { unsafe $0.loadUnaligned(as: SIMD4<UInt64>.self) }
    }

    /// Feeds the first word: the digest is uniform and keyed, so that is hash enough.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(self.words.x)
    }
}

/// The key of the digests, already taken in: copying an initialised HMAC costs a third of starting one.
package struct CredentialKey: Sendable {
    private let initialised: HMAC<SHA256>

    /// Makes a random key.
    package init() {
        self.initialised = HMAC<SHA256>(key: SymmetricKey(size: .bits256))
    }

    /// What kind of thing a digest is of: no two kinds share a digest, whatever their octets.
    enum Kind: UInt8 {
        case session = 1
        case certificate = 2
        case nothing = 3
    }

    /// The digest of something that is no field value.
    func digest(of octets: Span<UInt8>, as kind: Kind) -> CredentialDigest {
        var code = self.initialised
        // Control characters begin no field value.
        code.update(data: [kind.rawValue])
        // The bytes are only read, within the call.
        unsafe octets.withUnsafeBytes { unsafe code.update(data: $0) }
        return CredentialDigest(code.finalize())
    }

    /// The digest of a session's cookie under the host name it counts for.
    func digest(ofSession cookie: [UInt8], at host: [UInt8]) -> CredentialDigest {
        let both = host + [0] + cookie
        return self.digest(of: both.span, as: .session)
    }

    /// A digest of its own, for what is known by its connection and must never be known by what was shown.
    func digestOfNothing() -> CredentialDigest {
        let random = (0..<16).map { _ in UInt8.random(in: .min ... .max) }
        return self.digest(of: random.span, as: .nothing)
    }

    /// The digest of a whole `Authorization` field value.
    package func digest(of field: Span<UInt8>) -> CredentialDigest {
        var code = self.initialised
        // The bytes are only read, within the call.
        unsafe field.withUnsafeBytes { unsafe code.update(data: $0) }
        return CredentialDigest(code.finalize())
    }
}
