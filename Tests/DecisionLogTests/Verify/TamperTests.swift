import Testing
import TransparencyLog

@testable import DecisionLog

/// What somebody who can write the files can do to them, and that it is found.
@Suite("Tampering", .timeLimit(.minutes(20)))
struct TamperTests {
    /// A small log: sealed entries, then some that are only in the journal.
    static func small() async throws -> (MemoryStore, LogKeys) {
        let store = MemoryStore()
        let keys = try Samples.keys()
        let sealed = try RunningLog(store, keys)
        for _ in 0..<4 { _ = await sealed.act() }
        sealed.log.close()
        return (store, keys)
    }

    static func verify(_ store: MemoryStore, _ keys: LogKeys, known: Checkpoint? = nil) -> VerificationReport {
        var verifier = LogVerifier(store: store, keys: [keys.signer.verifier])
        return verifier.verify(against: known.map { [KnownCheckpoint($0)] } ?? [])
    }

    @Test("An untouched log is intact")
    func untouched() async throws {
        let (store, keys) = try await Self.small()
        let report = Self.verify(store, keys)
        #expect(report.problems.isEmpty)
        #expect(report.sealed == 6)
        #expect(report.unsealed == 0)
        #expect(report.missingParts == 0)
        #expect(report.parts > 12)
    }

    @Test("The first wrong record is named")
    func naming() async throws {
        let (store, keys) = try await Self.small()
        let bundlePath = try #require(store.paths.first { $0.hasPrefix("tree/tile/entries/") })
        let leaves = try #require(EntryBundle.decoded(store.bytes(bundlePath), count: 6)).map(Array.init)
        let changed = String(decoding: leaves[3], as: UTF8.self).replacing("\"deny\"", with: "\"okay\"")
        var bundle: [UInt8] = []
        for (place, leaf) in leaves.enumerated() {
            EntryBundle.append(place == 3 ? Array(changed.utf8) : leaf, to: &bundle)
        }
        store.set(bundlePath, bundle)
        let first = try #require(Self.verify(store, keys).problems.first)
        #expect(first.entry == 3)
        #expect(first.id == LogVerifier.id(of: leaves[3][...]))
    }

    @Test(
        "A dropped, swapped, doubled or added record is found in bundle and journal",
        arguments: ["drop", "swap", "double", "add", "cut newest"]
    )
    func rearranged(how: String) async throws {
        let (store, keys) = try await Self.small()
        let bundlePath = try #require(store.paths.first { $0.hasPrefix("tree/tile/entries/") })
        let original = store.bytes(bundlePath)
        let leaves = try #require(EntryBundle.decoded(original, count: 6)).map(Array.init)
        var bundle: [UInt8] = []
        for leaf in Self.rearrange(leaves, how) { EntryBundle.append(leaf, to: &bundle) }
        store.set(bundlePath, bundle)
        #expect(!Self.verify(store, keys).isIntact)
        store.set(bundlePath, original)

        let journalPath = try #require(store.paths.first { $0.hasPrefix("journal/") })
        let journal = store.bytes(journalPath)
        let ends = JournalTests.frameEnds(journal)
        let frames = zip([0] + ends, ends).map { Array(journal[$0..<$1]) }
        store.set(journalPath, Array(Self.rearrange(frames, how).joined()))
        let report = Self.verify(store, keys)
        #expect(!report.isIntact)
        #expect(report.problems.first?.entry != nil)
    }

    static func rearrange(_ records: [[UInt8]], _ how: String) -> [[UInt8]] {
        var records = records
        switch how {
        case "drop": records.remove(at: 2)
        case "swap": records.swapAt(2, 3)
        case "double": records.insert(records[2], at: 2)
        case "add": records.append(records[2])
        default: records.removeLast()
        }
        return records
    }

    @Test(
        "A missing file is found",
        arguments: ["tree/checkpoint", "tree/tile/0", "tree/tile/entries", "parts", "journal"]
    )
    func missingFiles(prefix: String) async throws {
        let (store, keys) = try await Self.small()
        for path in store.paths where path.hasPrefix(prefix) { store.set(path, nil) }
        let report = Self.verify(store, keys)
        // A journal whose entries are all sealed may go, as the sealer removes it itself.
        #expect(report.isIntact == (prefix == "journal"))
    }

    @Test(
        "An old state put back, and a history signed anew by the key's holder, are found by a checkpoint kept elsewhere"
    )
    func rollback() async throws {
        let (store, keys) = try await Self.small()
        let old = store.afterKill()
        let again = try RunningLog(store, keys)
        _ = await again.act()
        again.log.close()
        let known = try #require(Self.verify(store, keys).checkpoint)
        #expect(Self.verify(store, keys, known: known).isIntact)
        #expect(Self.verify(old, keys).isIntact)
        #expect(!Self.verify(old, keys, known: known).isIntact)

        let forged = MemoryStore()
        let forger = try RunningLog(forged, keys)
        for _ in 0..<12 { _ = await forger.act() }
        forger.log.close()
        #expect(Self.verify(forged, keys).isIntact)
        #expect(!Self.verify(forged, keys, known: known).isIntact)
    }

    @Test("Another key's checkpoint is none")
    func foreignKey() async throws {
        let (store, _) = try await Self.small()
        #expect(!Self.verify(store, try Samples.keys()).isIntact)
    }

    @Test("Files that do not give the signed root stop the start")
    func forkStopsStart() async throws {
        let (store, keys) = try await Self.small()
        let (other, _) = try await Self.small()
        let journal = try #require(store.paths.first { $0.hasPrefix("journal/") })
        store.set(journal, other.bytes(journal))
        #expect(throws: LogFailure.self) { try RunningLog(store, keys) }
    }

    @Test("Erasing a person leaves the log intact and their part unreadable")
    func erasure() async throws {
        let store = MemoryStore()
        let keys = try Samples.keys()
        let running = try RunningLog(store, keys)
        _ = await running.act()
        #expect(try running.log.erase(person: "uuid:anna") == 1)
        running.log.close()
        #expect(Self.verify(store, keys).isIntact)
        let after = try RunningLog(store.afterPowerFailure(), keys)
        let records = try (0..<after.log.journal.durable).compactMap { place -> DecisionRecord? in
            if case .decision(let record) = try after.log.content(at: place) { record } else { nil }
        }
        #expect(records.count == 1)
        #expect(records[0].person == nil)
        #expect(records[0].verdict == Samples.verdict)
        #expect(try after.log.events.contains(LogEvent.personErased))
        after.log.close()
    }
}
