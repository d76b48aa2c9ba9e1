import Foundation
import Testing
import TransparencyLog

@testable import DecisionLog

@Suite("Change of keys", .timeLimit(.minutes(20)))
struct KeyRotationTests {
    /// A log in a folder, with a way to write one decision into it.
    final class Folder {
        let path = FileManager.default.temporaryDirectory.appending(path: "stile-rotation-\(UUID())").path
        var store: FolderStore { FolderStore(root: self.path) }
        let first: NoteVerifierKey

        init() throws {
            self.first = try LogKeys.create(origin: "stile.plant.example", in: FolderStore(root: self.path)).signer
                .verifier
            try self.act()
        }

        deinit { try? FileManager.default.removeItem(atPath: self.path) }

        func act() throws {
            let log = try DecisionLog.open(folder: self.path, gateway: "plant-1")
            let who = try log.prepare(Samples.anna)
            _ = log.journal.recorder { _ in }.record(
                Samples.decision,
                by: who,
                trace: Samples.trace,
                micros: 1,
                at: .now()
            )
            log.close()
        }

        func checkpoint() throws -> KnownCheckpoint {
            try KnownCheckpoint(self.store.read(SealedFiles.checkpointPath), path: "kept")
        }

        func verify(_ keys: NoteVerifierKey..., since: KnownCheckpoint...) -> VerificationReport {
            LogVerifier.verify(folder: self.path, keys: keys, known: since)
        }
    }

    @Test("Both keys sign while it lasts, the new one alone after, and either key leads through all of it")
    func rotation() throws {
        let log = try Folder()
        let before = try log.checkpoint()
        let second = try KeyRotation.begin(folder: log.path, gateway: "plant-1")
        #expect(second != log.first)
        let during = try log.checkpoint()
        for key in [log.first, second] { #expect(throws: Never.self) { try during.note?.verify(with: key) } }
        try log.act()
        #expect(log.verify(log.first, since: before, during).problems == [])
        #expect(log.verify(second, since: before, during).problems == [])

        #expect(throws: LogFailure.keysChanging(log.first.description)) {
            try KeyRotation.begin(folder: log.path, gateway: "plant-1")
        }
        #expect(try KeyRotation.end(folder: log.path, gateway: "plant-1") == [log.first])
        #expect(throws: LogFailure.keysNotChanging) { try KeyRotation.end(folder: log.path, gateway: "plant-1") }
        try log.act()
        let after = try log.checkpoint()
        #expect(throws: NoteError.self) { try after.note?.verify(with: log.first) }

        let third = try KeyRotation.begin(folder: log.path, gateway: "plant-1")
        _ = try KeyRotation.end(folder: log.path, gateway: "plant-1")
        for key in [log.first, second, third] {
            let report = log.verify(key, since: before, during, after)
            #expect(report.problems == [], "\(key)")
            #expect(report.keys.map(\.key).contains(third))
        }
        let report = log.verify(log.first)
        #expect(report.keys.map(\.key) == [log.first, second, third])
        #expect(report.keys.map { $0.announcedAt == nil } == [true, false, false])
        #expect(
            !String(decoding: try log.store.read(LogKeys.signerPath), as: UTF8.self).contains(log.first.description)
        )
    }

    @Test("A key that only a forger announces is followed by nobody")
    func forgedAnnouncement() throws {
        let log = try Folder()
        let forger = try #require(NoteSignerKey(name: "stile.plant.example"))
        let evil = try #require(NoteSignerKey(name: "stile.plant.example"))
        // The forger has the files but not the key: they make a log of their own that announces the true key, and one that
        // claims to be announced by it.
        for details in [
            try KeyAnnouncement(log.first, signedBy: forger).details,
            Self.claim(try KeyAnnouncement(forger.verifier, signedBy: evil).details, by: log.first),
        ] {
            let keys = try LogKeys.read(from: log.store)
            try LogKeys(signer: forger, master: keys.master).storeSigners(in: log.store)
            try FileManager.default.removeItem(atPath: log.path + "/tree")
            let empty = try Checkpoint(origin: log.first.name, size: 0, root: TileTree().root).signed(with: [forger])
            try log.store.replace(SealedFiles.checkpointPath, with: empty.bytes, durably: true)
            let again = try DecisionLog.open(folder: log.path, gateway: "plant-1")
            again.note(LogEvent.keyAnnounced, details)
            again.close()
            #expect(LogVerifier.verify(folder: log.path, keys: [forger.verifier]).problems == [])
            #expect(log.verify(log.first).problems.contains { $0.path == SealedFiles.checkpointPath })
        }
    }

    static func claim(_ details: [String: JSONValue], by key: NoteVerifierKey) -> [String: JSONValue] {
        var details = details
        details["by"] = .string(key.description)
        return details
    }

    @Test("A change that was interrupted anywhere leaves a log that opens, verifies and can change its key")
    func interruptions() throws {
        // Between announcing the key and storing it.
        let log = try Folder()
        let lost = try #require(NoteSignerKey(name: "stile.plant.example"))
        let open = try DecisionLog.open(folder: log.path, gateway: "plant-1")
        let keys = try LogKeys.read(from: log.store)
        open.note(LogEvent.keyAnnounced, try KeyAnnouncement(lost.verifier, signedBy: keys.signer).details)
        open.close()
        #expect(log.verify(log.first).problems == [])
        // Between storing the secret halves and the public ones.
        let verifiers = try log.store.read(LogKeys.verifierPath)
        let second = try KeyRotation.begin(folder: log.path, gateway: "plant-1")
        try log.store.replace(LogKeys.verifierPath, with: verifiers, durably: true)
        try log.act()
        #expect(log.verify().problems == [])
        #expect(log.verify(second).problems == [])
        _ = try KeyRotation.end(folder: log.path, gateway: "plant-1")
        #expect(log.verify().problems == [])
    }
}
