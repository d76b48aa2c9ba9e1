import CRecordCrypto
import TransparencyLog

/// The cryptography of records, from libcrypto and with nothing allocated per record: AES-256-GCM with a key of its own for
/// each message, SHA-256, and random bits.
///
/// This is the only file that calls it. One thread uses a cipher at a time; it is not `Sendable`.
@safe final class RecordCipher {
    private let cipher: OpaquePointer

    /// The bytes of a key.
    static let keyBytes = 32
    /// The bytes of a tag.
    static let tagBytes = 16

    init() {
        // Without it nothing can be recorded, and so nothing may be let through.
        guard let cipher = unsafe crecordcrypto_cipher_new() else {
            preconditionFailure("libcrypto has no AES-256-GCM")
        }
        unsafe self.cipher = cipher
    }

    deinit { unsafe crecordcrypto_cipher_free(self.cipher) }

    /// Appends a message encrypted under a key that is used for it alone, with a nonce of zeros, and the tag.
    @unsafe func seal(_ plain: borrowing [UInt8], under key: UnsafeRawBufferPointer, to sealed: inout [UInt8]) {
        precondition(key.count == Self.keyBytes, "a key of \(key.count) bytes")
        let start = sealed.count
        sealed.append(contentsOf: repeatElement(0, count: plain.count + Self.tagBytes))
        // Room for the message and its tag was made above; both buffers are used within the call.
        let isSealed = unsafe plain.withUnsafeBytes { message in
            unsafe sealed.withUnsafeMutableBytes { room in
                unsafe crecordcrypto_seal(
                    self.cipher,
                    key.baseAddress,
                    message.baseAddress,
                    message.count,
                    room.baseAddress?.advanced(by: start)
                )
            }
        }
        // It refuses only messages of gigabytes; a record that could not be sealed must not be acted on.
        guard isSealed == 1 else { preconditionFailure("AES-256-GCM refused a part of \(plain.count) bytes") }
    }

    /// Fills bytes from the kernel's source of randomness.
    @unsafe static func randomise(_ bytes: UnsafeMutableRawBufferPointer) {
        // The source cannot fail once it is seeded; if it does, nothing here may go on with zeros.
        guard unsafe crecordcrypto_random(bytes.baseAddress, bytes.count) == 1 else {
            preconditionFailure("the kernel gives no random bytes")
        }
    }

    /// The SHA-256 of some bytes, into 32 bytes.
    @unsafe static func digest(_ bytes: UnsafeRawBufferPointer, into digest: UnsafeMutableRawPointer) {
        unsafe crecordcrypto_sha256(bytes.baseAddress, bytes.count, digest)
    }

    /// The SHA-256 of some bytes.
    @unsafe static func digest(_ bytes: UnsafeRawBufferPointer) -> LogHash {
        var words = (UInt64(0), UInt64(0), UInt64(0), UInt64(0))
        return unsafe withUnsafeMutableBytes(of: &words) { digest in
            guard let start = digest.baseAddress else { return .zero }
            unsafe crecordcrypto_sha256(bytes.baseAddress, bytes.count, start)
            return unsafe LogHash(reading: UnsafeRawBufferPointer(digest))
        }
    }
}
