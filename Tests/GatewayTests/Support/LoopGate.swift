import Dispatch
import Synchronization

/// Makes an event loop stand still until a test lets it go on.
final class LoopGate: Sendable {
    private let isReached = Atomic<Bool>(false)
    private let opened = DispatchSemaphore(value: 0)

    /// Whether the loop stands, or stood.
    var isWaitedAt: Bool { self.isReached.load(ordering: .acquiring) }

    /// Waits until the gate is opened; on the event loop's thread.
    func wait() {
        self.isReached.store(true, ordering: .releasing)
        self.opened.wait()
    }

    /// Lets the loop go on.
    func open() { self.opened.signal() }
}
