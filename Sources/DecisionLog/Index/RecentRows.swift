import Synchronization

/// What was just recorded, in the index's own terms, so that the index need not read back and decrypt it.
///
/// Bounded: when the index does not keep up, these are dropped and it reads the journal instead, with the same result.
/// Nothing depends on them.
final class RecentRows: Sendable {
    private struct Run {
        /// The place in the log of the first row.
        var first: UInt64 = 0
        /// One for each entry; `nil` for what is not a decision.
        var rows: [IndexedEntry?] = []
    }

    private let run = Mutex(Run())

    /// A second of a very busy gateway.
    private static let maximumRows = 32_768

    /// Takes over the rows of entries that are on disk now, the first of them at `place`.
    func append(_ rows: [IndexedEntry?], at place: UInt64) {
        self.run.withLock { run in
            if run.first + UInt64(run.rows.count) != place || run.rows.count + rows.count > Self.maximumRows {
                run = Run(first: place)
            }
            run.rows += rows
        }
    }

    /// The rows from `place` on, at most `limit` of them, and forgets everything before their end; `nil` when the row at
    /// `place` is not here.
    func take(from place: UInt64, limit: Int) -> (rows: [IndexedEntry], next: UInt64)? {
        self.run.withLock { run in
            guard place >= run.first, place - run.first < UInt64(run.rows.count) else { return nil }
            let start = Int(place - run.first)
            let end = min(run.rows.count, start + limit)
            var rows: [IndexedEntry] = []
            rows.reserveCapacity(end - start)
            for offset in start..<end {
                guard var row = run.rows[offset] else { continue }
                row.index = run.first + UInt64(offset)
                rows.append(row)
            }
            run.rows.removeFirst(end)
            run.first += UInt64(end)
            return (rows, run.first)
        }
    }

    /// The place of the first row, if there is any.
    var first: UInt64? { self.run.withLock { $0.rows.isEmpty ? nil : $0.first } }
}
