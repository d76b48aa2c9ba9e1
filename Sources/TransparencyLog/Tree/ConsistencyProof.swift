/// The hashes that show a later tree to begin with an earlier one: proof that nothing was rewritten or removed between.
///
/// Source: RFC 9162, section 2.1.4.
public struct ConsistencyProof: Hashable, Sendable {
    /// The size of the earlier tree.
    public var from: UInt64
    /// The size of the later tree.
    public var to: UInt64
    /// The nodes, in the RFC's order.
    public var path: [LogHash]

    /// Puts a proof together, unverified.
    public init(from: UInt64, to: UInt64, path: [LogHash]) {
        self.from = from
        self.to = to
        self.path = path
    }

    /// Whether the tree with root `new` begins with the tree with root `old`.
    public func verifies(old: LogHash, new: LogHash) -> Bool {
        guard self.from <= self.to else { return false }
        if self.from == self.to { return self.path.isEmpty && old == new }
        // Every log begins with the empty one; there is nothing to show.
        if self.from == 0 { return self.path.isEmpty && old == MerkleHash.empty }
        var path = self.path[...]
        if self.from & (self.from - 1) == 0 { path = ([old] + self.path)[...] }
        guard let seed = path.popFirst() else { return false }
        var node = self.from - 1
        var last = self.to - 1
        while node & 1 == 1 {
            node >>= 1
            last >>= 1
        }
        var oldHash = seed
        var newHash = seed
        for sibling in path {
            guard last > 0 else { return false }
            if node & 1 == 1 || node == last {
                oldHash = MerkleHash.node(sibling, oldHash)
                newHash = MerkleHash.node(sibling, newHash)
                while node & 1 == 0, node != 0 {
                    node >>= 1
                    last >>= 1
                }
            } else {
                newHash = MerkleHash.node(newHash, sibling)
            }
            node >>= 1
            last >>= 1
        }
        return last == 0 && oldHash == old && newHash == new
    }
}
