import Testing
import TransparencyLog

@testable import DecisionLog

/// A log that lives through anything in any order, and what it must be able to say of it afterwards.
///
/// Each step is a run of the gateway, or something that befalls the files between two runs. The copy of the files from
/// before a step stands for a backup: it is put back where the log itself says that only a copy helps.
struct LogLife {
    let name: String
    private(set) var store = MemoryStore()
    private(set) var keys: LogKeys
    private var random: SplitMix
    /// What was acted on and has to be there, in order.
    private var acted: [DecisionID] = []
    /// Checkpoints kept elsewhere.
    private var kept: [KnownCheckpoint] = []
    /// How many keys of persons were destroyed, how often parts were dropped, the signing key changed, things repaired.
    private(set) var (erased, dropped, changes, repairs, restored) = (0, 0, 0, 0, 0)
    private let first: NoteVerifierKey

    private static let people = ["uuid:anna", "uuid:ben", "uuid:eva"]

    init(seed: UInt64) throws {
        self.name = "seed \(seed)"
        self.random = SplitMix(seed: seed)
        self.keys = try Samples.keys()
        self.first = self.keys.signer.verifier
    }

    mutating func step() async throws {
        switch Int.random(in: 0..<10, using: &self.random) {
        case 0: try await self.run { log, life in life.erased += try log.erase(person: Self.people[0]) }
        case 1:
            try await self.run { log, life in
                let day = Timestamp.now().day.adding(days: 2)
                life.dropped += try log.retain(from: day).partsBefore > 0 ? 1 : 0
            }
        case 2: try await self.changeKey()
        case 3...5: try await self.damage()
        default: try await self.run { _, _ in }
        }
    }

    // MARK: - Runs

    /// A run: acts, does something, acts again, and ends in one of four ways.
    private mutating func run(_ body: (DecisionLog, inout LogLife) throws -> Void) async throws {
        let isSealing = Bool.random(using: &self.random)
        let running = try RunningLog(
            self.store,
            self.keys,
            segmentBytes: 12_000,
            sealMilliseconds: isSealing ? 1 : 3_600_000
        )
        try await self.act(running)
        try body(running.log, &self)
        try await self.act(running)
        while isSealing, running.log.progress.sealed < running.log.journal.durable { await Task.yield() }
        let ending = Int.random(in: 0..<4, using: &self.random)
        let (killed, powerless) = (self.store.afterKill(), self.store.afterPowerFailure())
        running.log.close()
        if ending == 0 { self.store = killed }
        if ending == 1 {
            // Tiles are not synced one by one: the next start makes again what is missing.
            self.store = powerless
            try RunningLog(self.store, self.keys).log.close()
        }
        try await self.check("after a run")
    }

    private mutating func act(_ running: RunningLog) async throws {
        for _ in 0..<Int.random(in: 1...60, using: &self.random) {
            let who = Self.people[Int.random(in: 0..<Self.people.count, using: &self.random)]
            let person = try running.log.prepare(RecordedPerson(id: who, name: who))
            guard
                case .waiting(let id, let ticket) = running.recorder.record(
                    Samples.decision,
                    by: person,
                    trace: Samples.trace,
                    micros: 3,
                    at: .now()
                )
            else {
                Issue.record("\(self.name): refused")
                return
            }
            #expect(await running.told.outcome(of: ticket) == .durable)
            self.acted.append(id)
        }
    }

    /// A change of the signing key, or its end, as `KeyRotation` does it for a folder.
    private mutating func changeKey() async throws {
        if self.keys.retiring.isEmpty {
            let fresh = try #require(NoteSignerKey(name: self.first.name))
            let announcement = try KeyAnnouncement(fresh.verifier, signedBy: self.keys.signer)
            let running = try RunningLog(self.store, self.keys)
            running.log.note(LogEvent.keyAnnounced, announcement.details)
            running.log.close()
            self.keys = LogKeys(signer: fresh, retiring: [self.keys.signer], master: self.keys.master)
            self.changes += 1
        } else {
            self.keys = LogKeys(signer: self.keys.signer, master: self.keys.master)
        }
        try RunningLog(self.store, self.keys).log.close()
        try await self.check("after a change of keys")
    }

    // MARK: - Damage

