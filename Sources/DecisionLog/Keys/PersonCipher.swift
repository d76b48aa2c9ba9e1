import Crypto
import FoundationEssentials

/// The stored form of a person part: encrypted, so that destroying a key erases it, and bound, so that it has one reading.
///
///     stored     = 0x01 ‖ key id (16) ‖ AES-256-GCM( record key, nonce 0, 32 zero bytes ‖ part ) ‖ tag (16)
///     record key = SHA-256( 00000001 ‖ person's key ‖ salt )
///
/// Each part has a key of its own, so its nonce can be constant, and one part can be disclosed by giving away its key
/// and no other. AES-GCM does not commit to its key: without the zeros, a ciphertext could be prepared that two keys
/// read differently, and the log would have said both. The commitment in the leaf is to the *stored* bytes, so that an
/// auditor without any key still sees every change.
///
/// Source: NIST SP 800-56C r2, section 4.1 (one-step key derivation); NIST SP 800-38D; for the zeros, A. Albertini et
/// al., "How to Abuse and Fix Authenticated Encryption Without Key Commitment" (USENIX Security 2022), the padding fix.
package enum PersonCipher {
    private static let version: UInt8 = 1
    private static let keyIDBytes = 16
    private static let tagBytes = 16
    private static let nonceBytes = 12
    /// How much longer than the part its stored form is.
    static let overhead = 1 + keyIDBytes + zeros.count + tagBytes
    /// What a part is encrypted behind.
    static let zeros = [UInt8](repeating: 0, count: 32)

    /// Appends the stored form of a part, which is given behind its ``zeros``.
    static func seal(
        behindZeros part: borrowing [UInt8],
        under key: PersonKey,
        salt: Salt,
        by cipher: RecordCipher,
        to stored: inout [UInt8]
    ) {
        stored.append(self.version)
        BigEndian.append(key.id.high, to: &stored)
        BigEndian.append(key.id.low, to: &stored)
        unsafe self.withRecordKey(of: key, salt: salt) { recordKey in
            unsafe cipher.seal(part, under: recordKey, to: &stored)
        }
    }

    /// The id of the key that a stored part needs; `nil` if it is not one.
    package static func keyID(of stored: ArraySlice<UInt8>) -> PersonKey.ID? {
        guard stored.count >= self.overhead, stored.first == self.version,
            let high = BigEndian.read(UInt64.self, stored, at: stored.startIndex + 1),
            let low = BigEndian.read(UInt64.self, stored, at: stored.startIndex + 9)
        else { return nil }
        return PersonKey.ID(high: high, low: low)
    }

    /// Reads a stored part; `nil` if it is not one or the key is another's.
    package static func open(_ stored: ArraySlice<UInt8>, under key: PersonKey, salt: Salt) -> [UInt8]? {
        self.open(stored, recordKey: self.recordKey(of: key, salt: salt))
    }

    /// Reads a stored part with its own key, as somebody does to whom it was disclosed.
    package static func open(_ stored: ArraySlice<UInt8>, recordKey: [UInt8]) -> [UInt8]? {
        self.open(stored, recordKey: SymmetricKey(data: recordKey))
    }

    /// The key of one part, to disclose that part and no other.
    package static func disclosedKey(of key: PersonKey, salt: Salt) -> [UInt8] {
        unsafe self.recordKey(of: key, salt: salt).withUnsafeBytes { unsafe Array($0) }
    }

    private static func open(_ stored: ArraySlice<UInt8>, recordKey: SymmetricKey) -> [UInt8]? {
        guard self.keyID(of: stored) != nil else { return nil }
        let combined =
            [UInt8](repeating: 0, count: self.nonceBytes) + stored[(stored.startIndex + 1 + self.keyIDBytes)...]
        guard let box = try? AES.GCM.SealedBox(combined: combined),
            let plain = try? AES.GCM.open(box, using: recordKey),
            plain.count >= self.zeros.count
        else { return nil }
        return unsafe plain.withUnsafeBytes { bytes in
            for place in 0..<self.zeros.count where unsafe bytes[place] != 0 { return nil }
            return unsafe Array(bytes[self.zeros.count...])
        }
    }

    private static func recordKey(of key: PersonKey, salt: Salt) -> SymmetricKey {
        unsafe self.withRecordKey(of: key, salt: salt) { unsafe SymmetricKey(data: $0) }
    }

    /// Lends the key of one part, and wipes it.
    @unsafe private static func withRecordKey<Result>(
        of key: PersonKey,
        salt: Salt,
        _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        // The derivation's input, then the key.
        unsafe withUnsafeTemporaryAllocation(byteCount: 56 + RecordCipher.keyBytes, alignment: 8) { block in
            unsafe block.storeBytes(of: UInt32(1).bigEndian, toByteOffset: 0, as: UInt32.self)
            unsafe key.secret.withUnsafeBytes {
                unsafe UnsafeMutableRawBufferPointer(rebasing: block[4..<36]).copyMemory(from: $0)
            }
            unsafe block.storeBytes(of: salt.high.bigEndian, toByteOffset: 36, as: UInt64.self)
            unsafe block.storeBytes(of: salt.low.bigEndian, toByteOffset: 44, as: UInt64.self)
            let recordKey = unsafe UnsafeMutableRawBufferPointer(rebasing: block[56...])
            if let start = recordKey.baseAddress {
                unsafe RecordCipher.digest(UnsafeRawBufferPointer(rebasing: block[..<52]), into: start)
            }
            let result = unsafe body(UnsafeRawBufferPointer(recordKey))
            unsafe block.initializeMemory(as: UInt8.self, repeating: 0)
            return result
        }
    }
}
