/// The database derived from the log: what makes it findable.
///
/// It holds nothing of its own: it can be dropped, made anew from the files, and is equal then.
package protocol DecisionIndex: Sendable {
    /// The place in the log of the first entry that is not indexed yet.
    func nextIndex() throws(IndexFailure) -> UInt64

    /// Takes up a run of entries. Entries that are there already change nothing.
    func ingest(_ batch: [IndexedEntry], next: UInt64) throws(IndexFailure)

    /// One page of decisions in a stable order, across days.
    func page(
        _ query: DecisionQuery,
        order: QueryOrder,
        after: QueryCursor?,
        limit: Int
    ) async throws(IndexFailure)
        -> DecisionPage

    /// The decision with this id; `nil` when the index does not have it (yet, or any more).
    func find(_ id: DecisionID) async throws(IndexFailure) -> DecisionRow?

    /// How many decisions there are, grouped; from the roll-ups, at hours' precision.
    func counts(
        _ query: DecisionQuery,
        by grouping: [CountGrouping],
        limit: Int
    ) async throws(IndexFailure)
        -> [DecisionCount]

    /// For each resource, the denials that were due to the label alone.
    func labelDenials(since: Timestamp, until: Timestamp) async throws(IndexFailure) -> [LabelDenials]

    /// Takes a person out of the index, after their key was destroyed.
    func forget(person: String) throws(IndexFailure)

    /// Removes whole days before `day`; tells which.
    func removeDays(before day: CalendarDay) throws(IndexFailure) -> [CalendarDay]

    /// Drops everything, so that it can be made anew.
    func reset() throws(IndexFailure)
}

/// A decision as the index knows it; the whole record is in the log at ``index``.
package struct DecisionRow: Hashable, Sendable {
    package var index: UInt64
    package var id: DecisionID
    package var time: Timestamp
    package var micros: UInt32
    package var verdict: Verdict
    package var count: UInt64
    /// `nil` when nobody was recognised or the person was erased.
    package var person: RecordedPerson?
    package var method: String?
    package var path: String?
    package var peer: String?
    /// The smallest relaxation that would have been enough, as a marking.
    package var flip: String?

    package init(
        index: UInt64,
        id: DecisionID,
        time: Timestamp,
        micros: UInt32,
        verdict: Verdict,
        count: UInt64,
        person: RecordedPerson?,
        method: String?,
        path: String?,
        peer: String?,
        flip: String?
    ) {
        self.index = index
        self.id = id
        self.time = time
        self.micros = micros
        self.verdict = verdict
        self.count = count
        self.person = person
        self.method = method
        self.path = path
        self.peer = peer
        self.flip = flip
    }
}

/// A page of decisions.
package struct DecisionPage: Hashable, Sendable {
    package var rows: [DecisionRow]
    /// Where the next page starts; `nil` at the end.
    package var next: QueryCursor?
    /// How far the index has come: entries before this place are in it.
    package var indexedThrough: UInt64
    /// The index's own end: oldest first from there, a page has what came since, and nothing twice.
    package var end: QueryCursor?

    package init(rows: [DecisionRow], next: QueryCursor?, indexedThrough: UInt64, end: QueryCursor?) {
        self.rows = rows
        self.next = next
        self.indexedThrough = indexedThrough
        self.end = end
    }
}

/// What counts are grouped by.
package enum CountGrouping: String, Hashable, Sendable, CaseIterable {
    case hour, day, person, action, resource, label, decision, causes, flip, policy, service, mode
}

/// One group and how many decisions are in it.
package struct DecisionCount: Hashable, Sendable {
    /// The group's values, in the order in which the grouping was asked for.
    package var group: [String]
    package var count: UInt64

    package init(group: [String], count: UInt64) {
        self.group = group
        self.count = count
    }
}

/// The denials of one resource that were due to the label alone: what review starts from.
package struct LabelDenials: Hashable, Sendable {
    /// The thing; where the catalogue has an entry for it, one of the entry's things, for all of them.
    package var resource: RecordedResource
    /// The label under which it was denied.
    package var label: String
    /// How many people, each counted once.
    package var persons: UInt64
    /// How many denials.
    package var denials: UInt64
    /// The flips and how many denials each would have turned.
    package var flips: [String: UInt64]
    package var first: Timestamp
    package var last: Timestamp

    package init(
        resource: RecordedResource,
        label: String,
        persons: UInt64,
        denials: UInt64,
        flips: [String: UInt64],
        first: Timestamp,
        last: Timestamp
    ) {
        self.resource = resource
        self.label = label
        self.persons = persons
        self.denials = denials
        self.flips = flips
        self.first = first
        self.last = last
    }
}

/// Why the index could not answer.
///
/// The log itself is not touched by any of these.
package enum IndexFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The database said no; its own words, never a bound value.
    case database(String)
    /// What is stored cannot be read by this version.
    case unreadable(String)

    package var description: String {
        switch self {
        case .database(let reason): "index database: \(reason)"
        case .unreadable(let what): "index holds `\(what)`, which cannot be read; make it anew with `stile log rebuild`"
        }
    }
}
