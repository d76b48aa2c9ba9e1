import Synchronization
import Testing
import TransparencyLog

@testable import DecisionLog

/// Every transaction of an index, broken in turn, lost or kept: it catches up by itself, and nothing is in it twice.
@Suite("Index faults", .timeLimit(.minutes(20)))
struct IndexFaultTests {
    /// An index that keeps ids, takes each batch whole or not at all, and breaks as it is told.
    final class Index: DecisionIndex {
        struct State {
            var ids: [DecisionID] = []
            var next: UInt64 = 0
            var calls = 0
            var breaksAt = 0
            var isKept = false
            /// Whether the answer to where to go on would be the last one again.
            var isIdle = false
        }

        let state = Mutex(State())

        func nextIndex() throws(IndexFailure) -> UInt64 {
            // How often somebody looks in vain is a matter of time; the others are as many as there are batches and starts.
            let isIdle = self.state.withLock { $0.isIdle }
            if !isIdle { try self.operate { $0.isIdle = true } }
            return self.state.withLock { $0.next }
        }

        func ingest(_ batch: [IndexedEntry], next: UInt64) throws(IndexFailure) {
            try self.operate { state in
                // Entries that are there already change nothing.
                state.ids += batch.filter { $0.index >= state.next }.map(\.id)
                state.next = max(state.next, next)
                state.isIdle = false
            }
        }

        private func operate(_ body: (inout State) -> Void) throws(IndexFailure) {
            let isBroken = self.state.withLock { state in
                state.calls += 1
                guard state.calls == state.breaksAt else {
                    body(&state)
                    return false
                }
                if state.isKept { body(&state) }
                state.isIdle = false
                return true
            }
            if isBroken { throw .database("broken") }
        }

        func page(
            _ query: DecisionQuery,
            order: QueryOrder,
            after: QueryCursor?,
            limit: Int
        ) async throws(IndexFailure) -> DecisionPage { throw .database("not asked here") }

        func find(_ id: DecisionID) async throws(IndexFailure) -> DecisionRow? { nil }

        func counts(
            _ query: DecisionQuery,
            by grouping: [CountGrouping],
            limit: Int
        ) async throws(IndexFailure) -> [DecisionCount] { [] }

        func labelDenials(since: Timestamp, until: Timestamp) async throws(IndexFailure) -> [LabelDenials] { [] }

        func forget(person: String) throws(IndexFailure) {}

        func removeDays(before day: CalendarDay) throws(IndexFailure) -> [CalendarDay] { [] }

        func reset() throws(IndexFailure) { self.state.withLock { $0 = State() } }
    }

    /// Two runs that act and index; the second one ends in good order.
    static func scenario(_ index: Index) async throws -> (acted: [DecisionID], log: [DecisionID]) {
        let store = MemoryStore()
        let keys = try Samples.keys()
        var acted: [DecisionID] = []
        for _ in 0..<2 {
            index.state.withLock { $0.isIdle = false }
            let running = try RunningLog(store, keys, segmentBytes: 4_000, sealMilliseconds: 1, index: index)
            for _ in 0..<8 { acted.append(try #require(await running.act())) }
            running.log.close()
        }
        // A last start catches up with whatever the end of the second run broke.
        index.state.withLock { $0.isIdle = false }
        let last = try RunningLog(store.afterPowerFailure(), keys, index: index)
        let found = try last.log.decisions
        last.log.close()
        return (acted, found)
    }

    @Test("Each transaction broken in turn leaves every decision in the index once", arguments: [false, true])
    func everyTransaction(isKept: Bool) async throws {
        let calm = Index()
        _ = try await Self.scenario(calm)
        for number in 1...calm.state.withLock({ $0.calls }) {
            let index = Index()
            index.state.withLock { ($0.breaksAt, $0.isKept) = (number, isKept) }
            let (acted, log) = try await Self.scenario(index)
            let indexed = index.state.withLock { $0.ids }
            #expect(log == acted, "transaction \(number)")
            #expect(indexed == log, "transaction \(number): \(indexed.count) indexed of \(log.count)")
        }
    }
}
