import Synchronization

/// Where the event loops leave records for the writer: one buffer, in which every payload has room for its frame's head.
///
/// The lock is held for one copy of a thousand bytes; nothing under it waits.
final class JournalQueue: Sendable {
    /// What the writer takes at once.
    struct Batch {
        /// Heads (unfilled) and payloads, one after another.
        var frames: [UInt8] = []
        /// Where each frame ends.
        var ends: [Int] = []
        /// Which of them are the log's own: never lost with a failed file.
        var own: [Int] = []
        /// What the index needs of each, when it is wanted.
        var rows: [IndexedEntry?] = []
        /// The ticket of the last one.
        var through = JournalTicket(number: 0)

        var isEmpty: Bool { self.ends.isEmpty }

        /// Adds a payload, with room for its head.
        mutating func append(_ payload: some Collection<UInt8>, row: IndexedEntry? = nil, isOwn: Bool) {
            self.rows.append(row)
            if isOwn { self.own.append(self.ends.count) }
            self.frames.append(contentsOf: repeatElement(0, count: Frame.headBytes))
            self.frames.append(contentsOf: payload)
            self.ends.append(self.frames.count)
        }

        /// The log's own entries alone.
        var ownOnly: Batch {
            var batch = Batch()
            batch.through = self.through
            for place in self.own {
                let start = place == 0 ? 0 : self.ends[place - 1]
                batch.append(self.frames[(start + Frame.headBytes)..<self.ends[place]], isOwn: true)
            }
            return batch
        }

        /// Gives the rows away, as they are.
        mutating func takeRows() -> [IndexedEntry?] {
            defer { self.rows = [] }
            return self.rows
        }

        mutating func removeAll() {
            self.frames.removeAll(keepingCapacity: true)
            self.ends.removeAll(keepingCapacity: true)
            self.own.removeAll(keepingCapacity: true)
            self.rows.removeAll(keepingCapacity: true)
        }
    }

    private struct Guarded {
        var batch = Batch()
        var state = JournalState.open
        /// The writer sleeps and must be woken.
        var isWriterIdle = false
    }

    private let guarded = Mutex(Guarded())
    private let capacity: Int

    init(capacity: Int) { self.capacity = capacity }

    /// What came of leaving a record.
    enum Left {
        case queued(JournalTicket, wakesWriter: Bool)
        case refused(JournalState)
    }

    /// Leaves a payload, and notes its ticket with the loop that left it; records of `isOurs` go in while the door is
    /// closed to requests.
    func append(
        _ payload: [UInt8],
        row: IndexedEntry? = nil,
        by follower: JournalHub.Follower?,
        isOurs: Bool = false
    ) -> Left {
        self.guarded.withLock { guarded in
            if guarded.state != .open, !isOurs { return .refused(guarded.state) }
            guard guarded.batch.frames.count + payload.count < self.capacity || isOurs else {
                return .refused(.failed("the disk does not keep up"))
            }
            guarded.batch.append(payload, row: row, isOwn: isOurs)
            guarded.batch.through = JournalTicket(number: guarded.batch.through.number + 1)
            // Under the lock: the writer must not finish the group before it can see whom to tell.
            follower?.last.store(guarded.batch.through.number, ordering: .releasing)
            let wakes = guarded.isWriterIdle
            guarded.isWriterIdle = false
            return .queued(guarded.batch.through, wakesWriter: wakes)
        }
    }

    /// Takes everything that was left, giving back `empty` to be filled; when there is nothing, notes that the writer sleeps.
    func take(giving empty: Batch) -> Batch {
        var empty = empty
        empty.removeAll()
        return self.guarded.withLock { guarded in
            guarded.isWriterIdle = guarded.batch.isEmpty
            if guarded.batch.isEmpty { return empty }
            empty.through = guarded.batch.through
            let batch = guarded.batch
            guarded.batch = empty
            return batch
        }
    }

    /// How many payloads wait.
    var count: Int { self.guarded.withLock { $0.batch.ends.count } }

    /// The ticket of the last payload that was left.
    var through: JournalTicket { self.guarded.withLock { $0.batch.through } }

    /// Takes no more requests; what was left is still written.
    func shut() { self.guarded.withLock { if $0.state == .open { $0.state = .closed } } }

    var state: JournalState {
        get { self.guarded.withLock { $0.state } }
        set { self.guarded.withLock { $0.state = newValue } }
    }
}
