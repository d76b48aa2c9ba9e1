package import TransparencyLog

/// The three parts of an entry that lie beside the tree.
package enum LogPart: UInt8, CaseIterable, Hashable, Sendable {
    case person = 0
    case explanation = 1
    case facts = 2

    /// The name of the part's commitment in the leaf.
    package var name: String {
        switch self {
        case .person: "person"
        case .explanation: "explanation"
        case .facts: "facts"
        }
    }
}

/// How a leaf binds a part without holding it: a hash that only somebody with the part and its salt can recompute.
///
///     commitment = SHA-256( 0x10 + part ‖ salt ‖ SHA-256( part as stored ) )
///
/// The salt (128 fresh random bits for each part of each entry) hides parts that could be guessed once they are erased.
/// The inner hash is made once for a part that repeats, so that each further commitment costs one block. The first byte
/// keeps commitments apart from each other and from the tree's own hashes, which begin with 0 and 1.
package enum Commitment {
    /// The number of bytes of a salt.
    package static let saltBytes = 16

    /// The commitment to a part with this digest.
    package static func make(_ part: LogPart, salt: Salt, digest: LogHash) -> LogHash {
        unsafe withUnsafeTemporaryAllocation(byteCount: 49, alignment: 8) { block in
            unsafe block[0] = 0x10 + part.rawValue
            unsafe block.storeBytes(of: salt.high.bigEndian, toByteOffset: 1, as: UInt64.self)
            unsafe block.storeBytes(of: salt.low.bigEndian, toByteOffset: 9, as: UInt64.self)
            unsafe digest.withUnsafeBytes {
                unsafe UnsafeMutableRawBufferPointer(rebasing: block[17...]).copyMemory(from: $0)
            }
            return unsafe RecordCipher.digest(UnsafeRawBufferPointer(block))
        }
    }

    /// The digest of a part as it is stored.
    package static func digest(_ stored: [UInt8]) -> LogHash {
        unsafe stored.withUnsafeBytes { unsafe Self.digest($0) }
    }

    @unsafe package static func digest(_ stored: UnsafeRawBufferPointer) -> LogHash {
        unsafe RecordCipher.digest(stored)
    }
}

/// The random bits that hide a part behind its commitment.
package struct Salt: Hashable, Sendable {
    package var high: UInt64
    package var low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Reads 16 bytes.
    package init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Commitment.saltBytes else { return nil }
        self.high = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        self.low = bytes.dropFirst(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The 16 bytes.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        self.append(to: &bytes)
        return bytes
    }

    func append(to bytes: inout [UInt8]) {
        BigEndian.append(self.high, to: &bytes)
        BigEndian.append(self.low, to: &bytes)
    }
}

/// Whole numbers as they stand in our binary forms: high byte first.
enum BigEndian {
    @inline(__always)
    static func append<Number: FixedWidthInteger>(_ number: Number, to bytes: inout [UInt8]) {
        unsafe withUnsafeBytes(of: number.bigEndian) { unsafe bytes.append(contentsOf: $0) }
    }

    /// Reads a number whose bytes start at `position`.
    @inline(__always)
    static func read<Number: FixedWidthInteger>(
        _: Number.Type,
        _ bytes: borrowing ArraySlice<UInt8>,
        at position: Int
    ) -> Number? {
        guard position >= bytes.startIndex, position + MemoryLayout<Number>.size <= bytes.endIndex else { return nil }
        let offset = position - bytes.startIndex
        return unsafe bytes.withUnsafeBytes {
            unsafe Number(bigEndian: $0.loadUnaligned(fromByteOffset: offset, as: Number.self))
        }
    }
}
