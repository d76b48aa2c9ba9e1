import TransparencyLog

/// Entries from a place of the log on, in order, as far as they are on disk; for those who follow the log beside it.
///
/// One thread uses it. What it reads is what anybody could act on: an entry is here only when it is durable.
package struct EntryStream {
    private let log: DecisionLog
    private var reader: LogReader

    init(from place: UInt64, of log: DecisionLog) {
        self.log = log
        self.reader = LogReader(
            from: place,
            preferringSealedBelow: log.progress.sealed,
            of: log.journal.hub.position,
            in: log.store
        )
    }

    /// The place of the next entry.
    package var place: UInt64 { self.reader.index }

    /// Leaves out what is before a later place.
    mutating func move(to place: UInt64) { self.reader.move(to: place) }

    /// Up to `limit` entries; fewer, or none, at the log's end.
    package mutating func next(
        limit: Int
    ) throws(LogFailure) -> [(place: UInt64, content: EntryContent)] {
        let end = self.log.journal.durable
        var found: [(UInt64, EntryContent)] = []
        while found.count < limit {
            let place = self.reader.index
            guard let entry = try self.reader.next(below: end) else { break }
            found.append((place, entry.content(keys: self.log.keys)))
        }
        return found
    }
}
