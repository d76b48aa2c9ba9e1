package import TransparencyLog

/// Checks a log from its files alone: checkpoint, tiles, entries, the parts' commitments, and the journal's tail.
///
/// It needs no secret: person parts are committed to as they are stored. It needs the log's *public* key from somewhere
/// else than the log's folder, or it only shows that the folder agrees with itself. What files alone cannot show is that
/// they are the newest: for that, compare with a checkpoint kept elsewhere (``verify(against:)``), or with a witness's.
package struct LogVerifier {
    private let store: any FileStore
    private let files: SealedFiles
    private let keys: [NoteVerifierKey]
    private let witnesses: [NoteVerifierKey]
    private var chain: KeyChain
    private var report = VerificationReport()
    /// The bundle that the journal is being compared with.
    private var compared: (bundle: UInt64, hashes: [LogHash])?
    private var absences = PartAbsences()
    private var keyUse = PersonKeyUse()

    /// Checks the log in a store.
    ///
    /// - Parameters:
    ///   - store: Where its files are.
    ///   - keys: The public keys that are trusted; the log's own announcements lead from them to later ones.
    ///   - witnesses: The public keys of witnesses, each of which must have cosigned the log.
    package init(store: any FileStore, keys: [NoteVerifierKey], witnesses: [NoteVerifierKey] = []) {
        self.store = store
        self.files = SealedFiles(store: store)
        self.keys = keys
        self.witnesses = witnesses
        self.chain = KeyChain(trusted: keys)
    }

    /// Checks the log in a folder.
    ///
    /// - Parameters:
    ///   - folder: The log's folder.
    ///   - keys: The log's public keys; those beside the log when empty, which proves less.
    ///   - known: Checkpoints kept elsewhere, which the log must contain.
    ///   - witnesses: The public keys of witnesses that must have cosigned it.
    /// - Returns: What was found, problems first to last.
    package static func verify(
        folder: String,
        keys: [NoteVerifierKey] = [],
        known: [KnownCheckpoint] = [],
        witnesses: [NoteVerifierKey] = []
    ) -> VerificationReport {
        let store = FolderStore(root: folder)
        do {
            let trusted = try keys.isEmpty ? LogKeys.readVerifiers(from: store) : keys
            var verifier = LogVerifier(store: store, keys: trusted, witnesses: witnesses)
            return verifier.verify(against: known)
        } catch {
            var report = VerificationReport()
            report.add(nil, LogKeys.verifierPath, "\(error)")
            return report
        }
    }

    /// Checks everything; memory does not grow with the log.
    package mutating func verify(against elsewhere: [KnownCheckpoint] = []) -> VerificationReport {
        let segments: [Segment]
        do {
            segments = try Segment.all(in: self.store)
        } catch {
            self.report.add(nil, Segment.folder, "\(error)")
            return self.report
        }
        let persons = (try? self.store.list(PersonKeys.folder)) ?? []
        let known = (elsewhere + self.witnessed()).sorted { $0.checkpoint.size < $1.checkpoint.size }
        var note: SignedNote?
        do {
            note = try self.files.note()
            self.report.checkpoint = try note.map { (note) throws(NoteError) in try Checkpoint(text: note.text) }
        } catch let failure as NoteError {
            self.report.add(nil, SealedFiles.checkpointPath, "\(LogFailure.checkpoint(failure))")
        } catch {
            self.report.add(nil, SealedFiles.checkpointPath, "\(error)")
        }
        if let checkpoint = self.report.checkpoint, let note {
            self.verifyTree(checkpoint, known: known)
            self.verifySignatures(note, checkpoint, known)
        } else if !known.isEmpty || (try? self.store.list("tree/tile"))?.isEmpty == false,
            self.report.problems.isEmpty
        {
            self.report.add(0, SealedFiles.checkpointPath, "there is no checkpoint, but there was one")
        }
        self.verifyJournal(segments, signed: self.report.checkpoint?.size ?? 0)
        for (part, index) in self.absences.unexplained {
            self.report.add(
                index,
                "parts",
                "the \(part.name) part is not there, and the log does not say that it was dropped"
            )
        }
        for (index, id, what) in self.keyUse.problems(
            before: persons,
            after: (try? self.store.list(PersonKeys.folder)) ?? []
        ) {
            self.report.add(index, PersonKeys.folder + "/" + id.text, what)
        }
        self.report.problems.sort { ($0.entry ?? 0) < ($1.entry ?? 0) }
        return self.report
    }

    /// Who signed the checkpoint can be said only when the entries are read: they announce the log's later keys.
    private mutating func verifySignatures(_ note: SignedNote, _ checkpoint: Checkpoint, _ known: [KnownCheckpoint]) {
        let links = self.chain.links
        self.report.keys = links.map { ($0.key, $0.announcedAt) }
            .map { VerificationReport.Key(key: $0.0, announcedAt: $0.1) }
        do {
            _ = try Checkpoint(verifying: note, with: links.map(\.key))
        } catch {
            self.report.add(nil, SealedFiles.checkpointPath, "\(LogFailure.checkpoint(error))")
            return
        }
        // Checkpoints from before a change of keys are signed with keys that the log, verified now, vouches for.
        for one in known {
            guard let note = one.note else { continue }
            do {
                _ = try Checkpoint(verifying: note, with: self.chain.all)
            } catch {
                self.report.add(nil, one.path, "\(LogFailure.checkpoint(error))")
            }
        }
    }

    /// What the witnesses cosigned last, as it was collected; without it there is nothing that they vouch for.
    private mutating func witnessed() -> [KnownCheckpoint] {
        var known: [KnownCheckpoint] = []
        for witness in self.witnesses {
            let path = SealedFiles.cosignedPath(by: witness)
            do {
                guard let bytes = try self.files.cosigned(by: witness) else {
                    self.report.add(nil, path, "`\(witness.name)` has cosigned nothing that is kept here")
                    continue
                }
                let one = try KnownCheckpoint(bytes, path: path)
                let moment = try one.note?.cosignedAt(by: witness) ?? 0
                self.report.witnessed.append(
                    VerificationReport.Witnessed(name: witness.name, size: one.checkpoint.size, seconds: moment)
                )
                known.append(one)
            } catch {
                self.report.add(nil, path, "\(error)")
            }
        }
        return known
    }

    private mutating func verifyTree(_ checkpoint: Checkpoint, known: [KnownCheckpoint]) {
        let full = UInt64(TileCoordinate.fullWidth)
        var tree = TileTree()
        for one in known where one.checkpoint.origin != checkpoint.origin {
            self.report.add(nil, one.path, "it is of the log `\(one.checkpoint.origin)`, not of this one")
        }
        var rest = known.drop { $0.checkpoint.size == 0 }
        if let larger = rest.first(where: { $0.checkpoint.size > checkpoint.size }) {
            self.report.add(
                checkpoint.size,
                SealedFiles.checkpointPath,
                "a checkpoint over \(larger.checkpoint.size) entries is known from \(larger.path): the newest were cut"
            )
        }
        while tree.size < checkpoint.size {
            let start = tree.size
            let width = Int(min(full, checkpoint.size - start))
            var tiles: [(TileCoordinate, [LogHash])] = []
            guard let entries = self.readBundle(start / full, width: width) else { return }
            for entry in entries {
                let hash = entry.leafHash
                self.chain.read(entry, at: tree.size)
                self.verifyParts(
                    of: entry,
                    at: tree.size,
                    path: SealedFiles.partsPath(index: start / full, width: width)
                )
                tree.append(hash) { tiles.append(($0, $1)) }
                while let one = rest.first, one.checkpoint.size == tree.size {
                    rest.removeFirst()
                    guard tree.root != one.checkpoint.root else { continue }
                    self.report.add(
                        nil,
                        one.path,
                        "the log's first \(tree.size) entries are not those of this checkpoint: they were rewritten"
                    )
                }
            }
            for (coordinate, hashes) in tiles { self.compare(coordinate, hashes) }
        }
        for (coordinate, hashes) in tree.partialTiles { self.compare(coordinate, hashes) }
        self.report.sealed = tree.size
        if tree.root != checkpoint.root, self.report.problems.isEmpty {
            self.report.add(
                nil,
                SealedFiles.checkpointPath,
                "entries and tiles agree, but not with the signed root: a fork"
            )
        }
    }

    private mutating func readBundle(_ index: UInt64, width: Int) -> [LogEntry]? {
        do {
            return try self.files.entries(bundle: index, width: width)
        } catch {
            let place = self.files.firstBroken(bundle: index, width: width)
            self.report.add(place, SealedFiles.path(.entries(index: index, width: width)), "\(error)")
            return nil
        }
    }

    /// Compares a stored tile with the hashes of the entries, and names the first that differs.
    private mutating func compare(_ coordinate: TileCoordinate, _ hashes: [LogHash]) {
        let path = SealedFiles.path(coordinate)
        guard case .hashes(let level) = coordinate.content else { return }
        let span = UInt64(1) << UInt64(level * TileCoordinate.heightBits)
        let first = coordinate.index * UInt64(TileCoordinate.fullWidth) * span
        do {
            let stored = try self.files.tile(coordinate)
            guard let place = zip(stored, hashes).enumerated().first(where: { $0.element.0 != $0.element.1 })?.offset
            else {
                return
            }
            let entry = first + UInt64(place) * span
            self.report.add(entry, id: self.id(at: entry, level: level), path, "the entry is not the one in the tree")
        } catch {
            self.report.add(first, path, "\(error)")
        }
    }

    private func id(at entry: UInt64, level: Int) -> String? {
        guard level == 0, let width = self.report.checkpoint.map({ Int(min(256, $0.size - entry / 256 * 256)) }),
            let entries = try? self.files.entries(bundle: entry / 256, width: width)
        else { return nil }
        return Self.id(of: entries[Int(entry % 256)].leaf)
    }

    /// Compares the parts with the leaf's commitments.
    private mutating func verifyParts(of entry: LogEntry, at index: UInt64, path: String) {
        guard let commitments = LeafText.commitments(of: entry.leaf) else {
            // A later version may end otherwise; the tree is over its bytes all the same.
            if let version = JSONReader.value(entry.leaf)?["v"]?.integer, version != Int64(DecisionRecord.version) {
                self.report.unknown += 1
                return
            }
            self.report.add(index, path, "the leaf does not end with its commitments")
            return
        }
        if entry.leaf.starts(with: LogEvent.leafBeginning),
            case .event(let event) = entry.content(key: { _ in nil })
        {
            self.absences.read(event)
            self.keyUse.read(event, at: index)
        }
        if let person = entry[.person] { self.keyUse.note(person.stored, at: index) }
        for part in LogPart.allCases {
            let commitment = commitments[Int(part.rawValue)]
            switch (commitment.isEmpty, entry[part]) {
            case (true, nil): break
            case (true, .some):
                self.report.add(
                    index,
                    id: Self.id(of: entry.leaf),
                    path,
                    "the \(part.name) part is there, but the leaf knows none"
                )
            case (false, nil):
                self.report.missingParts += 1
                self.absences.note(part, missingAt: index)
            case (false, .some(let found)):
                let digest = unsafe found.stored.withUnsafeBytes { unsafe Commitment.digest($0) }
                self.report.parts += 1
                let made = Commitment.make(part, salt: found.salt, digest: digest)
                if !LeafText.holds(entry.leaf, at: commitment, made) {
                    self.report.add(
                        index,
                        id: Self.id(of: entry.leaf),
                        path,
                        "the \(part.name) part is not the one committed to"
                    )
                }
            }
        }
    }

    /// Reads the journal: what is sealed must be the same there, what is not sealed must be whole.
    private mutating func verifyJournal(_ segments: [Segment], signed: UInt64) {
        var end = segments.first?.first ?? signed
        for (position, segment) in segments.enumerated() {
            let limit = position + 1 < segments.count ? segments[position + 1].first : .max
            if limit == segment.first { continue }
            if segment.first > end { self.report.add(end, segment.path, "entries before it are missing") }
            var reader = SegmentReader(segment, in: self.store)
            do {
                reading: while reader.index < limit {
                    let index = reader.index
                    switch try reader.next() {
                    case .end: break reading
                    case .damaged:
                        self.report.add(index, segment.path, "damaged at byte \(reader.offset)")
                        break reading
                    case .entry(let payload, _):
                        self.verifyEntry(payload, at: index, signed: signed, path: segment.path)
                    }
                }
            } catch {
                self.report.add(reader.index, segment.path, "\(error)")
            }
            if limit != .max, reader.index < limit {
                self.report.add(reader.index, segment.path, "entries up to \(limit) are missing")
            }
            end = max(end, reader.index)
        }
        if end < signed, !segments.isEmpty {
            self.report.add(
                end,
                segments.last?.path ?? Segment.folder,
                "the journal ends below the checkpoint, which is over \(signed) entries"
            )
        }
    }

    private mutating func verifyEntry(_ payload: ArraySlice<UInt8>, at index: UInt64, signed: UInt64, path: String) {
        guard let entry = LogEntry(payload: payload) else {
            self.report.add(index, path, "not an entry")
            return
        }
        if index < signed {
            if let hash = self.sealedHash(at: index, signed: signed), hash != entry.leafHash {
                self.report.add(index, id: Self.id(of: entry.leaf), path, "the entry is not the one in the tree")
            }
        } else {
            self.report.unsealed += 1
        }
        self.verifyParts(of: entry, at: index, path: path)
    }

    /// The hash of a sealed entry, from its bundle; `nil` when that cannot be read, which was reported with the tree.
    ///
    /// One bundle at a time: while an index is away, the journal may hold more than fits the memory.
    private mutating func sealedHash(at index: UInt64, signed: UInt64) -> LogHash? {
        let full = UInt64(TileCoordinate.fullWidth)
        let bundle = index / full
        if self.compared?.bundle != bundle {
            let width = Int(min(full, signed - bundle * full))
            self.compared = (bundle, (try? self.files.leafHashes(bundle: bundle, width: width)) ?? [])
        }
        guard let hashes = self.compared?.hashes, index % full < hashes.count else { return nil }
        return hashes[Int(index % full)]
    }

    /// The id in a leaf, which has a fixed place in each kind.
    static func id(of leaf: ArraySlice<UInt8>) -> String? {
        JSONReader.value(leaf)?["id"]?.string
    }
}
