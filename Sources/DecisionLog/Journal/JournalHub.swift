import Synchronization

/// What the event loops, the writer and the readers of one journal share.
final class JournalHub: Sendable {
    /// One event loop, as the writer sees it.
    final class Follower: Sendable {
        let waker: @Sendable (JournalProgress) -> Void
        /// The loop's last ticket, so that loops with nothing in a group are not woken.
        let last = Atomic<UInt64>(0)
        /// What the loop was told last; only the writer uses it.
        let told = Atomic<UInt64>(0)

        init(waker: @escaping @Sendable (JournalProgress) -> Void) { self.waker = waker }
    }

    let queue: JournalQueue
    let position: JournalPosition
    /// What the index is handed without reading the journal; `nil` when there is no index.
    let recent: RecentRows?
    let followers = Mutex<[Follower]>([])
    let figures = Mutex(JournalFigures())
    private let durable = Atomic<UInt64>(0)

    /// The last ticket up to which everything is on disk or was refused, as of the last group on disk.
    var durableThrough: JournalTicket { JournalTicket(number: self.durable.load(ordering: .acquiring)) }

    init(queue: JournalQueue, position: JournalPosition, recent: RecentRows?) {
        self.recent = recent
        self.queue = queue
        self.position = position
    }

    /// Tells each loop that has records up to `through` what became of them.
    func tell(_ through: JournalTicket, _ outcome: JournalProgress.Outcome) {
        if outcome == .durable { self.durable.store(through.number, ordering: .releasing) }
        for follower in self.followers.withLock({ $0 })
        where follower.last.load(ordering: .acquiring) > follower.told.load(ordering: .relaxed) {
            follower.told.store(through.number, ordering: .relaxed)
            follower.waker(JournalProgress(through: through, outcome: outcome))
        }
    }
}

/// Counts for metrics, since the start.
package struct JournalFigures: Hashable, Sendable {
    /// Records on disk.
    package var records: UInt64 = 0
    /// Bytes on disk.
    package var bytes: UInt64 = 0
    /// Group commits.
    package var groups: UInt64 = 0
    /// How often the door closed.
    package var failures: UInt64 = 0
}
