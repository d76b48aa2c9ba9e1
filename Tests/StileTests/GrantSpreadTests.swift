import Governance
import Synchronization
import Testing

@testable import stile

@Suite("Telling the event loops which grants count")
struct GrantSpreadTests {
    @Test("However many ask at once, it is done once more than is under way, and whoever asked has what was true then")
    func coalesced() async {
        let count = Mutex(0)
        let asked = Mutex<(spread: GrantSpread?, others: [Task<Void, Never>])>((nil, []))
        let desk = GrantDesk(now: { 0 }, announce: { _ throws(GovernanceFailure) in })
        let spread = GrantSpread(
            desk,
            areStopped: {
                let number = count.withLock { count in
                    count += 1
                    return count
                }
                // The first is under way: now many ask.
                if number == 1 {
                    asked.withLock { asked in asked.others = (0..<1_000).compactMap { _ in asked.spread?.begin() } }
                }
                return number % 2 == 0
            },
            running: RunningGateway()
        )
        asked.withLock { $0.spread = spread }
        defer { asked.withLock { $0.spread = nil } }
        await spread.begin().value
        let others = asked.withLock { $0.others }
        #expect(others.count == 1_000)
        for other in others { await other.value }
        #expect(count.withLock { $0 } == 2)
        #expect(spread.isStopped, "the second was told after the first")
        await spread.spread()
        #expect(count.withLock { $0 } == 3)
    }
}
