import Synchronization
import Testing
import TransparencyLog

@testable import DecisionLog

@Suite("The journal", .timeLimit(.minutes(20)))
struct JournalTests {
    @Test("What was told to be durable survives a power failure, in order, once", arguments: [1, 7, 400])
    func durable(count: Int) async throws {
        let store = MemoryStore()
        let keys = try Samples.keys()
        let running = try RunningLog(store, keys)
        var acted: [DecisionID] = []
        for _ in 0..<count { acted.append(try #require(await running.act())) }
        let after = try RunningLog(store.afterPowerFailure(), keys)
        #expect(try after.log.decisions == acted)
        running.log.close()
        after.log.close()
    }

    @Test("Many records at once share a group, and each loop is told once for each")
    func grouping() async throws {
        let store = MemoryStore()
        let running = try RunningLog(store, try Samples.keys())
        _ = try #require(await running.act())
        let (groups, told) = (running.log.journal.figures.groups, running.told.all.count)
        // A disk that takes its time: whatever the writer has begun with, everything else gathers.
        store.hold(true)
        var last = JournalTicket(number: 0)
        for _ in 0..<1000 {
            guard case .waiting(_, let ticket) = running.record() else {
                Issue.record("refused")
                break
            }
            #expect(ticket > last)
            last = ticket
        }
        store.hold(false)
        #expect(await running.told.outcome(of: last) == .durable)
        let made = running.log.journal.figures.groups - groups
        #expect((1...2).contains(made))
        #expect(running.told.all.count - told == Int(made))
        running.log.close()
        #expect(running.record() == .refused(.closed))
    }

    @Test("A torn tail is cut at every length, and the cut is recorded")
    func tornTails() async throws {
        let store = MemoryStore()
        let keys = try Samples.keys()
        let running = try RunningLog(store, keys)
        for _ in 0..<3 { _ = await running.act() }
        let whole = store.afterKill()
        running.log.close()
        let path = try #require(whole.paths.first { $0.hasPrefix("journal/") })
        let bytes = whole.bytes(path)
        for length in stride(from: 1, to: bytes.count, by: 97) {
            let torn = whole.afterKill()
            torn.set(path, Array(bytes.prefix(length)))
            let after = try RunningLog(torn, keys)
            _ = try #require(await after.act())
            let ends = Self.frameEnds(bytes)
            #expect(try after.log.events.contains(LogEvent.journalCut) == !ends.contains(length))
            after.log.close()
            var verifier = LogVerifier(store: torn, keys: [keys.signer.verifier])
            #expect(verifier.verify().problems.isEmpty)
        }
    }

    @Test("Rubbish after the last group is cut, a change before it stops the start")
    func changes() async throws {
        let store = MemoryStore()
        let keys = try Samples.keys()
        let running = try RunningLog(store, keys)
        for _ in 0..<3 { _ = await running.act() }
        let whole = store.afterKill()
        running.log.close()
        let path = try #require(whole.paths.first { $0.hasPrefix("journal/") })
        let bytes = whole.bytes(path)
        let rubbish = whole.afterKill()
        rubbish.set(path, bytes + [UInt8](repeating: 0, count: 5000))
        let after = try RunningLog(rubbish, keys)
        #expect(try after.log.decisions.count == 3)
        after.log.close()
        // Every byte of everything before the last group: that group's frames say that it was on disk.
        let lastGroup = try #require(Self.frameEnds(bytes).dropLast().last)
        for place in stride(from: 0, to: lastGroup, by: 13) {
            let changed = whole.afterKill()
            changed.set(path, bytes.enumerated().map { $0 == place ? $1 ^ 0x10 : $1 })
            let start = [0] + Self.frameEnds(bytes)
            let frame = try #require(start.last { $0 <= place })
            #expect(throws: LogFailure.corrupt(path, offset: UInt64(frame))) { try RunningLog(changed, keys) }
        }
    }

    @Test("Nothing is cut below a signed checkpoint")
    func belowCheckpoint() async throws {
        let store = MemoryStore()
        let keys = try Samples.keys()
        let running = try RunningLog(store, keys)
        for _ in 0..<3 { _ = await running.act() }
        running.log.close()
        let path = try #require(store.paths.first { $0.hasPrefix("journal/") })
        let bytes = store.bytes(path)
        let ends = Self.frameEnds(bytes)
        for length in [ends[ends.count - 2], bytes.count - 1] {
            let cut = store.afterKill()
            cut.set(path, Array(bytes.prefix(length)))
            #expect(throws: LogFailure.belowCheckpoint(journal: UInt64(ends.count - 1), signed: UInt64(ends.count))) {
                try RunningLog(cut, keys)
            }
        }
    }

    @Test(
        "A failed sync closes the door, refuses who waited, and opens it again with a new file",
        arguments: MemoryStore.Fault.allCases
    )
    func failedSync(fault: MemoryStore.Fault) async throws {
        let store = MemoryStore()
        let keys = try Samples.keys()
        let running = try RunningLog(store, keys)
        let first = try #require(await running.act())
        store.breakOperation(store.operations + 2, fault)
        #expect(await running.act() == nil)
        while running.log.journal.state != .open { await Task.yield() }
        // Whoever was refused is not waited for any more.
        #expect(running.log.journal.waitForOwn(patience: .zero))
        let later = try #require(await running.act())
        running.log.close()
        let after = try RunningLog(store.afterPowerFailure(), keys)
        #expect(try after.log.decisions == [first, later])
        #expect(try after.log.events.contains(LogEvent.segmentAbandoned))
        after.log.close()
    }

    @Test("A full disk closes the door until there is space")
    func fullDisk() async throws {
        let store = MemoryStore()
        let running = try RunningLog(store, try Samples.keys())
        store.state.withLock { $0.free = 0 }
        store.breakOperation(store.operations + 1, .torn, as: .full("journal"))
        #expect(await running.act() == nil)
        for _ in 0..<3 { #expect(running.record() == .refused(.full)) }
        store.heal()
        var id: DecisionID?
        while id == nil {
            id = await running.act()
            await Task.yield()
        }
        #expect(try running.log.decisions.last == id)
        running.log.close()
    }

    @Test("In batch mode nothing waits, and nothing is lost to a failed file")
    func batchMode() async throws {
        let store = MemoryStore()
        let keys = try Samples.keys()
        let running = try RunningLog(store, keys, durability: .batch(milliseconds: 1))
        store.breakOperation(store.operations + 4, .lost)
        var acted: [DecisionID] = []
        while acted.count < 50 || running.log.journal.figures.failures == 0 {
            if let id = await running.act() { acted.append(id) }
            await Task.yield()
        }
        running.log.close()
        let after = try RunningLog(store.afterPowerFailure(), keys)
        #expect(try after.log.decisions == acted)
        after.log.close()
    }

    @Test("A new segment begins when one is long enough, and old ones go once they are sealed")
    func segments() async throws {
        let store = MemoryStore()
        let keys = try Samples.keys()
        let running = try RunningLog(store, keys, segmentBytes: 20_000, sealMilliseconds: 1)
        var acted: [DecisionID] = []
        for _ in 0..<700 { acted.append(try #require(await running.act())) }
        running.log.close()
        #expect(store.paths.filter { $0.hasPrefix("journal/") }.count < 25)
        #expect(store.paths.contains("tree/tile/entries/001"))
        let after = try RunningLog(store.afterPowerFailure(), keys)
        #expect(try after.log.decisions == acted)
        after.log.close()
        var verifier = LogVerifier(store: store, keys: [keys.signer.verifier])
        #expect(verifier.verify().isIntact)
    }

    /// Where the frames of a segment end.
    static func frameEnds(_ bytes: [UInt8]) -> [Int] {
        var ends: [Int] = []
        var position = 0
        while let length = BigEndian.read(UInt32.self, bytes[...], at: position) {
            position += Frame.headBytes + Int(length)
            ends.append(position)
        }
        return ends
    }
}
