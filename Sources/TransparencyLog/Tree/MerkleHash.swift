import Crypto

/// How the hashes of a log are made: one byte sets leaves apart from nodes.
///
/// Without it, the concatenation of two hashes could be shown as an entry, and an inner node as a record.
///
/// Source: RFC 9162, section 2.1.1.
public enum MerkleHash {
    /// The hash of a tree without entries.
    public static let empty = LogHash(SHA256.hash(data: [UInt8]()))

    /// The hash of an entry.
    public static func leaf(_ entry: [UInt8]) -> LogHash {
        unsafe entry.withUnsafeBytes { unsafe Self.leaf($0) }
    }

    /// The hash of an entry that lies in somebody else's buffer.
    @unsafe public static func leaf(_ entry: UnsafeRawBufferPointer) -> LogHash {
        var hasher = SHA256()
        unsafe withUnsafeBytes(of: UInt8(0)) { unsafe hasher.update(bufferPointer: $0) }
        unsafe hasher.update(bufferPointer: entry)
        return LogHash(hasher.finalize())
    }

    /// The hash of a node from its two children.
    public static func node(_ left: LogHash, _ right: LogHash) -> LogHash {
        var hasher = SHA256()
        unsafe withUnsafeTemporaryAllocation(byteCount: 1 + 2 * LogHash.byteCount, alignment: 1) { block in
            unsafe block[0] = 1
            unsafe left.withUnsafeBytes {
                unsafe UnsafeMutableRawBufferPointer(rebasing: block[1..<33]).copyMemory(from: $0)
            }
            unsafe right.withUnsafeBytes {
                unsafe UnsafeMutableRawBufferPointer(rebasing: block[33...]).copyMemory(from: $0)
            }
            unsafe hasher.update(bufferPointer: UnsafeRawBufferPointer(block))
        }
        return LogHash(hasher.finalize())
    }

    /// The root over a list of neighbouring subtrees, all of one height but the last, which may be smaller.
    ///
    /// With leaf hashes this is RFC 9162's MTH.
    public static func root(of hashes: ArraySlice<LogHash>) -> LogHash {
        guard let first = hashes.first else { return Self.empty }
        guard hashes.count > 1 else { return first }
        let split = hashes.startIndex + Int(Self.split(UInt64(hashes.count)))
        return Self.node(Self.root(of: hashes[..<split]), Self.root(of: hashes[split...]))
    }

    /// The largest power of two smaller than `count`, which is at least 2: where the RFC divides a list.
    static func split(_ count: UInt64) -> UInt64 {
        1 << UInt64(63 - (count - 1).leadingZeroBitCount)
    }
}
