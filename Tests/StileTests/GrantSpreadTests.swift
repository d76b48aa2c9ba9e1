import Dispatch
import Governance
import Synchronization
import Testing

@testable import stile

@Suite("Telling the event loops which grants count")
struct GrantSpreadTests {
    @Test("However many ask at once, it is done once more than is under way, and whoever asked has what was true then")
    func coalesced() async {
        let count = Mutex(0)
        let (begun, opened) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let desk = GrantDesk(now: { 0 }, announce: { _ throws(GovernanceFailure) in })
        let spread = GrantSpread(
            desk,
            areStopped: {
                let number = count.withLock { count in
                    count += 1
                    return count
                }
                guard number == 1 else { return number % 2 == 0 }
                begun.signal()
                opened.wait()
                return false
            },
            running: RunningGateway()
        )
        let first = spread.begin()
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                begun.wait()
                continuation.resume()
            }
        }
        let others = (0..<1_000).map { _ in spread.begin() }
        opened.signal()
        await first.value
        for other in others { await other.value }
        #expect(count.withLock { $0 } == 2)
        #expect(spread.isStopped, "the second was told after the first")
        await spread.spread()
        #expect(count.withLock { $0 } == 3)
    }
}
