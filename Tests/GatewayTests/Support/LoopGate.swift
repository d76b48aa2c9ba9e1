import Dispatch
import Synchronization

/// Makes a gateway's event loop stand still until a test lets it go on.
final class LoopGate: Sendable {
    private let state = Mutex((isClosed: false, isHolding: false))
    private let opened = DispatchSemaphore(value: 0)

    /// Whether the loop stands.
    var isHolding: Bool { self.state.withLock { $0.isHolding } }

    /// The next one who comes is held.
    func close() { self.state.withLock { $0.isClosed = true } }

    /// Lets go whoever is held.
    func open() {
        let wasHolding = self.state.withLock { state in
            defer { state = (false, false) }
            return state.isHolding
        }
        if wasHolding { self.opened.signal() }
    }

    /// Goes through, or waits; on the event loop's thread.
    func pass() {
        let isHeld = self.state.withLock { state in
            guard state.isClosed else { return false }
            state = (false, true)
            return true
        }
        if isHeld { self.opened.wait() }
    }
}
