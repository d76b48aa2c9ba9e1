import Gateway
import Governance
import Synchronization

/// Tells the event loops which grants count, one state after the other.
final class GrantSpread: Sendable {
    private let desk: GrantDesk
    /// Whether what other gateways took back may be unknown here.
    private let areStopped: @Sendable () -> Bool
    private let running: RunningGateway
    /// The spread that is under way, and the one that begins when it ends: whatever changes meanwhile is in that one.
    private let tasks = Mutex<(running: Task<Void, Never>?, next: Task<Void, Never>?)>((nil, nil))
    private let wereStopped = Mutex(false)

    init(_ desk: GrantDesk, areStopped: @escaping @Sendable () -> Bool, running: RunningGateway) {
        self.desk = desk
        self.areStopped = areStopped
        self.running = running
    }

    /// Tells them what counts now; when this returns, they decide by it.
    func spread() async { await self.begin().value }

    /// Begins to tell them what counts now; when the task ends, they decide by it.
    ///
    /// However often it is begun at once, they are told once more than is under way: a spread costs as much as there are grants.
    func begin() -> Task<Void, Never> {
        self.tasks.withLock { tasks in
            if let next = tasks.next { return next }
            let before = tasks.running
            let next = Task {
                // An older state must never come after a newer one.
                await before?.value
                // From here on what changes is in the one after this.
                self.tasks.withLock { tasks in
                    tasks.running = tasks.next
                    tasks.next = nil
                }
                let stopped = self.areStopped()
                self.wereStopped.withLock { $0 = stopped }
                let grants = GrantsInForce(self.desk.inForce, areStopped: stopped)
                await self.running.gateway.withLock { $0 }?.replaceGrants(grants)
            }
            tasks.next = next
            return next
        }
    }

    /// Tells them when grants stop or count again; called now and then.
    func look() async {
        let stopped = self.areStopped()
        if self.wereStopped.withLock({ $0 }) != stopped { await self.spread() }
    }

    /// Whether grants are stopped at the event loops.
    var isStopped: Bool { self.wereStopped.withLock { $0 } }
}
