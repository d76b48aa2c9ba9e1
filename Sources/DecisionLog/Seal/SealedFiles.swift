package import TransparencyLog

/// Where the sealed log lies, and how its bundles are read.
///
///     tree/checkpoint          the newest signed checkpoint
///     tree/tile/…              C2SP tlog-tiles: this folder can be published as it is, it holds nothing about persons
///     cosigned/…               for each witness, the newest checkpoint that it cosigned
///     parts/x001/234           the parts of the entries in tree/tile/entries/x001/234, each with its length before it
///
/// A parts file may be missing: then its parts were dropped, and the leaves still stand.
package struct SealedFiles: Sendable {
    package static let checkpointPath = "tree/checkpoint"

    private let store: any FileStore

    package init(store: any FileStore) { self.store = store }

    static func path(_ tile: TileCoordinate) -> String { "tree/" + tile.path }

    static func partsPath(index: UInt64, width: Int) -> String {
        "parts/" + TileCoordinate.name(index: index, width: width)
    }

    /// Where the newest checkpoint that a witness cosigned is kept, with the signatures of log and witness.
    package static func cosignedPath(by witness: NoteVerifierKey) -> String { "cosigned/" + witness.fileName }

    /// The newest checkpoint, believed only with a good signature; `nil` when nothing was sealed yet.
    package func checkpoint(keys: [NoteVerifierKey]) throws(LogFailure) -> Checkpoint? {
        guard let note = try self.note() else { return nil }
        do {
            return try Checkpoint(verifying: note, with: keys)
        } catch {
            throw .checkpoint(error)
        }
    }

    /// The newest checkpoint as it is stored, unverified; `nil` when nothing was sealed yet.
    package func note() throws(LogFailure) -> SignedNote? {
        guard let bytes = try self.bytes(Self.checkpointPath) else { return nil }
        do {
            return try SignedNote(bytes)
        } catch {
            throw .checkpoint(error)
        }
    }

    /// The newest checkpoint that a witness cosigned, unverified; `nil` when it never did.
    package func cosigned(by witness: NoteVerifierKey) throws(LogFailure) -> [UInt8]? {
        try self.bytes(Self.cosignedPath(by: witness))
    }

    private func bytes(_ path: String) throws(LogFailure) -> [UInt8]? {
        do {
            return try self.store.read(path)
        } catch .missing {
            return nil
        } catch {
            throw .file(error)
        }
    }

    /// The hashes of a tile, which may have been finished since.
    package func tile(_ tile: TileCoordinate) throws(LogFailure) -> [LogHash] {
        let path = Self.path(tile)
        guard let bytes = try self.bytes(path) else {
            guard !tile.isFinished else { throw .file(.missing(path)) }
            var whole = tile
            whole.width = TileCoordinate.fullWidth
            return Array(try self.tile(whole).prefix(tile.width))
        }
        guard let hashes = tile.decoded(bytes) else { throw .corrupt(path, offset: UInt64(bytes.count)) }
        return hashes
    }

    /// A bundle that holds at least so many entries: it is there as wide as it became, or as it was under a checkpoint.
    func bundle(_ index: UInt64, holding narrowest: Int) throws(LogFailure) -> TileCoordinate {
        for width in stride(from: TileCoordinate.fullWidth, to: narrowest, by: -1) {
            let wider = TileCoordinate.entries(index: index, width: width)
            let size = try LogFailure.naming { () throws(FileFailure) in try self.store.size(Self.path(wider)) }
            if size != nil { return wider }
        }
        return .entries(index: index, width: narrowest)
    }

    /// The entries of a bundle, with the parts that are there.
    package func entries(bundle index: UInt64, width: Int) throws(LogFailure) -> [LogEntry] {
        let tile = TileCoordinate.entries(index: index, width: width)
        let bytes = try self.read(Self.path(tile))
        guard let leaves = EntryBundle.decoded(bytes, count: width) else {
            throw .corrupt(Self.path(tile), offset: UInt64(bytes.count))
        }
        let parts = try self.parts(bundle: index, width: width)
        var entries: [LogEntry] = []
        entries.reserveCapacity(width)
        for (leaf, block) in zip(leaves, parts) {
            guard let entry = LogEntry(leaf: leaf, parts: block) else {
                throw .corrupt(Self.partsPath(index: index, width: width), offset: UInt64(block.startIndex))
            }
            entries.append(entry)
        }
        return entries
    }

    /// The hashes of the entries of a bundle, without their parts.
    func leafHashes(bundle index: UInt64, width: Int) throws(LogFailure) -> [LogHash] {
        let path = Self.path(.entries(index: index, width: width))
        let bytes = try self.read(path)
        guard let leaves = EntryBundle.decoded(bytes, count: width) else {
            throw .corrupt(path, offset: UInt64(bytes.count))
        }
        return leaves.map { leaf in unsafe leaf.withUnsafeBytes { unsafe MerkleHash.leaf($0) } }
    }

    private func read(_ path: String) throws(LogFailure) -> [UInt8] {
        try LogFailure.naming { () throws(FileFailure) in try self.store.read(path) }
    }

    /// The place of the first entry of a bundle that cannot be as it was written, where the bundle cannot be read whole.
    ///
    /// A changed length shifts everything behind it, so entries are read one by one, until one does not fit its parts.
    func firstBroken(bundle index: UInt64, width: Int) -> UInt64 {
        let first = index * UInt64(TileCoordinate.fullWidth)
        guard let leaves = try? self.store.read(Self.path(.entries(index: index, width: width))) else { return first }
        let parts = try? self.store.read(Self.partsPath(index: index, width: width))
        var (leafEnd, partsEnd) = (0, 0)
        for place in 0..<width {
            guard let length = BigEndian.read(UInt16.self, leaves[...], at: leafEnd),
                leafEnd + 2 + Int(length) <= leaves.count
            else { return first + UInt64(place) }
            let leaf = leaves[(leafEnd + 2)..<(leafEnd + 2 + Int(length))]
            leafEnd = leaf.endIndex
            var block = Self.noParts[...]
            if let parts {
                guard let length = BigEndian.read(UInt32.self, parts[...], at: partsEnd),
                    partsEnd + 4 + Int(length) <= parts.count
                else { return first + UInt64(place) }
                block = parts[(partsEnd + 4)..<(partsEnd + 4 + Int(length))]
                partsEnd = block.endIndex
            }
            guard let entry = LogEntry(leaf: leaf, parts: block), entry.agrees else { return first + UInt64(place) }
        }
        return first + UInt64(max(0, width - 1))
    }

    /// The parts of each entry of a bundle.
    private func parts(bundle index: UInt64, width: Int) throws(LogFailure) -> [ArraySlice<UInt8>] {
        let path = Self.partsPath(index: index, width: width)
        let bytes: [UInt8]
        do {
            bytes = try self.store.read(path)
        } catch .missing {
            return Array(repeating: Self.noParts[...], count: width)
        } catch {
            throw .file(error)
        }
        var blocks: [ArraySlice<UInt8>] = []
        var position = 0
        for _ in 0..<width {
            guard let length = BigEndian.read(UInt32.self, bytes[...], at: position),
                position + 4 + Int(length) <= bytes.count
            else { throw .corrupt(path, offset: UInt64(position)) }
            blocks.append(bytes[position + 4..<position + 4 + Int(length)])
            position += 4 + Int(length)
        }
        guard position == bytes.count else { throw .corrupt(path, offset: UInt64(position)) }
        return blocks
    }

    /// Three parts that are not there.
    private static let noParts = [UInt8](repeating: 0xFF, count: 12)
}
