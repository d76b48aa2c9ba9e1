import TransparencyLog

/// What a start reads, in the right order, before anything is written: keys, checkpoint, journal, and the tree of both.
///
/// Everything that cannot be explained stops here, with the file, the place and the way out. The only change that it makes
/// is to cut a torn tail, which whoever goes on has to record.
struct LogStart {
    let persons: PersonKeys
    /// The size of the newest checkpoint.
    let signed: UInt64
    let recovery: JournalRecovery
    let seal: SealRecovery

    init(_ store: any FileStore, keys: LogKeys) throws(LogFailure) {
        self.persons = try PersonKeys(store: store, master: keys.master)
        let checkpoint = try SealedFiles(store: store).checkpoint(keys: keys.verifiers)
        let signed = checkpoint?.size ?? 0
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
}
