/// Whether the journal takes records: no record, no access.
package enum JournalState: Hashable, Sendable, CustomStringConvertible {
    /// Records are taken.
    case open
    /// The disk is full; the journal opens again by itself when there is space.
    case full
    /// Writing or syncing failed; the segment is abandoned, and the journal opens again when a new one can be made.
    case failed(String)
    /// The journal was closed in good order.
    case closed

    package var description: String {
        switch self {
        case .open: "open"
        case .full: "disk full"
        case .failed(let reason): "failed: \(reason)"
        case .closed: "closed"
        }
    }
}

/// A place in the queue to the disk, counted from 1 in the order of appending; not the place in the log.
package struct JournalTicket: Hashable, Comparable, Sendable {
    package let number: UInt64

    package init(number: UInt64) { self.number = number }

    package static func < (a: Self, b: Self) -> Bool { a.number < b.number }
}

/// What became of a group of records; told to each event loop that has records in it.
///
/// Groups end in the order of their tickets: everything waiting up to ``through`` has this outcome.
package struct JournalProgress: Hashable, Sendable {
    package enum Outcome: Hashable, Sendable {
        /// On disk: the requests may go on.
        case durable
        /// Not written: the requests must be refused.
        case refused(JournalState)
    }

    package var through: JournalTicket
    package var outcome: Outcome

    package init(through: JournalTicket, outcome: Outcome) {
        self.through = through
        self.outcome = outcome
    }
}

/// The answer to a record handed to the journal.
package enum Recorded: Hashable, Sendable {
    /// The request must wait until the ticket's group is durable.
    case waiting(DecisionID, JournalTicket)
    /// The request may go on at once (``JournalConfiguration/Durability/batch(_:)``).
    case accepted(DecisionID)
    /// No record, no access.
    case refused(JournalState)

    /// The id of the record, if it was taken.
    package var id: DecisionID? {
        switch self {
        case .waiting(let id, _), .accepted(let id): id
        case .refused: nil
        }
    }
}
