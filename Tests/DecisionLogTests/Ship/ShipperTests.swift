import Synchronization
import Testing
import TransparencyLog

@testable import DecisionLog

@Suite("Shipping", .timeLimit(.minutes(20)))
struct ShipperTests {
    /// A receiver that is down, takes part of a batch, or takes only small ones, as it is told.
    final class Receiver: ShipReceiver {
        struct State {
            var taken: [String] = []
            var calls = 0
            /// What happens to the next deliveries: how many messages are taken before each breaks.
            var breaks: [Int] = []
            var largest = Int.max
            var isDown = false
        }

        let state = Mutex(State())

        func deliver(_ messages: [String]) throws(ShipFailure) {
            let failure = self.state.withLock { state -> ShipFailure? in
                state.calls += 1
                if state.isDown { return ShipFailure("down") }
                if messages.count > state.largest { return ShipFailure("too large") }
                guard !state.breaks.isEmpty else {
                    state.taken += messages
                    return nil
                }
                state.taken += messages.prefix(state.breaks.removeFirst())
                return ShipFailure("broke")
            }
            if let failure { throw failure }
        }

        func close() {}

        var taken: [String] { self.state.withLock { $0.taken } }
    }

    static var pace: Shipper.Pace {
        var pace = Shipper.Pace()
        (pace.lookMilliseconds, pace.retryMilliseconds, pace.longestMilliseconds, pace.batch) = (1, 1, 4, 16)
        return pace
    }

    static func ship(_ log: DecisionLog, _ receiver: Receiver, _ cursors: MemoryStore) throws -> Shipper {
        try Shipper(name: "siem", format: .jsonl, log: log, cursors: cursors, receiver: receiver, pace: Self.pace)
    }

    static func wait(for shipper: Shipper, to place: UInt64) async {
        while shipper.progress.place < place { await Task.yield() }
    }

    /// The places of the entries that were taken, without what came twice.
    static func places(_ lines: [String]) -> [Int64] {
        var seen: Set<Int64> = []
        return lines.compactMap { JSONReader.value(Array($0.utf8)[...])?["index"]?.integer }.filter {
            seen.insert($0).inserted
        }
    }

    @Test("A receiver that is down, breaks in the middle or takes little gets everything, in order, when it can")
    func everything() async throws {
        let store = MemoryStore()
        let running = try RunningLog(store, try Samples.keys(), segmentBytes: 20_000, sealMilliseconds: 1)
        let (receiver, cursors) = (Receiver(), MemoryStore())
        receiver.state.withLock { $0.isDown = true }
        let shipper = try Self.ship(running.log, receiver, cursors)
        for _ in 0..<100 { _ = await running.act() }
        while shipper.progress.failures < 3 { await Task.yield() }
        #expect(receiver.taken.isEmpty)
        receiver.state.withLock { $0 = Receiver.State(breaks: [3, 0, 9, 1], largest: 5) }
        for _ in 0..<300 { _ = await running.act() }
        let end = running.log.journal.durable
        await Self.wait(for: shipper, to: end)
        #expect(shipper.progress.failure == nil)
        shipper.stop()
        // Facts about a person are not for other systems; everything else is there.
        let expected = try (0..<end).filter { if case .facts = try running.log.content(at: $0) { false } else { true } }
        #expect(Self.places(receiver.taken) == expected.map { Int64($0) })
        running.log.close()
    }

    @Test("After a stop, a kill or a power failure it goes on where the receiver stopped")
    func restarts() async throws {
        let running = try RunningLog(MemoryStore(), try Samples.keys())
        let receiver = Receiver()
        var cursors = MemoryStore()
        for round in 0..<4 {
            for _ in 0..<25 { _ = await running.act() }
            let shipper = try Self.ship(running.log, receiver, cursors)
            await Self.wait(for: shipper, to: running.log.journal.durable)
            shipper.stop()
            cursors = round % 2 == 0 ? cursors.afterPowerFailure() : cursors.afterKill()
        }
        let places = receiver.taken.compactMap { JSONReader.value(Array($0.utf8)[...])?["index"]?.integer }
        #expect(places == places.sorted())
        #expect(Set(places).count == places.count, "a clean stop sends nothing twice")
        #expect(places.count == Int(running.log.journal.durable) - 1)
        running.log.close()
    }

    @Test("A cursor that cannot be read stops the shipper, not the log")
    func cursor() async throws {
        let running = try RunningLog(MemoryStore(), try Samples.keys())
        for text in ["", "x", "7", "-1\n", "7\n\n", "07\n", "99999999999999999999\n"] {
            let cursors = MemoryStore()
            cursors.set("siem", Array(text.utf8))
            #expect(throws: LogFailure.corrupt("siem", offset: 0)) {
                try Self.ship(running.log, Receiver(), cursors)
            }
        }
        #expect(await running.act() != nil)
        running.log.close()
    }

    @Test("A cursor beyond the log's end, whose newest entries were lost, goes back, and nothing is left out")
    func beyondTheEnd() async throws {
        let (store, keys) = try await TamperTests.small()
        let cursors = MemoryStore()
        cursors.set("siem", Array("999\n".utf8))
        let running = try RunningLog(store, keys)
        let receiver = Receiver()
        let shipper = try Self.ship(running.log, receiver, cursors)
        _ = await running.act()
        await Self.wait(for: shipper, to: running.log.journal.durable)
        shipper.stop()
        let wanted = try (0..<running.log.journal.durable).filter { place in
            ExportFormat.jsonl.line(try running.log.content(at: place), at: place) != nil
        }
        #expect(wanted.count > 6)
        #expect(Self.places(receiver.taken) == wanted.map(Int64.init))
        running.log.close()
    }
}
