package import TransparencyLog

/// What proves to anybody that a decision is in the log, and shows as much of it as its holder may see.
///
/// It holds the leaf, the proof that leads to a signed checkpoint, and of each part either the stored bytes with what is
/// needed to check and read them, or nothing: the leaf has its commitment in any case. A person part is given with the
/// key of that part alone. Nothing in it has to be believed but the log's public key.
package struct Receipt: Hashable, Sendable {
    /// A part that is shown.
    package struct Part: Hashable, Sendable {
        package var salt: Salt
        package var stored: [UInt8]
        /// The key of a person part.
        package var key: [UInt8]?
    }

    /// The signed checkpoint, as it is stored.
    package var checkpoint: [UInt8]
    package var proof: InclusionProof
    /// The entry; `nil` when its holder may not see it, and has its hash only.
    package var leaf: [UInt8]?
    /// The entry's hash.
    package var leafHash: LogHash
    package var parts: [LogPart: Part]

    /// What a holder of the receipt can convince themselves of, and read.
    ///
    /// - Parameter keys: The log's public keys, from somewhere else than the receipt.
    /// - Returns: The entry's content as far as it is shown; `nil` when anything in the receipt does not fit, or it shows no entry.
    package func verified(with keys: [NoteVerifierKey]) -> EntryContent? {
        guard let note = try? SignedNote(self.checkpoint),
            let checkpoint = try? Checkpoint(verifying: note, with: keys),
            self.proof.size == checkpoint.size,
            self.proof.verifies(leaf: self.leafHash, root: checkpoint.root),
            let leaf = self.leaf, MerkleHash.leaf(leaf) == self.leafHash,
            let commitments = LeafText.commitments(of: leaf[...])
        else { return nil }
        var opened: [LogPart: [UInt8]] = [:]
        for (part, shown) in self.parts {
            let made = Commitment.make(part, salt: shown.salt, digest: Commitment.digest(shown.stored))
            let range = commitments[Int(part.rawValue)]
            guard !range.isEmpty, LeafText.holds(leaf[...], at: range, made) else { return nil }
            if part == .person {
                guard let key = shown.key, let plain = PersonCipher.open(shown.stored[...], recordKey: key) else {
                    return nil
                }
                opened[part] = plain
            }
        }
        var entry = LogEntry(leaf: leaf[...], parts: [nil, nil, nil])
        for (part, shown) in self.parts {
            entry.parts[Int(part.rawValue)] = LogEntry.Part(salt: shown.salt, stored: shown.stored[...])
        }
        return entry.content(opened: opened[.person])
    }

    /// The same with nothing in it but the entry's hash: it proves that the entry is there, and says nothing else.
    ///
    /// Who can show the entry can show later that it is this one.
    package var withoutLeaf: Receipt {
        var receipt = self
        receipt.leaf = nil
        receipt.parts = [:]
        return receipt
    }

    /// The receipt as JSON, to be handed to its holder.
    package var json: JSONValue {
        func text(_ bytes: [UInt8]) -> JSONValue { .string(String(decoding: Base64.encoded(bytes), as: UTF8.self)) }
        let parts = self.parts.map { part, shown in
            var members: [String: JSONValue] = ["salt": text(shown.salt.bytes), "stored": text(shown.stored)]
            if let key = shown.key { members["key"] = text(key) }
            return (part.name, JSONValue.object(members))
        }
        return .members([
            ("v", .integer(1)),
            ("checkpoint", .string(String(decoding: self.checkpoint, as: UTF8.self))),
            ("index", .integer(Int64(self.proof.index))),
            ("proof", .array(self.proof.path.map { .string($0.base64) })),
            ("leaf", self.leaf.map { .string(String(decoding: $0, as: UTF8.self)) }),
            ("leaf-hash", self.leaf == nil ? .string(self.leafHash.base64) : nil),
            ("parts", .object(Dictionary(uniqueKeysWithValues: parts))),
        ])
    }
}

/// Makes receipts from a log's files; the log may be open elsewhere meanwhile.
package struct LogProver {
    private let store: any FileStore
    private let files: SealedFiles
    private let keys: [NoteVerifierKey]

    /// Proves from the log in a store, whose checkpoints are signed with one of `keys`.
    package init(store: any FileStore, keys: [NoteVerifierKey]) {
        self.store = store
        self.files = SealedFiles(store: store)
        self.keys = keys
    }

    /// The place of a sealed decision, newest entries searched first; `nil` when it is not sealed (yet).
    package func place(of id: DecisionID) throws(LogFailure) -> UInt64? {
        guard let checkpoint = try self.files.checkpoint(keys: self.keys) else { return nil }
        let full = UInt64(TileCoordinate.fullWidth)
        let wanted = Array("\"id\":\"\(id)\"".utf8)
        var end = checkpoint.size
        while end > 0 {
            let start = (end - 1) / full * full
            let entries = try self.files.entries(bundle: start / full, width: Int(min(full, checkpoint.size - start)))
            if let found = entries.lastIndex(where: { $0.leaf.prefix(64).contains(wanted) }) {
                return start + UInt64(found)
            }
            end = start
        }
        return nil
    }

    /// The receipt for the entry at a place.
    ///
    /// - Parameters:
    ///   - place: Where it is in the log.
    ///   - parts: Which parts its holder may see.
    ///   - keys: The persons' keys, needed to show a person part.
    /// - Returns: The receipt; parts that were erased are not in it.
    /// - Throws: ``LogFailure/noEntry(_:)`` when the place is not sealed yet.
    package func receipt(at place: UInt64, showing parts: Set<LogPart>, keys: PersonKeys?) throws(LogFailure) -> Receipt
    {
        guard let checkpoint = try self.files.checkpoint(keys: self.keys), place < checkpoint.size else {
            throw .noEntry(place)
        }
        let full = UInt64(TileCoordinate.fullWidth)
        let width = Int(min(full, checkpoint.size - place / full * full))
        let entry = try self.files.entries(bundle: place / full, width: width)[Int(place % full)]
        let prover = Prover(size: checkpoint.size) { (tile) throws(LogFailure) in try self.files.tile(tile) }
        var shown: [LogPart: Receipt.Part] = [:]
        for part in parts {
            guard let stored = entry[part] else { continue }
            var found = Receipt.Part(salt: stored.salt, stored: Array(stored.stored))
            if part == .person {
                guard let key = PersonCipher.keyID(of: stored.stored).flatMap({ keys?.key($0) }) else { continue }
                found.key = PersonCipher.disclosedKey(of: key, salt: stored.salt)
            }
            shown[part] = found
        }
        let store = self.store
        let note = try LogFailure.naming { () throws(FileFailure) in try store.read(SealedFiles.checkpointPath) }
        return Receipt(
            checkpoint: note,
            proof: try prover.inclusion(of: place),
            leaf: Array(entry.leaf),
            leafHash: entry.leafHash,
            parts: shown
        )
    }
}
