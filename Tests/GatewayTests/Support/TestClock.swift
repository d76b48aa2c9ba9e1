import NIOCore
import Synchronization

/// A clock that only goes when it is told to.
final class TestClock: Sendable {
    private let moment = Mutex(NIODeadline.uptimeNanoseconds(1_000_000_000_000))

    var now: NIODeadline { self.moment.withLock { $0 } }

    func advance(by amount: TimeAmount) { self.moment.withLock { $0 = $0 + amount } }
}