    /// Something happens to a file: the log opens and is whole, or says where it is not; repaired or restored, it goes on.
    private mutating func damage() async throws {
        let copy = self.store.afterKill()
        let found = try SealedFiles(store: copy).checkpoint(keys: self.keys.verifiers)
        guard let signed = found else { return }
        let paths = copy.paths.filter { !$0.hasPrefix("keys/") && !$0.hasPrefix("quarantine/") }
        guard let path = paths.randomElement(using: &self.random) else { return }
        var bytes = copy.bytes(path)
        let place = bytes.isEmpty ? 0 : Int.random(in: 0..<bytes.count, using: &self.random)
        switch Int.random(in: 0..<5, using: &self.random) {
        case 0: bytes.removeSubrange(place...)
        case 1: bytes.insert(0x41, at: place)
        case 2: bytes = copy.bytes(paths.randomElement(using: &self.random) ?? path)
        case 3: self.store.set(path, nil)
        default: if !bytes.isEmpty { bytes[place] ^= UInt8.random(in: 1...255, using: &self.random) }
        }
        if (try? self.store.size(path)) ?? nil != nil { self.store.set(path, bytes) }
        let what = "\(path) at \(place)"
        let before = self.report(self.store)
        if Self.isVouchedFor(path, signed), self.store.bytes(path) != copy.bytes(path) {
            #expect(!before.isIntact, "\(self.name): \(what) changed unseen")
        }
        do throws(LogFailure) {
            try self.reopen(signed)
        } catch {
            // Only a copy helps; `verify` has said so before.
            #expect(!before.isIntact, "\(self.name): \(what): \(error)")
            self.restored += 1
            self.store = copy
        }
        if !self.report(self.store).isIntact {
            #expect(!before.isIntact, "\(self.name): \(what) is wrong only after a start")
            self.restored += 1
            self.store = copy
        }
        try await self.check("after damage to \(what)")
    }

    /// Opens the log, repaired if it must be, with a record of that.
    private mutating func reopen(_ signed: Checkpoint) throws(LogFailure) {
        var findings: [Quarantine.Finding] = []
        if (try? LogStart(self.store.afterKill(), keys: self.keys)) == nil {
            findings = try Quarantine.inOrder(self.store, self.keys)
            self.repairs += 1
        }
        let log = try DecisionLog(store: self.store, gateway: "plant-1", keys: self.keys)
        for finding in findings { log.note(LogEvent.quarantined, finding.details) }
        log.close()
        // What was acted on and not signed may be gone with the damage; nothing else may.
        guard let found = try? Self.decisions(of: self.store, self.keys) else { return }
        let all = Set(found)
        let gone = self.acted.filter { !all.contains($0) }
        let sealed = self.acted.prefix { all.contains($0) }.count
        #expect(self.acted.dropFirst(sealed).elementsEqual(gone), "\(self.name): something is missing in the middle")
        self.acted.removeLast(gone.count)
        #expect(signed.size <= log.progress.sealed, "\(self.name): \(signed.size) were signed")
    }

    private static func isVouchedFor(_ path: String, _ signed: Checkpoint) -> Bool {
        let (full, rest) = (signed.size / 256, signed.size % 256)
        for row in ["tree/tile/entries/", "tree/tile/0/", "parts/"] {
            for bundle in 0..<full where path == row + TileCoordinate.name(index: bundle, width: 256) {
                // Parts may be dropped, and then their file is not there; what is there is looked at.
                return true
            }
            if rest > 0, path == row + TileCoordinate.name(index: full, width: Int(rest)) { return true }
        }
        return path == SealedFiles.checkpointPath
    }

    // MARK: - What must hold

    private func report(_ store: MemoryStore) -> VerificationReport {
        var verifier = LogVerifier(store: store, keys: [self.first])
        return verifier.verify(against: self.kept)
    }

    private static func decisions(of store: MemoryStore, _ keys: LogKeys) throws -> [DecisionID] {
        let log = try DecisionLog(store: store.afterKill(), gateway: "plant-1", keys: keys)
        defer { log.close() }
        return try log.decisions
    }

    private mutating func check(_ when: String) async throws {
        let report = self.report(self.store)
        #expect(report.problems == [], "\(self.name) \(when)")
        let found = try Self.decisions(of: self.store, self.keys)
        #expect(Set(found).count == found.count, "\(self.name) \(when): something is there twice")
        // Entries that went on disk although nobody was told may be there, too.
        #expect(found.filter(Set(self.acted).contains) == self.acted, "\(self.name) \(when)")
        guard let note = try SealedFiles(store: self.store).note(), note.text.split(separator: "\n")[1] != "0" else {
            return
        }
        self.kept.append(try KnownCheckpoint(note.bytes, path: "kept \(self.kept.count)"))
    }

    /// What the log says at the end is what was done.
    mutating func end() async throws {
        try RunningLog(self.store, self.keys).log.close()
        let report = self.report(self.store)
        #expect(report.problems == [], "\(self.name)")
        #expect(report.unsealed == 0, "\(self.name)")
        #expect(report.missingParts > 0 || self.dropped == 0, "\(self.name)")
        let log = try DecisionLog(store: self.store.afterKill(), gateway: "plant-1", keys: self.keys)
        let events = try log.events
        log.close()
        #expect(events.count { $0 == LogEvent.keyAnnounced } == report.keys.count - 1, "\(self.name)")
        if self.restored == 0 {
            #expect(report.keys.count == 1 + self.changes, "\(self.name)")
            #expect(self.repairs == 0 || events.contains(LogEvent.quarantined), "\(self.name)")
        }
    }
}
