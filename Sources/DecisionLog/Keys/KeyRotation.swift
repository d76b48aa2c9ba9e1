package import TransparencyLog

/// A change of the key that signs checkpoints, for a log that is not open.
///
/// The new key is announced in the log by the old one, and that is sealed under the old one, before anything is signed with
/// the new one; then both sign for as long as auditors need to take the new one up; then the old one is retired. Whatever
/// is interrupted in between leaves a log that verifies.
package enum KeyRotation {
    /// Announces a fresh key, and lets both sign from now on.
    ///
    /// - Parameters:
    ///   - folder: The log's folder.
    ///   - gateway: The gateway's name.
    /// - Returns: The new key.
    /// - Throws: ``LogFailure``, also when an earlier change has not ended.
    package static func begin(folder: String, gateway: String) throws(LogFailure) -> NoteVerifierKey {
        let store = FolderStore(root: folder)
        let keys = try LogKeys.read(from: store)
        guard keys.retiring.isEmpty else { throw .keysChanging(keys.retiring[0].verifier.description) }
        guard let fresh = NoteSignerKey(name: keys.signer.verifier.name) else {
            throw .malformedOrigin(keys.signer.verifier.name)
        }
        let announcement: KeyAnnouncement
        do {
            announcement = try KeyAnnouncement(fresh.verifier, signedBy: keys.signer)
        } catch {
            throw .checkpoint(error)
        }
        try Self.note(LogEvent.keyAnnounced, announcement.details, folder: folder, gateway: gateway)
        let both = LogKeys(signer: fresh, retiring: [keys.signer], master: keys.master)
        try both.storeSigners(in: store)
        // Opened once more, so that a checkpoint with both signatures is there at once.
        try DecisionLog.open(folder: folder, gateway: gateway).close()
        return fresh.verifier
    }

    /// Ends the overlap: from now on only the new key signs, and the old one's secret is gone.
    ///
    /// - Returns: The keys that were retired.
    /// - Throws: ``LogFailure``, also when no change is under way.
    package static func end(folder: String, gateway: String) throws(LogFailure) -> [NoteVerifierKey] {
        let store = FolderStore(root: folder)
        let keys = try LogKeys.read(from: store)
        guard !keys.retiring.isEmpty else { throw .keysNotChanging }
        let retired = keys.retiring.map(\.verifier)
        try Self.note(
            LogEvent.keyRetired,
            ["keys": .array(retired.map { .string($0.description) })],
            folder: folder,
            gateway: gateway
        )
        try LogKeys(signer: keys.signer, master: keys.master).storeSigners(in: store)
        try DecisionLog.open(folder: folder, gateway: gateway).close()
        return retired
    }

    /// Writes an event, and sees to it that it is sealed.
    private static func note(
        _ name: String,
        _ details: [String: JSONValue],
        folder: String,
        gateway: String
    ) throws(LogFailure) {
        let log = try DecisionLog.open(folder: folder, gateway: gateway)
        log.note(name, details)
        log.close()
        if let failure = log.progress.sealFailure { throw failure }
        guard log.progress.sealed == log.journal.durable else { throw .noEntry(log.progress.sealed) }
    }
}
