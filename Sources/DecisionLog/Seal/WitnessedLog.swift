package import TransparencyLog

/// The log's side of being witnessed: what to ask a witness, and where its answer is kept.
///
/// It reads the sealed files only, beside whoever writes them, and nothing waits for it.
package struct WitnessedLog: Sendable {
    private let store: any FileStore
    private let files: SealedFiles
    private let keys: [NoteVerifierKey]
    /// The witness.
    package let witness: NoteVerifierKey

    /// - Parameters:
    ///   - store: Where the log's files are.
    ///   - keys: The keys that its checkpoints are signed with.
    ///   - witness: The witness's public key.
    package init(store: any FileStore, keys: [NoteVerifierKey], witness: NoteVerifierKey) {
        self.store = store
        self.files = SealedFiles(store: store)
        self.keys = keys
        self.witness = witness
    }

    /// How many entries the witness has cosigned, as far as it is kept here; 0 when never.
    package func cosignedSize() throws(LogFailure) -> UInt64 {
        guard let bytes = try self.files.cosigned(by: self.witness) else { return 0 }
        // What cannot be read is asked for again: the witness knows.
        return (try? KnownCheckpoint(bytes, path: ""))?.checkpoint.size ?? 0
    }

    /// What to ask, given how many entries the witness has seen; `nil` when there is nothing to cosign.
    ///
    /// - Throws: ``LogFailure/belowWitness(log:witness:)`` when the log has fewer: an old state was put back.
    package func request(from old: UInt64) throws(LogFailure) -> WitnessRequest? {
        guard let note = try self.files.note(), let checkpoint = try self.files.checkpoint(keys: self.keys) else {
            guard old == 0 else { throw .belowWitness(log: 0, witness: old) }
            return nil
        }
        guard checkpoint.size > 0 || old > 0 else { return nil }
        guard old <= checkpoint.size else { throw .belowWitness(log: checkpoint.size, witness: old) }
        let prover = Prover(size: checkpoint.size) { (tile) throws(LogFailure) in try self.files.tile(tile) }
        let proof = old == 0 ? [] : try prover.consistency(from: old).path
        return WitnessRequest(old: old, proof: proof, note: note)
    }

    /// Keeps what the witness answered, if it really cosigned what was asked.
    ///
    /// - Returns: When it did, in seconds since 1970.
    /// - Throws: ``LogFailure/checkpoint(_:)`` when there is no good cosignature of the witness in it.
    package func keep(_ answer: [UInt8], for request: WitnessRequest) throws(LogFailure) -> UInt64 {
        var note = request.note
        let moment: UInt64
        do {
            // Lines under other names or keys are not ours to judge, and are left out.
            for signature in try SignedNote.signatures(answer)
            where signature.name == self.witness.name && signature.keyID == self.witness.id { note.add(signature) }
            moment = try note.cosignedAt(by: self.witness)
        } catch {
            throw .checkpoint(error)
        }
        let (store, path, bytes) = (self.store, SealedFiles.cosignedPath(by: self.witness), note.bytes)
        try LogFailure.naming { () throws(FileFailure) in try store.replace(path, with: bytes, durably: true) }
        return moment
    }
}
