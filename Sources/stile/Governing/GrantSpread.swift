import Gateway
import Governance
import Synchronization

/// Tells the event loops which grants count, one state after the other.
final class GrantSpread: Sendable {
    private let desk: GrantDesk
    /// Whether what other gateways took back may be unknown here.
    private let areStopped: @Sendable () -> Bool
    private let running: RunningGateway
    private let last = Mutex<Task<Void, Never>?>(nil)
    private let wereStopped = Mutex(false)

    init(_ desk: GrantDesk, areStopped: @escaping @Sendable () -> Bool, running: RunningGateway) {
        self.desk = desk
        self.areStopped = areStopped
        self.running = running
    }

    /// Tells them what counts now; when this returns, they decide by it.
    func spread() async {
        let task = self.last.withLock { last in
            let before = last
            let task = Task {
                // An older state must never come after a newer one.
                await before?.value
                let stopped = self.areStopped()
                self.wereStopped.withLock { $0 = stopped }
                let grants = GrantsInForce(self.desk.inForce, areStopped: stopped)
                await self.running.gateway.withLock { $0 }?.replaceGrants(grants)
            }
            last = task
            return task
        }
        await task.value
    }

    /// Tells them when grants stop or count again; called now and then.
    func look() async {
        let stopped = self.areStopped()
        if self.wereStopped.withLock({ $0 }) != stopped { await self.spread() }
    }

    /// Whether grants are stopped at the event loops.
    var isStopped: Bool { self.wereStopped.withLock { $0 } }
}
