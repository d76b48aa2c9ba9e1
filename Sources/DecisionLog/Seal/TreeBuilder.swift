import TransparencyLog

/// Turns entries into the files of the tree: finished bundles and tiles as they fill, unfinished ones when asked.
///
/// It does no I/O. What must be written is handed over in order and kept by the caller until it is written.
struct TreeBuilder {
    /// A file of the tree.
    struct File: Hashable {
        var path: String
        var bytes: [UInt8]
    }

    private(set) var tree: TileTree
    /// Finished files that nobody took yet.
    private var finished: [File] = []
    private var leaves: [UInt8] = []
    private var parts: [UInt8] = []

    init() { self.tree = TileTree() }

    /// Goes on where finished tiles leave off.
    init(tree: TileTree) {
        precondition(tree.size % UInt64(TileCoordinate.fullWidth) == 0, "a builder begins with a whole bundle")
        self.tree = tree
    }

    /// Adds an entry by its payload, which is a leaf with its length before it, and parts.
    mutating func append(payload: ArraySlice<UInt8>) -> Bool {
        guard let length = BigEndian.read(UInt16.self, payload, at: payload.startIndex) else { return false }
        let end = payload.startIndex + 2 + Int(length)
        guard end <= payload.endIndex else { return false }
        // The journal holds a leaf exactly as a bundle does.
        self.leaves.append(contentsOf: payload[..<end])
        BigEndian.append(UInt32(payload.endIndex - end), to: &self.parts)
        self.parts.append(contentsOf: payload[end...])
        let hash = unsafe payload[(payload.startIndex + 2)..<end].withUnsafeBytes { unsafe MerkleHash.leaf($0) }
        var tiles: [(TileCoordinate, [LogHash])] = []
        self.tree.append(hash) { tiles.append(($0, $1)) }
        if self.tree.size % UInt64(TileCoordinate.fullWidth) == 0 {
            let index = self.tree.size / UInt64(TileCoordinate.fullWidth) - 1
            self.finished += self.bundles(index: index, width: TileCoordinate.fullWidth)
            self.leaves.removeAll(keepingCapacity: true)
            self.parts.removeAll(keepingCapacity: true)
        }
        for (coordinate, hashes) in tiles {
            self.finished.append(File(path: SealedFiles.path(coordinate), bytes: TileCoordinate.encoded(hashes)))
        }
        return true
    }

    /// The finished files since the last call.
    mutating func takeFinished() -> [File] {
        defer { self.finished = [] }
        return self.finished
    }

    /// The files that a checkpoint of the present size needs beside the finished ones.
    var unfinished: [File] {
        let width = Int(self.tree.size % UInt64(TileCoordinate.fullWidth))
        let bundles =
            width == 0 ? [] : self.bundles(index: self.tree.size / UInt64(TileCoordinate.fullWidth), width: width)
        return bundles
            + self.tree.partialTiles.map {
                File(path: SealedFiles.path($0.coordinate), bytes: TileCoordinate.encoded($0.hashes))
            }
    }

    private func bundles(index: UInt64, width: Int) -> [File] {
        [
            File(path: SealedFiles.partsPath(index: index, width: width), bytes: self.parts),
            File(path: SealedFiles.path(.entries(index: index, width: width)), bytes: self.leaves),
        ]
    }
}
