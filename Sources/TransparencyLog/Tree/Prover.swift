/// Makes proofs from stored tiles.
///
/// It holds no tiles: `tile` reads them, from files or over HTTP, and every proof touches a few for each level only.
///
/// Source: RFC 9162, sections 2.1.3.1 and 2.1.4.1.
public struct Prover<Failure: Error> {
    /// The size of the tree that proofs are for.
    public let size: UInt64
    private let tile: (TileCoordinate) throws(Failure) -> [LogHash]

    /// Makes proofs for the tree of `size` entries whose tiles `tile` reads.
    public init(size: UInt64, tile: @escaping (TileCoordinate) throws(Failure) -> [LogHash]) {
        self.size = size
        self.tile = tile
    }

    /// The root of the tree as its tiles give it.
    ///
    /// - Throws: What reading a tile throws.
    public func root() throws(Failure) -> LogHash { try self.root(of: 0, self.size) }

    /// The proof that the entry at `index` is in the tree.
    ///
    /// - Throws: What reading a tile throws.
    /// - Precondition: `index` is below ``size``.
    public func inclusion(of index: UInt64) throws(Failure) -> InclusionProof {
        precondition(index < self.size, "no entry \(index) in a tree of \(self.size)")
        var path: [LogHash] = []
        var start: UInt64 = 0
        var end = self.size
        while end - start > 1 {
            let middle = start + MerkleHash.split(end - start)
            if index < middle {
                path.append(try self.root(of: middle, end))
                end = middle
            } else {
                path.append(try self.root(of: start, middle))
                start = middle
            }
        }
        return InclusionProof(index: index, size: self.size, path: path.reversed())
    }

    /// The proof that the tree begins with the tree of its first `old` entries.
    ///
    /// - Throws: What reading a tile throws.
    /// - Precondition: `old` is at most ``size``.
    public func consistency(from old: UInt64) throws(Failure) -> ConsistencyProof {
        precondition(old <= self.size, "a tree of \(self.size) has no first \(old) entries")
        var path: [LogHash] = []
        if old > 0, old < self.size {
            var start: UInt64 = 0
            var end = self.size
            // The old tree's own root is known to whoever asks, unless the walk has left its left edge.
            var isKnown = true
            while old != end {
                let middle = start + MerkleHash.split(end - start)
                if old <= middle {
                    path.append(try self.root(of: middle, end))
                    end = middle
                } else {
                    path.append(try self.root(of: start, middle))
                    start = middle
                    isKnown = false
                }
            }
            if !isKnown { path.append(try self.root(of: start, end)) }
        }
        return ConsistencyProof(from: old, to: self.size, path: path.reversed())
    }

    /// The root over entries `start..<end`, where `start` is aligned as the RFC's divisions leave it.
    private func root(of start: UInt64, _ end: UInt64) throws(Failure) -> LogHash {
        let count = end - start
        guard count > 0 else { return MerkleHash.empty }
        guard count & (count - 1) == 0 else {
            let middle = start + MerkleHash.split(count)
            return MerkleHash.node(try self.root(of: start, middle), try self.root(of: middle, end))
        }
        let level = count.trailingZeroBitCount / TileCoordinate.heightBits
        let unit = UInt64(1) << UInt64(level * TileCoordinate.heightBits)
        let first = start / unit
        let index = first / UInt64(TileCoordinate.fullWidth)
        let inTile = Int(first % UInt64(TileCoordinate.fullWidth))
        let available = min(
            self.size / unit - index * UInt64(TileCoordinate.fullWidth),
            UInt64(TileCoordinate.fullWidth)
        )
        let hashes = try self.tile(.hashes(level: level, index: index, width: Int(available)))
        return MerkleHash.root(of: hashes[inTile..<inTile + Int(count / unit)])
    }
}
