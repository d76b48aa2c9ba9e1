import DecisionLog

/// The requests of one event loop whose records are not on disk yet, in the order of their tickets.
///
/// A ring that grows and never shrinks: in the steady state a request waits without an allocation, and one pass releases
/// all that a group commit has made durable.
struct CommitQueue<Waiting> {
    private var slots: [(ticket: JournalTicket, waiting: Waiting)?] = []
    private var first = 0
    private(set) var count = 0

    init() {}

    /// Appends one; tickets ascend.
    mutating func append(_ waiting: Waiting, ticket: JournalTicket) {
        if self.count == self.slots.count { self.grow() }
        var slot = self.first &+ self.count
        if slot >= self.slots.count { slot -= self.slots.count }
        self.slots[slot] = (ticket, waiting)
        self.count += 1
    }

    /// Takes the first one whose ticket is at most `through`; `nil` when there is none.
    mutating func next(through: JournalTicket) -> Waiting? {
        guard self.count > 0, let head = self.slots[self.first], head.ticket <= through else { return nil }
        self.slots[self.first] = nil
        self.first += 1
        if self.first == self.slots.count { self.first = 0 }
        self.count -= 1
        return head.waiting
    }

    private mutating func grow() {
        var larger: [(ticket: JournalTicket, waiting: Waiting)?] = []
        larger.reserveCapacity(max(64, self.slots.count * 2))
        for offset in 0..<self.count { larger.append(self.slots[(self.first + offset) % self.slots.count]) }
        while larger.count < larger.capacity { larger.append(nil) }
        self.slots = larger
        self.first = 0
    }
}
