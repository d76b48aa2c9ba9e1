/// The hashes that lead from one entry to the root: proof that the entry is in the log.
///
/// Source: RFC 9162, section 2.1.3.
public struct InclusionProof: Hashable, Sendable {
    /// The entry's place in the log.
    public var index: UInt64
    /// The size of the tree that the proof is for.
    public var size: UInt64
    /// The siblings on the way up, lowest first.
    public var path: [LogHash]

    /// Puts a proof together, unverified.
    public init(index: UInt64, size: UInt64, path: [LogHash]) {
        self.index = index
        self.size = size
        self.path = path
    }

    /// Whether an entry with this leaf hash is at ``index`` of the tree with this root.
    public func verifies(leaf: LogHash, root: LogHash) -> Bool {
        guard self.index < self.size else { return false }
        var node = self.index
        var last = self.size - 1
        var hash = leaf
        for sibling in self.path {
            guard last > 0 else { return false }
            if node & 1 == 1 || node == last {
                hash = MerkleHash.node(sibling, hash)
                while node & 1 == 0, node != 0 {
                    node >>= 1
                    last >>= 1
                }
            } else {
                hash = MerkleHash.node(hash, sibling)
            }
            node >>= 1
            last >>= 1
        }
        return last == 0 && hash == root
    }
}
