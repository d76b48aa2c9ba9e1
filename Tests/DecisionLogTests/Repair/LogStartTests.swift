import Synchronization
import Testing
import TransparencyLog

@testable import DecisionLog

/// Starts that would sign, continue or begin anew what somebody has taken something away from.
@Suite("A log that starts", .timeLimit(.minutes(20)))
struct LogStartTests {
    @Test("A log begins with a signed checkpoint over nothing")
    func begins() async throws {
        let (store, keys) = (MemoryStore(), try Samples.keys())
        let running = try RunningLog(store, keys)
        let files = SealedFiles(store: store.afterPowerFailure())
        #expect(try files.checkpoint(keys: keys.verifiers)?.size == 0)
        _ = try #require(await running.act())
        let killed = store.afterKill()
        running.log.close()
        #expect(TamperTests.verify(killed, keys).problems == [])
    }

    @Test("Without its checkpoint it does not open; repaired, everything that is there is signed again")
    func withoutCheckpoint() async throws {
        let (store, keys, acted) = try await QuarantineTests.log()
        let known = try #require(try SealedFiles(store: store).checkpoint(keys: keys.verifiers))
        for isWithoutJournal in [false, true] {
            let damaged = store.afterKill()
            damaged.set(SealedFiles.checkpointPath, nil)
            for path in damaged.paths where isWithoutJournal && path.hasPrefix("journal/") { damaged.set(path, nil) }
            #expect(throws: LogFailure.noCheckpoint) { try RunningLog(damaged, keys) }
            let findings = try Quarantine.inOrder(damaged, keys)
            #expect(findings.first?.path == SealedFiles.checkpointPath)
            let after = try RunningLog(damaged, keys)
            #expect(try after.log.decisions == acted)
            after.log.close()
            #expect(TamperTests.verify(damaged, keys, known: known).problems == [])
        }
    }

    @Test("A small log without its checkpoint is not signed anew by a start, whatever its journal says")
    func smallWithoutCheckpoint() async throws {
        let (store, keys) = try await TamperTests.small()
        store.set(SealedFiles.checkpointPath, nil)
        #expect(throws: LogFailure.noCheckpoint) { try RunningLog(store, keys) }
        for path in store.paths where path.hasPrefix("tree/") || path.hasPrefix("parts/") { store.set(path, nil) }
        #expect(throws: LogFailure.noCheckpoint) { try RunningLog(store, keys) }
    }

    @Test("An older checkpoint with another journal behind it is found by the bundles that are there")
    func olderCheckpoint() async throws {
        let (store, keys) = (MemoryStore(), try Samples.keys())
        let running = try RunningLog(store, keys, sealMilliseconds: 1)
        func act(_ count: Int) async {
            for _ in 0..<count { _ = await running.act() }
            while running.log.progress.sealed < running.log.journal.durable { await Task.yield() }
        }
        await act(20)
        let older = store.bytes(SealedFiles.checkpointPath)
        await act(300)
        running.log.close()
        store.set(SealedFiles.checkpointPath, older)
        // By itself it is a state that a stop can leave behind.
        _ = try LogStart(store.afterKill(), keys: keys)

        let path = try #require(store.paths.last { $0.hasPrefix("journal/") && store.bytes($0).count > 100_000 })
        let segment = try #require(Segment(name: String(path.dropFirst("journal/".count))))
        var journal = store.bytes(path)
        let ends = JournalTests.frameEnds(journal)
        let (start, end) = (ends[149], ends[150])
        let word = try #require(
            journal[start..<end].indices.first { journal[$0...].starts(with: Array("\"deny\"".utf8)) }
        )
        journal.replaceSubrange(word..<word + 6, with: Array("\"okay\"".utf8))
        let group = try #require(BigEndian.read(UInt32.self, journal[...], at: start + 4))
        let payload = end - start - Frame.headBytes
        let (identity, offset) = (segment.identity, UInt64(start))
        Frame.fillHead(of: &journal, at: start, payload: payload, segment: identity, offset: offset, group: group)
        store.set(path, journal)
        #expect(throws: LogFailure.self) { try RunningLog(store, keys) }
    }

    @Test("An index that has seen more than there is says that the newest entries are gone")
    func cutBelowIndex() async throws {
        let (store, keys) = try await TamperTests.small()
        let index = IndexFaultTests.Index()
        index.state.withLock { $0.next = 9 }
        #expect(throws: LogFailure.belowIndex(log: 6, index: 9)) { try RunningLog(store, keys, index: index) }
        index.state.withLock { $0.next = 6 }
        let running = try RunningLog(store, keys, index: index)
        running.log.close()
        #expect(try index.nextIndex() == running.log.journal.durable)
    }

    @Test(
        "A file of the journal has one name",
        arguments: [
            "+0000000000000012345.0000", "00000000000000012345.00001", "00000000000000012345.+000", "12345.0000",
            "18446744073709551615.0000", "00000000000000012345", "00000000000000012345.0000.0",
        ]
    )
    func names(name: String) {
        #expect(Segment(name: name) == nil)
    }

    @Test("The last attempt at a beginning is the last")
    func attempts() throws {
        let last = Segment(first: 7, attempt: .max)
        #expect(throws: LogFailure.corrupt(last.path, offset: 0)) { try Segment.fresh(at: 7, after: [last]) }
        #expect(try Segment.fresh(at: 8, after: [last]) == Segment(first: 8))
    }
}
