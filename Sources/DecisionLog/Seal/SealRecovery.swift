import TransparencyLog

/// Takes up the tree where it was, from tiles and journal, and proves on the way that both say what was signed.
///
/// Tiles are not synced one by one: until a segment is removed, everything in it can be made again from it. So after a
/// power failure files may be missing or short here, and are written again; one that is whole and *different* is a
/// change, and stops the start. The root of what was made again must be the signed one.
struct SealRecovery {
    private(set) var builder: TreeBuilder
    /// How many files had to be written again.
    private(set) var rewritten = 0

    private let store: any FileStore
    private let checkpoint: Checkpoint?
    /// The bundle that the journal begins in, and what was read of it.
    private var begun: TileCoordinate?
    private var read: [(hash: LogHash, offset: UInt64)] = []
    /// Files that are missing or short.
    private var missing: [TreeBuilder.File] = []
    /// What the journal gives beyond the checkpoint.
    private var ahead: TreeBuilder?
    /// The first file that is whole and different.
    private var differing: (path: String, offset: UInt64)?

    /// Reads what was sealed before the journal begins.
    ///
    /// - Parameters:
    ///   - checkpoint: The newest checkpoint.
    ///   - first: The place of the first entry in the journal.
    ///   - store: Where the files are.
    /// - Throws: ``LogFailure`` when a file is missing or damaged that must not be.
    init(checkpoint: Checkpoint?, journalFrom first: UInt64, in store: any FileStore) throws(LogFailure) {
        self.store = store
        self.checkpoint = checkpoint
        let full = UInt64(TileCoordinate.fullWidth)
        let start = first / full * full
        let files = SealedFiles(store: store)
        // Unfinished tiles are never synced, so what they held is made again from the finished ones below them.
        let tree = try TileTree(size: start) { (tile) throws(LogFailure) in
            guard case .hashes(let level) = tile.content, level > 0 else { return [] }
            var hashes: [LogHash] = []
            for place in 0..<UInt64(tile.width) {
                let below = TileCoordinate.hashes(level: level - 1, index: tile.index * full + place, width: Int(full))
                hashes.append(MerkleHash.root(of: try files.tile(below)[...]))
            }
            return hashes
        }
        self.builder = TreeBuilder(tree: tree)
        guard first > start else { return }
        let bundle = try files.bundle(start / full, holding: Int(first - start))
        let entries = try files.entries(bundle: bundle.index, width: bundle.width)
        for entry in entries.prefix(Int(first - start)) {
            self.read.append((entry.leafHash, UInt64(entry.leaf.startIndex - 2)))
            try self.add(entry.payload[...], at: self.builder.tree.size)
        }
        self.begun = bundle
    }

    /// Takes up an entry that was signed; later ones are left to the sealer, and compared with what it wrote already.
    mutating func take(_ payload: ArraySlice<UInt8>, at index: UInt64) throws(LogFailure) {
        guard index < self.checkpoint?.size ?? 0 else {
            try self.compare(payload, at: index)
            return
        }
        // A bundle's worth before the journal's first entry was read already.
        guard index >= self.builder.tree.size else { return }
        try self.add(payload, at: index)
    }

    /// Compares an entry beyond the checkpoint with the finished files that a stop left before they were signed.
    ///
    /// They were made of what was on disk. If they say something else than the journal, an older checkpoint was put back
    /// and the journal written anew behind it.
    private mutating func compare(_ payload: ArraySlice<UInt8>, at index: UInt64) throws(LogFailure) {
        var ahead = self.ahead ?? self.builder
        guard index == ahead.tree.size else { return }
        // Emptied first, so that the builder has one owner.
        self.ahead = nil
        // What is not an entry stops the sealer.
        guard ahead.append(payload: payload) else { return }
        for file in ahead.takeFinished() where !file.path.hasPrefix("parts/") {
            guard let found = try? self.store.read(file.path), found.count >= file.bytes.count, found != file.bytes
            else {
                continue
            }
            let offset = zip(found, file.bytes).enumerated().first { $0.element.0 != $0.element.1 }?.offset
            self.differing = self.differing ?? (file.path, UInt64(offset ?? file.bytes.count))
        }
        self.ahead = ahead
    }

    /// Compares the root and the unfinished files with what was signed.
    mutating func finish() throws(LogFailure) {
        guard let checkpoint else { return }
        guard self.builder.tree.size == checkpoint.size, self.builder.tree.root == checkpoint.root else {
            if let (path, offset) = self.firstChanged() { throw .corrupt(path, offset: offset) }
            throw .forked(size: checkpoint.size)
        }
        // The entries are the signed ones: what differs from them is what was changed, and what is missing is made again.
        if let (path, offset) = self.differing { throw .corrupt(path, offset: offset) }
        for file in self.builder.unfinished { try self.check(file) }
        if let (path, offset) = self.differing { throw .corrupt(path, offset: offset) }
        for file in self.missing {
            let store = self.store
            try LogFailure.naming { () throws(FileFailure) in
                try store.replace(file.path, with: file.bytes, durably: false)
            }
        }
        self.rewritten = self.missing.count
        self.missing = []
    }

    /// Where the bundle that was read differs from the hashes beside it; `nil` when the difference is not there.
    private func firstChanged() -> (path: String, offset: UInt64)? {
        guard let begun,
            let hashes = try? SealedFiles(store: self.store).tile(
                .hashes(level: 0, index: begun.index, width: begun.width)
            )
        else { return nil }
        return zip(hashes, self.read).first { $0.0 != $0.1.hash }.map { (SealedFiles.path(begun), $0.1.offset) }
    }

    private mutating func add(_ payload: ArraySlice<UInt8>, at index: UInt64) throws(LogFailure) {
        guard self.builder.append(payload: payload) else { throw .noEntry(index) }
        for file in self.builder.takeFinished() { try self.check(file) }
    }

    private mutating func check(_ file: TreeBuilder.File) throws(LogFailure) {
        let found: [UInt8]
        do {
            found = try self.store.read(file.path)
        } catch .missing {
            found = []
        } catch {
            throw .file(error)
        }
        if found == file.bytes { return }
        let isParts = file.path.hasPrefix("parts/")
        guard found.count < file.bytes.count || isParts else {
            let offset = zip(found, file.bytes).enumerated().first { $0.element.0 != $0.element.1 }?.offset
            self.differing = self.differing ?? (file.path, UInt64(offset ?? file.bytes.count))
            return
        }
        // Parts that are there may have been dropped since; those are not put back.
        if isParts, !found.isEmpty { return }
        self.missing.append(file)
    }
}
