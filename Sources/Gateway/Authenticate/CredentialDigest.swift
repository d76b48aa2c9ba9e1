import Crypto

/// What a credential is remembered by: a keyed hash, so that memory never holds a table of passwords.
///
/// The key is made when the process starts and never leaves it, so a digest means nothing to any other process.
struct CredentialDigest: Hashable, Sendable {
    private let words: SIMD4<UInt64>

    /// Takes the digest of a field value.
    fileprivate init(_ code: HashedAuthenticationCode<SHA256>) {
        self.words = unsafe code.withUnsafeBytes { unsafe $0.loadUnaligned(as: SIMD4<UInt64>.self) }
    }

    // The digest is uniform and keyed, so its first word is hash enough.
    func hash(into hasher: inout Hasher) {
        hasher.combine(self.words.x)
    }
}

/// The key of the digests, already taken in: copying an initialised HMAC costs a third of starting one.
struct CredentialKey: Sendable {
    private let initialised: HMAC<SHA256>

    /// Makes a random key.
    init() {
        self.initialised = HMAC<SHA256>(key: SymmetricKey(size: .bits256))
    }

    /// The digest of a whole `Authorization` field value.
    func digest(of field: Span<UInt8>) -> CredentialDigest {
        var code = self.initialised
        // The bytes are only read, within the call.
        unsafe field.withUnsafeBytes { unsafe code.update(data: $0) }
        return CredentialDigest(code.finalize())
    }
}
