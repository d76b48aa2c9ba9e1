package import TransparencyLog

/// What a start reads, in the right order, before anything is written: keys, checkpoint, journal, and the tree of both.
///
/// Everything that cannot be explained stops here, with the file, the place and the way out. The only change that it makes
/// is to cut a torn tail, which whoever goes on has to record.
package struct LogStart {
    let persons: PersonKeys
    /// The size of the newest checkpoint.
    let signed: UInt64
    let recovery: JournalRecovery
    let seal: SealRecovery

    /// Whether a torn tail was cut.
    package var wasCut: Bool { self.recovery.cut != nil }

    package init(_ store: any FileStore, keys: LogKeys) throws(LogFailure) {
        self.persons = try PersonKeys(store: store, master: keys.master)
        guard let checkpoint = try SealedFiles(store: store).checkpoint(keys: keys.verifiers) else {
            throw .noCheckpoint
        }
        let signed = checkpoint.size
        let first = try Segment.all(in: store).first?.first ?? signed
        // Below this place everything lies in finished bundles; from it on, in the journal.
        let finished = signed / UInt64(TileCoordinate.fullWidth) * UInt64(TileCoordinate.fullWidth)
        guard first <= finished else { throw .noEntry(finished) }
        var seal = try SealRecovery(checkpoint: checkpoint, journalFrom: first, in: store)
        self.recovery = try JournalRecovery(of: store, signed: signed) { (index, payload) throws(LogFailure) in
            try seal.take(payload, at: index)
        }
        try seal.finish()
        self.signed = signed
        self.seal = seal
    }

    /// Signs that a log which holds nothing holds nothing, before anything is written to it.
    ///
    /// So a log has a checkpoint from its first moment on, and one without was tampered with: otherwise whoever removes the
    /// checkpoint has the next start sign whatever the journal says.
    static func beginIfNew(_ store: any FileStore, keys: LogKeys) throws(LogFailure) {
        let isNew = try LogFailure.naming { () throws(FileFailure) in
            for folder in ["tree", Segment.folder, "parts", PersonKeys.folder, Quarantine.folder] {
                guard try store.list(folder).isEmpty else { return false }
            }
            return true
        }
        guard isNew else { return }
        let empty = Checkpoint(origin: keys.signer.verifier.name, size: 0, root: TileTree().root)
        let note: SignedNote
        do {
            note = try empty.signed(with: keys.signers)
        } catch {
            throw .checkpoint(error)
        }
        try LogFailure.naming { () throws(FileFailure) in
            try store.replace(SealedFiles.checkpointPath, with: note.bytes, durably: true)
        }
    }
}
