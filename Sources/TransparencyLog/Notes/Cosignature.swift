/// What a witness says under a checkpoint: at this moment it was the largest one I saw, and it continues all before it.
///
///     moment (8 bytes, seconds since 1970, high byte first) ‖ Ed25519( "cosignature/v1\ntime " moment "\n" text )
///
/// Source: C2SP tlog-cosignature, "Format" and "Ed25519 signed message".
public struct Cosignature: Hashable, Sendable {
    /// When, in seconds since 1970.
    public var seconds: UInt64
    /// The 64 bytes of the signature.
    var signature: [UInt8]

    init(seconds: UInt64, signature: [UInt8]) {
        self.seconds = seconds
        self.signature = signature
    }

    /// Reads the bytes of a signature line; `nil` unless they are exactly one.
    init?(_ bytes: [UInt8]) {
        guard bytes.count == 8 + 64 else { return nil }
        self.seconds = bytes[..<8].reduce(0) { $0 << 8 | UInt64($1) }
        guard self.seconds <= UInt64(Int64.max) else { return nil }
        self.signature = Array(bytes[8...])
    }

    /// The bytes as they stand in a signature line.
    var bytes: [UInt8] {
        stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: self.seconds >> UInt64($0)) }
            + self.signature
    }

    /// What is signed.
    static func message(over text: [UInt8], at seconds: UInt64) -> [UInt8] {
        Array("cosignature/v1\ntime \(seconds)\n".utf8) + text
    }
}

extension SignedNote {
    /// Signs the text as a witness does.
    ///
    /// - Throws: ``NoteError/cannotSign`` if the key does not work or is not a witness's.
    public mutating func cosign(with key: NoteSignerKey, at seconds: UInt64) throws(NoteError) {
        guard key.verifier.kind == .cosigner,
            let signature = try? key.signature(over: Cosignature.message(over: Array(self.text.utf8), at: seconds))
        else { throw .cannotSign }
        self.add(
            Signature(
                name: key.verifier.name,
                keyID: key.verifier.id,
                bytes: Cosignature(seconds: seconds, signature: signature).bytes
            )
        )
    }

    /// When a witness cosigned the text, in seconds since 1970: the latest moment, if it did so several times.
    ///
    /// - Throws: ``NoteError/unsigned(_:)`` or ``NoteError/badSignature(_:)``.
    public func cosignedAt(by key: NoteVerifierKey) throws(NoteError) -> UInt64 {
        guard key.kind == .cosigner else { throw .unsigned(key.name) }
        try self.verify(with: key)
        let moments = self.signatures.filter { $0.name == key.name && $0.keyID == key.id }.compactMap {
            Cosignature($0.bytes)?.seconds
        }
        guard let last = moments.max() else { throw .unsigned(key.name) }
        return last
    }
}
