import Synchronization

/// What was just recorded, in the index's own terms, so that the index need not read back and decrypt it.
///
/// Bounded: when the index does not keep up, these are dropped and it reads the journal instead, with the same result.
/// Nothing depends on them.
final class RecentRows: Sendable {
    /// Neighbouring entries, as they were written together.
    private struct Run {
        /// The place in the log of the first row.
        var first: UInt64
        /// One for each entry; `nil` for what is not a decision.
        var rows: [IndexedEntry?]

        var end: UInt64 { self.first + UInt64(self.rows.count) }
    }

    private struct Guarded {
        /// Without a gap between them.
        var runs: [Run] = []
        var count = 0
    }

    private let guarded = Mutex(Guarded())

    /// A second of a very busy gateway.
    private static let maximumRows = 32_768

    /// Takes over the rows of entries that are on disk now, the first of them at `place`.
    func append(_ rows: [IndexedEntry?], at place: UInt64) {
        guard !rows.isEmpty else { return }
        self.guarded.withLock { guarded in
            if guarded.runs.last.map({ $0.end != place }) ?? false || guarded.count + rows.count > Self.maximumRows {
                guarded = Guarded()
            }
            guarded.runs.append(Run(first: place, rows: rows))
            guarded.count += rows.count
        }
    }

    /// The rows from `place` on, `limit` of them and a little more, and forgets everything before their end; `nil` when
    /// the row at `place` is not here.
    func take(from place: UInt64, limit: Int) -> (rows: [IndexedEntry], next: UInt64)? {
        let taken = self.guarded.withLock { guarded -> [Run] in
            guard let first = guarded.runs.first?.first, let end = guarded.runs.last?.end, first <= place, place < end
            else { return [] }
            var count = 0
            var runs = 0
            // What lies before `place` is let go with the first ones.
            while runs < guarded.runs.count, count < limit {
                let run = guarded.runs[runs]
                count += run.end <= place ? 0 : Int(run.end - max(run.first, place))
                guarded.count -= run.rows.count
                runs += 1
            }
            defer { guarded.runs.removeFirst(runs) }
            return Array(guarded.runs[..<runs])
        }
        guard let end = taken.last?.end else { return nil }
        var rows: [IndexedEntry] = []
        rows.reserveCapacity(Int(end - place))
        for run in taken {
            for (offset, row) in run.rows.enumerated() where run.first + UInt64(offset) >= place {
                guard var row else { continue }
                row.index = run.first + UInt64(offset)
                rows.append(row)
            }
        }
        return (rows, end)
    }

    /// The place of the first row, if there is any.
    var first: UInt64? { self.guarded.withLock { $0.runs.first?.first } }
}
