import Synchronization

/// Breaks off whatever asks, the nth time, once.
final class Interruptions: Sendable {
    struct BrokenOff: Error {}

    private let left: Mutex<Int>

    init(after count: Int) { self.left = Mutex(count) }

    /// Whether it has broken something off.
    var isSpent: Bool { self.left.withLock { $0 < 0 } }

    func pass() throws {
        let left = self.left.withLock { left in
            left -= left >= 0 ? 1 : 0
            return left
        }
        if left == -1, self.spend() { throw BrokenOff() }
    }

    private let isSpentOnce = Mutex(false)

    private func spend() -> Bool {
        self.isSpentOnce.withLock { spent in
            defer { spent = true }
            return !spent
        }
    }
}
