/// A growing Merkle tree, of which only the unfinished right edge is kept in memory.
///
/// Hashes are gathered in groups of 256, which are the tiles; a finished one is handed out to be stored, and its root
/// moves up a level. So memory is at most 256 hashes for each of a few levels, and each entry costs one node hash on average.
///
/// Source: RFC 9162, section 2.1; C2SP tlog-tiles.
public struct TileTree: Sendable {
    /// The number of entries.
    public private(set) var size: UInt64
    /// The unfinished tile of each level, lowest first.
    private var edge: [[LogHash]]

    /// A tree without entries.
    public init() {
        self.size = 0
        self.edge = [[]]
    }

    /// Takes up a tree where its stored tiles leave it.
    ///
    /// - Parameters:
    ///   - size: How many entries the tree has.
    ///   - tile: Reads the hashes of a tile.
    /// - Throws: What `tile` throws.
    public init<Failure: Error>(size: UInt64, tile: (TileCoordinate) throws(Failure) -> [LogHash]) throws(Failure) {
        self.size = size
        self.edge = []
        var count = size
        var level = 0
        repeat {
            let width = Int(count % UInt64(TileCoordinate.fullWidth))
            let index = count / UInt64(TileCoordinate.fullWidth)
            self.edge.append(width == 0 ? [] : try tile(.hashes(level: level, index: index, width: width)))
            count = index
            level += 1
        } while count > 0
    }

    /// Adds an entry's leaf hash; `finished` gets each tile that this fills.
    public mutating func append(_ leaf: LogHash, finished: (TileCoordinate, [LogHash]) -> Void) {
        self.size += 1
        var hash = leaf
        var level = 0
        var count = self.size
        while true {
            if level == self.edge.count { self.edge.append([]) }
            self.edge[level].append(hash)
            guard self.edge[level].count == TileCoordinate.fullWidth else { return }
            let full = self.edge[level]
            self.edge[level].removeAll(keepingCapacity: true)
            count /= UInt64(TileCoordinate.fullWidth)
            finished(.hashes(level: level, index: count - 1, width: TileCoordinate.fullWidth), full)
            hash = Self.perfectRoot(of: full)
            level += 1
        }
    }

    /// The root over all entries.
    public var root: LogHash {
        var last: LogHash?
        for level in self.edge {
            let hashes = last.map { level + [$0] } ?? level
            last = hashes.isEmpty ? nil : MerkleHash.root(of: hashes[...])
        }
        return last ?? MerkleHash.empty
    }

    /// The unfinished tiles, lowest level first: what must be stored beside the finished ones.
    public var partialTiles: [(coordinate: TileCoordinate, hashes: [LogHash])] {
        var tiles: [(TileCoordinate, [LogHash])] = []
        var count = self.size
        for (level, hashes) in self.edge.enumerated() {
            count /= UInt64(TileCoordinate.fullWidth)
            if !hashes.isEmpty { tiles.append((.hashes(level: level, index: count, width: hashes.count), hashes)) }
        }
        return tiles
    }

    /// The root of 256 hashes, level by level in place.
    private static func perfectRoot(of hashes: [LogHash]) -> LogHash {
        var row = hashes
        var count = row.count
        while count > 1 {
            count /= 2
            for index in 0..<count { row[index] = MerkleHash.node(row[2 * index], row[2 * index + 1]) }
        }
        return row[0]
    }
}
