package import TransparencyLog

/// The way out when a log does not open: moves what is damaged aside, goes on with what can be proven, and writes down what
/// it did and which entries are concerned.
///
/// Nothing is thrown away: what is moved lies under `quarantine/`. What was sealed is made again from the files that still
/// give the signed root, or not at all; what was not sealed ends where the damage begins. A history that does not give the
/// signed root is no damage but a fork, and has no way out but a copy.
package struct Quarantine {
    /// One thing that was moved aside or made again.
    package struct Finding: Hashable, Sendable {
        /// The file.
        package var path: String
        /// Where its bytes were damaged, if it was that.
        package var offset: UInt64?
        /// Where it lies now; `nil` when there was nothing to move.
        package var movedTo: String?
        /// The first entry that is concerned, and the one after the last, as far as that is known.
        package var entries: Range<UInt64>?
        /// What was done, in words.
        package var what: String
    }

    private let store: any FileStore
    private let keys: LogKeys
    private var findings: [Finding] = []

    /// More rounds than files could be damaged: then something goes in circles.
    private static let maximumRounds = 10_000
    /// Where things are moved to.
    package static let folder = "quarantine"

    /// Gets a log in order that nobody has open, and records how.
    ///
    /// - Returns: What was done; nothing when the log was in order.
    /// - Throws: ``LogFailure`` when there is no way out but a copy.
    package static func run(folder: String, gateway: String) throws(LogFailure) -> [Finding] {
        let store = FolderStore(root: folder)
        let keys = try LogKeys.read(from: store)
        let findings: [Finding]
        do {
            let lock = try LogFailure.lock(folder)
            defer { withExtendedLifetime(lock) {} }
            findings = try Self.inOrder(store, keys)
        }
        guard !findings.isEmpty else { return [] }
        let log = try DecisionLog.open(folder: folder, gateway: gateway)
        for finding in findings { log.note(LogEvent.quarantined, finding.details) }
        log.close()
        return findings
    }

    /// Gets the files in order, without recording it.
    package static func inOrder(_ store: any FileStore, _ keys: LogKeys) throws(LogFailure) -> [Finding] {
        var quarantine = Quarantine(store: store, keys: keys)
        for _ in 0..<Self.maximumRounds {
            do throws(LogFailure) {
                let start = try LogStart(store, keys: keys)
                if let cut = start.recovery.cut {
                    quarantine.findings.append(
                        Finding(path: cut.path, offset: cut.offset, what: "\(cut.bytes) bytes of a torn tail were cut")
                    )
                }
                if !quarantine.findings.isEmpty { try quarantine.clear(beyond: start.recovery.end) }
                return quarantine.findings
            } catch {
                try quarantine.treat(error)
            }
        }
        throw .noEntry(0)
    }

    private mutating func treat(_ failure: LogFailure) throws(LogFailure) {
        switch failure {
        case .stray(let path):
            let moved = try self.moveAside(path)
            self.note(path, nil, moved, nil, "no file of the log's")
        case .corrupt(let path, let offset) where path.hasPrefix(Segment.folder + "/"):
            try self.treatJournal(path, offset, because: failure)
        case .corrupt(let path, let offset) where path.hasPrefix(PersonKeys.folder + "/"):
            let moved = try self.moveAside(path)
            self.note(path, offset, moved, nil, "a person's key; what is encrypted under it cannot be read")
        case .corrupt(let path, let offset) where path.hasPrefix("tree/") || path.hasPrefix("parts/"):
            // Entries come from the journal or not at all.
            if path.hasPrefix(Self.bundles), try !self.isInJournal(bundle: path) { throw failure }
            let moved = try self.moveAside(path)
            self.note(path, offset, moved, nil, "made again where the journal or the tiles below it have the entries")
            try self.remakeTile(path, because: failure)
        case .file(.missing(let path)) where path.hasPrefix("tree/tile/"):
            self.note(path, nil, nil, nil, "missing; made again from the files below it")
            guard try self.remakeTile(path, because: failure) else { throw failure }
        case .checkpoint, .noCheckpoint: try self.signAnew()
        case .belowCheckpoint(let journal, let signed):
            try self.fill(from: journal, to: signed)
        case .noEntry(let place): try self.closeGap(at: place, because: failure)
        default: throw failure
        }
    }

    // MARK: - Journal

    private mutating func treatJournal(
        _ path: String,
        _ offset: UInt64,
        because failure: LogFailure
    ) throws(LogFailure) {
        guard let name = path.split(separator: "/").last, let segment = Segment(name: String(name)) else {
            throw failure
        }
        let all = try Segment.all(in: self.store)
        let next = all.first { $0.first > segment.first }
        var good: [ArraySlice<UInt8>] = []
        var reader = SegmentReader(segment, in: self.store)
        while case .entry(let payload, _) = try reader.next() {
            good.append(payload)
            if let next, segment.first + UInt64(good.count) == next.first { break }
        }
        let damaged = segment.first + UInt64(good.count)
        let signed = try self.signedSize()
        let end = min(signed, next?.first ?? signed)
        if damaged < end { good += try self.sealed(damaged..<end).map { $0[...] } }
        let kept = segment.first + UInt64(good.count)
        // What comes after a gap has no place any more: a place is the order of decisions, and is not given twice.
        if let next, kept < next.first {
            for later in all where later.first >= next.first {
                let moved = try self.moveAside(later.path)
                self.note(later.path, nil, moved, nil, "it begins at entry \(later.first), after a gap")
            }
        }
        let fresh = try Segment.fresh(at: segment.first, after: all)
        let moved = try self.copyAside(segment.path)
        try self.write(good, to: fresh)
        try self.remove(segment.path)
        let what =
            kept > damaged
            ? "entries up to \(kept) were made again from the sealed log; what follows was not sealed, and is not in the log"
            : "the log ends before the damage; what follows was not sealed, and is not in the log"
        self.note(path, offset, moved, kept..<max(kept, reader.index + 1), what)
    }

    /// Puts entries that were sealed back into the journal, which ends before them.
    private mutating func fill(from first: UInt64, to end: UInt64) throws(LogFailure) {
        let payloads = try self.sealed(first..<end).map { $0[...] }
        let segment = try Segment.fresh(at: first, after: try Segment.all(in: self.store))
        try self.write(payloads, to: segment)
        self.note(segment.path, nil, nil, first..<end, "made again from the sealed log: the journal ended before it")
    }

    /// A file of the journal is missing: its entries come from the sealed log, or what follows is moved aside.
    private mutating func closeGap(at place: UInt64, because failure: LogFailure) throws(LogFailure) {
        let all = try Segment.all(in: self.store)
        let signed = try self.signedSize()
        let next = all.first { $0.first > place }
        guard place >= signed else {
            try self.fill(from: place, to: min(signed, next?.first ?? signed))
            return
        }
        guard let next else { throw failure }
        for later in all where later.first >= next.first {
            let moved = try self.moveAside(later.path)
            self.note(later.path, nil, moved, place..<later.first, "the entries before it are missing")
        }
    }

    private func write(_ payloads: [ArraySlice<UInt8>], to segment: Segment) throws(LogFailure) {
        var bytes: [UInt8] = []
        for payload in payloads {
            let start = bytes.count
            bytes.append(contentsOf: repeatElement(0, count: Frame.headBytes))
            bytes.append(contentsOf: payload)
            Frame.fillHead(
                of: &bytes,
                at: start,
                payload: payload.count,
                segment: segment.identity,
                offset: UInt64(start),
                group: 0
            )
        }
        let store = self.store
        let whole = bytes
        try LogFailure.naming { () throws(FileFailure) in
            try store.replace(segment.path, with: whole, durably: true)
        }
    }

    // MARK: - Tree

    private static let bundles = "tree/tile/entries/"

    /// Whether the journal has every entry of a bundle.
    private func isInJournal(bundle path: String) throws(LogFailure) -> Bool {
        let name = path.dropFirst(Self.bundles.count)
        let whole = name.firstIndex(of: ".").map { name[..<$0] } ?? name
        guard let index = TileCoordinate.index(name: whole),
            let first = try Segment.all(in: self.store).first?.first
        else { return false }
        return first <= index * UInt64(TileCoordinate.fullWidth)
    }

    /// The size that was signed; 0 when the checkpoint cannot be read, which is treated by itself.
    private func signedSize() throws(LogFailure) -> UInt64 {
        try SealedFiles(store: self.store).checkpoint(keys: self.keys.verifiers)?.size ?? 0
    }

    /// The payloads of sealed entries, from their bundles; what they are worth is seen by the root.
    private func sealed(_ places: Range<UInt64>) throws(LogFailure) -> [[UInt8]] {
        let full = UInt64(TileCoordinate.fullWidth)
        let files = SealedFiles(store: self.store)
        let size = try self.signedSize()
        var payloads: [[UInt8]] = []
        var place = places.lowerBound
        while place < places.upperBound {
            let start = place / full * full
            let width = Int(min(full, size - start))
            let bundle = try files.bundle(start / full, holding: width)
            let entries = try files.entries(bundle: bundle.index, width: bundle.width)
            for entry in entries[Int(place - start)..<Int(min(places.upperBound - start, UInt64(width)))] {
                payloads.append(entry.payload)
                place += 1
            }
        }
        return payloads
    }

    /// Makes a finished tile of hashes again from what lies below it.
    @discardableResult
    private func remakeTile(_ path: String, because failure: LogFailure) throws(LogFailure) -> Bool {
        let full = UInt64(TileCoordinate.fullWidth)
        let files = SealedFiles(store: self.store)
        let journal = try Segment.all(in: self.store).first?.first ?? .max
        for level in 0..<8 {
            let rest = "tree/tile/\(level)/"
            guard path.hasPrefix(rest), let index = TileCoordinate.index(name: path.dropFirst(rest.count)) else {
                continue
            }
            let span = (0..<level).reduce(full) { sum, _ in sum * full }
            // What the journal still has is made again from there by the start itself.
            guard (index + 1) * span <= journal else { return true }
            var hashes: [LogHash] = []
            if level == 0 {
                hashes = try files.entries(bundle: index, width: Int(full)).map(\.leafHash)
            } else {
                for place in 0..<full {
                    let below = TileCoordinate.hashes(level: level - 1, index: index * full + place, width: Int(full))
                    hashes.append(MerkleHash.root(of: try files.tile(below)[...]))
                }
            }
            let store = self.store
            let bytes = TileCoordinate.encoded(hashes)
            try LogFailure.naming { () throws(FileFailure) in try store.replace(path, with: bytes, durably: true) }
            return true
        }
        return false
    }

    /// Signs what the tiles before the journal give, where the checkpoint was: the start goes on from there.
    private mutating func signAnew() throws(LogFailure) {
        let (path, store) = (SealedFiles.checkpointPath, self.store)
        let isThere = try LogFailure.naming { () throws(FileFailure) in try store.size(path) != nil }
        let moved = isThere ? try self.moveAside(path) : nil
        let begun = try Segment.all(in: store).first?.first
        let first = if let begun { begun } else { try self.sealedEntries() }
        let origin = self.keys.signer.verifier.name
        let stated = Checkpoint(origin: origin, size: first, root: .zero)
        let tree = try SealRecovery(checkpoint: stated, journalFrom: first, in: store).builder.tree
        let note: SignedNote
        do {
            note = try Checkpoint(origin: origin, size: first, root: tree.root).signed(with: self.keys.signers)
        } catch {
            throw .checkpoint(error)
        }
        try LogFailure.naming { () throws(FileFailure) in
            try store.replace(path, with: note.bytes, durably: true)
        }
        let what =
            "signed anew from the tiles, and from entry \(first) on from the journal: compare with a checkpoint kept elsewhere"
        self.note(path, nil, moved, 0..<first, what)
    }

    /// How many entries the bundles hold, for a log that has neither a checkpoint nor a journal.
    private func sealedEntries() throws(LogFailure) -> UInt64 {
        let full = UInt64(TileCoordinate.fullWidth)
        let files = SealedFiles(store: self.store)
        var bundle: UInt64 = 0
        while try self.isThere(.entries(index: bundle, width: Int(full))) { bundle += 1 }
        let last = try files.bundle(bundle, holding: 1)
        // Unfinished bundles are never synced: one that cannot be read was torn.
        let rest = (try? files.entries(bundle: bundle, width: last.width))?.count ?? 0
        return bundle * full + UInt64(rest)
    }

    /// Moves finished tiles aside that were made of entries which are not in the log any more, and never signed.
    private mutating func clear(beyond end: UInt64) throws(LogFailure) {
        let full = UInt64(TileCoordinate.fullWidth)
        try self.clear(from: end / full) { .entries(index: $0, width: TileCoordinate.fullWidth) }
        try self.clear(from: end / full) { .hashes(level: 0, index: $0, width: TileCoordinate.fullWidth) }
        try self.clear(from: end / full / full) { .hashes(level: 1, index: $0, width: TileCoordinate.fullWidth) }
    }

    private mutating func clear(from first: UInt64, _ row: (UInt64) -> TileCoordinate) throws(LogFailure) {
        var index = first
        while try self.isThere(row(index)) {
            let path = SealedFiles.path(row(index))
            let moved = try self.moveAside(path)
            self.note(path, nil, moved, nil, "made of entries that were not signed and are not in the log")
            index += 1
        }
    }

    private func isThere(_ tile: TileCoordinate) throws(LogFailure) -> Bool {
        let store = self.store
        return try LogFailure.naming { () throws(FileFailure) in try store.size(SealedFiles.path(tile)) != nil }
    }

    // MARK: - Files

    private mutating func note(
        _ path: String,
        _ offset: UInt64?,
        _ moved: String?,
        _ entries: Range<UInt64>?,
        _ what: String
    ) {
        self.findings.append(Finding(path: path, offset: offset, movedTo: moved, entries: entries, what: what))
    }

    private func moveAside(_ path: String) throws(LogFailure) -> String {
        let to = try self.copyAside(path)
        try self.remove(path)
        return to
    }

    /// Copies a file under a name that is free.
    private func copyAside(_ path: String) throws(LogFailure) -> String {
        let store = self.store
        return try LogFailure.naming { () throws(FileFailure) in
            let bytes = try store.read(path)
            var number = 0
            var to = "\(Self.folder)/\(path)"
            while try store.size(to) != nil {
                number += 1
                to = "\(Self.folder)/\(path).\(number)"
            }
            try store.replace(to, with: bytes, durably: true)
            return to
        }
    }

    private func remove(_ path: String) throws(LogFailure) {
        let store = self.store
        try LogFailure.naming { () throws(FileFailure) in try store.remove(path, durably: true) }
    }
}

extension Quarantine {
    private init(store: any FileStore, keys: LogKeys) {
        self.store = store
        self.keys = keys
    }
}

extension Quarantine.Finding {
    /// What the log says of it.
    package var details: [String: JSONValue] {
        var details: [String: JSONValue] = ["file": .string(self.path), "what": .string(self.what)]
        details["offset"] = self.offset.map { .integer(Int64(clamping: $0)) }
        details["moved-to"] = self.movedTo.map(JSONValue.string)
        details["from"] = self.entries.map { .integer(Int64(clamping: $0.lowerBound)) }
        details["to"] = self.entries.map { .integer(Int64(clamping: $0.upperBound)) }
        return details
    }
}
