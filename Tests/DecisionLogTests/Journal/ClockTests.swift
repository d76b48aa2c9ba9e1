import DecisionLog
import Testing
import TransparencyLog

/// The clock of a machine is set now and then, forwards and backwards.
@Suite("A clock that is set")
struct ClockTests {
    @Test(
        "Records keep the order in which they were made, and say what the clock said",
        arguments: [
            [0, 86_400, 0, 1], [0, -86_400, -86_399, 1], [0, -3_600, 3_600, -7_200], [0, 0, 0, 0],
            [0, -1_000_000_000, 1_000_000_000],
        ] as [[Int64]]
    )
    func jumps(offsets: [Int64]) async throws {
        let store = MemoryStore()
        let keys = try Samples.keys()
        let running = try RunningLog(store, keys)
        let start = Timestamp(microseconds: 1_800_000_000_000_000)
        var made: [DecisionID] = []
        for offset in offsets {
            let time = start.adding(seconds: offset)
            let recorded = running.recorder.record(
                Samples.decision,
                by: running.anna,
                trace: Samples.trace,
                micros: 3,
                at: time
            )
            guard case .waiting(let id, let ticket) = recorded else {
                Issue.record("not taken")
                return
            }
            #expect(await running.told.outcome(of: ticket) == .durable)
            made.append(id)
        }
        let times = try (0..<running.log.journal.durable).compactMap { place -> Timestamp? in
            guard case .decision(let record) = try running.log.content(at: place) else { return nil }
            return record.time
        }
        #expect(try running.log.decisions == made)
        #expect(Set(made).count == offsets.count)
        #expect(times == offsets.map { start.adding(seconds: $0) })
        running.log.close()
        // And the log opens again.
        let again = try RunningLog(store, keys)
        #expect(try again.log.decisions == made)
        again.log.close()
    }
}
