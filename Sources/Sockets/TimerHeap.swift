import NIOCore
import Synchronization

/// Something that a loop does later, unless it is cancelled.
final class LoopTimer: Sendable {
    let deadline: NIODeadline
    /// Set by any thread; looked at when the timer's time has come.
    let isCancelled = Atomic<Bool>(false)
    private let run: @Sendable () -> Void
    private let cancel: @Sendable () -> Void

    init(deadline: NIODeadline, run: @escaping @Sendable () -> Void, cancel: @escaping @Sendable () -> Void) {
        self.deadline = deadline
        self.run = run
        self.cancel = cancel
    }

    func fire() {
        if !self.isCancelled.load(ordering: .acquiring) { self.run() }
    }

    /// Its loop ends before its time has come.
    func giveUp() {
        if !self.isCancelled.load(ordering: .acquiring) { self.cancel() }
    }
}

/// The timers of a loop, the next one on top.
///
/// Cancelled ones stay until their time has come: they are rare, and finding them would cost more than they do.
struct TimerHeap {
    private var timers: [LoopTimer] = []

    /// When the next one is due.
    var nextDeadline: NIODeadline? { self.timers.first?.deadline }

    mutating func push(_ timer: LoopTimer) {
        self.timers.append(timer)
        var place = self.timers.count - 1
        while place > 0, self.timers[place].deadline < self.timers[(place - 1) / 2].deadline {
            self.timers.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    /// Takes out the next one, if it is due.
    mutating func take(dueAt now: NIODeadline) -> LoopTimer? {
        guard let first = self.timers.first, first.deadline <= now else { return nil }
        self.timers.swapAt(0, self.timers.count - 1)
        self.timers.removeLast()
        var place = 0
        while true {
            var least = place
            for child in [2 * place + 1, 2 * place + 2] where child < self.timers.count {
                if self.timers[child].deadline < self.timers[least].deadline { least = child }
            }
            if least == place { break }
            self.timers.swapAt(place, least)
            place = least
        }
        return first
    }

    /// Takes out all that are left.
    mutating func takeAll() -> [LoopTimer] {
        defer { self.timers = [] }
        return self.timers
    }
}
