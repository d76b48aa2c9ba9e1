import Foundation
import Testing
import TransparencyLog

@testable import DecisionLog

@Suite("Quarantine", .timeLimit(.minutes(20)))
struct QuarantineTests {
    /// A log of several segments, the first of which are sealed and gone, and some entries that are not sealed.
    static func log() async throws -> (store: MemoryStore, keys: LogKeys, acted: [DecisionID]) {
        let store = MemoryStore()
        let keys = try Samples.keys()
        var acted: [DecisionID] = []
        let sealed = try RunningLog(store, keys, segmentBytes: 20_000, sealMilliseconds: 1)
        for _ in 0..<300 { acted.append(try #require(await sealed.act())) }
        sealed.log.close()
        return (store, keys, acted)
    }

    /// What was acted on after the last seal: a run that is killed before it seals.
    static func unsealed(_ store: MemoryStore, _ keys: LogKeys, _ acted: inout [DecisionID]) async throws -> MemoryStore
    {
        let more = try RunningLog(store, keys, segmentBytes: 6_000)
        for _ in 0..<20 { acted.append(try #require(await more.act())) }
        let killed = store.afterKill()
        more.log.close()
        return killed
    }

    @Test("A log in order is left alone")
    func inOrder() async throws {
        let (store, keys, acted) = try await Self.log()
        let before = store.paths
        #expect(try Quarantine.inOrder(store, keys) == [])
        #expect(store.paths == before)
        let after = try RunningLog(store, keys)
        #expect(try after.log.decisions == acted)
        after.log.close()
    }

    @Test("Every file damaged in turn: the log refuses with a way out, opens after it, and what is sealed is all there")
    func everyFile() async throws {
        var (sealed, keys, acted) = try await Self.log()
        let sealedCount = acted.count
        let store = try await Self.unsealed(sealed, keys, &acted)
        sealed = store
        var (refused, lost) = (0, 0)
        for path in store.paths where !path.hasPrefix("keys/") {
            let bytes = store.bytes(path)
            let places = path.hasPrefix("journal/") ? [0, bytes.count / 2, bytes.count - 1] : [bytes.count / 2]
            for place in places where bytes.indices.contains(place) {
                let damaged = store.afterKill()
                var changed = bytes
                changed[place] ^= 0x20
                damaged.set(path, changed)
                guard (try? LogStart(damaged.afterKill(), keys: keys)) == nil else { continue }
                refused += 1
                let findings: [Quarantine.Finding]
                do {
                    findings = try Quarantine.inOrder(damaged, keys)
                } catch {
                    // Entries that are in one bundle and nowhere else come from a copy, and the place is named.
                    if case .corrupt(path, _) = error, path.hasPrefix("tree/tile/entries/") {
                        lost += 1
                    } else {
                        Issue.record("\(path) byte \(place): \(error)")
                    }
                    continue
                }
                #expect(!findings.isEmpty, "\(path) byte \(place)")
                // Nothing is thrown away.
                if let moved = findings.first(where: { $0.path == path })?.movedTo {
                    #expect(damaged.bytes(moved) == changed)
                }
                let after = try RunningLog(damaged, keys)
                _ = try #require(await after.act())
                let found = try after.log.decisions
                #expect(found.starts(with: acted.prefix(sealedCount)), "\(path) byte \(place): \(found.count)")
                #expect(Set(found).count == found.count)
                after.log.close()
                var verifier = LogVerifier(store: damaged, keys: [keys.signer.verifier])
                #expect(verifier.verify().problems == [], "\(path) byte \(place): \(findings)")
            }
        }
        #expect(refused > 10)
        #expect(lost == 1)
    }

    @Test(
        "A file that is not the log's is called that, and is moved aside whole",
        arguments: ["journal/notes.txt", "journal/00000000000000000001.0000~", "keys/persons/anna"]
    )
    func stray(path: String) async throws {
        let (store, keys, acted) = try await Self.log()
        store.set(path, [1, 2, 3])
        #expect(throws: LogFailure.stray(path)) { _ = try LogStart(store.afterKill(), keys: keys) }
        let findings = try Quarantine.inOrder(store, keys)
        #expect(findings.map(\.path) == [path])
        let moved = try #require(findings.first?.movedTo)
        #expect(store.bytes(path).isEmpty)
        #expect(store.bytes(moved) == [1, 2, 3])
        let after = try RunningLog(store, keys)
        #expect(try after.log.decisions == acted)
        after.log.close()
    }

    @Test("A missing file of the journal is made again as far as it was sealed")
    func missingSegments() async throws {
        var (sealed, keys, acted) = try await Self.log()
        let sealedCount = acted.count
        let store = try await Self.unsealed(sealed, keys, &acted)
        sealed = store
        for path in store.paths where path.hasPrefix("journal/") {
            let damaged = store.afterKill()
            damaged.set(path, nil)
            // The first one holds nothing that was not sealed, and the log goes on without it.
            let opens = (try? LogStart(damaged.afterKill(), keys: keys)) != nil
            #expect(try Quarantine.inOrder(damaged, keys).isEmpty == opens, "\(path)")
            let after = try RunningLog(damaged, keys)
            #expect(try after.log.decisions.starts(with: acted.prefix(sealedCount)), "\(path)")
            after.log.close()
            var verifier = LogVerifier(store: damaged, keys: [keys.signer.verifier])
            #expect(verifier.verify().problems == [], "\(path)")
        }
    }

    @Test("A fork has no way out but a copy")
    func fork() async throws {
        let (store, keys) = try await TamperTests.small()
        let (other, _) = try await TamperTests.small()
        for path in other.paths where !path.hasPrefix("keys/") && path != SealedFiles.checkpointPath {
            store.set(path, other.bytes(path))
        }
        #expect(throws: LogFailure.forked(size: 6)) { try Quarantine.inOrder(store, keys) }
    }

    @Test("What was done is in the log, with the range")
    func recorded() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "stile-quarantine-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let store = FolderStore(root: folder)
        _ = try LogKeys.create(origin: "stile.plant.example", in: store)
        let log = try DecisionLog.open(folder: folder, gateway: "plant-1")
        let running = log.journal.recorder { _ in }
        let who = try log.prepare(Samples.anna)
        for _ in 0..<9 {
            _ = running.record(Samples.decision, by: who, trace: Samples.trace, micros: 1, at: .now())
            log.journal.waitForOwn()
        }
        #expect(throws: LogFailure.inUse) { try Quarantine.run(folder: folder, gateway: "plant-1") }
        log.close()
        #expect(try Quarantine.run(folder: folder, gateway: "plant-1") == [])
        let path = try #require(try store.list("journal").min().map { "journal/" + $0 })
        var bytes = try store.read(path)
        bytes[JournalTests.frameEnds(bytes)[3] + 40] ^= 1
        try store.replace(path, with: bytes, durably: true)
        #expect(throws: LogFailure.self) { try DecisionLog.open(folder: folder, gateway: "plant-1") }
        let findings = try Quarantine.run(folder: folder, gateway: "plant-1")
        #expect(findings.first?.path == path)
        #expect(findings.first?.movedTo == "quarantine/" + path)
        let after = try DecisionLog.open(folder: folder, gateway: "plant-1")
        let events = try (0..<after.journal.durable).compactMap { place -> LogEvent? in
            if case .event(let event) = try after.content(at: place) { event } else { nil }
        }
        after.close()
        #expect(events.contains { $0.name == LogEvent.quarantined && $0.details["file"]?.string == path })
        #expect(LogVerifier.verify(folder: folder).problems == [])
    }
}
