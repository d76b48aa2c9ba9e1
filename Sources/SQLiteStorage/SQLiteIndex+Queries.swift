package import DecisionLog
import GRDB
import Synchronization

extension SQLiteIndex {
    package func page(
        _ query: DecisionQuery,
        order: QueryOrder,
        after: QueryCursor?,
        limit: Int
    ) async throws(IndexFailure) -> DecisionPage {
        let (words, chunks, next) = self.state.withLock { ($0.words, $0.chunks, $0.progress.next) }
        let filter = IndexFilter(query, words)
        let end = next > 0 ? QueryCursor(index: next - 1) : nil
        var page = DecisionPage(rows: [], next: nil, indexedThrough: next, end: end)
        guard !filter.isEmpty, limit > 0 else { return page }
        let after = after.map { Int64(clamping: $0.index) }
        let ordered = order == .newestFirst ? chunks.all.reversed() : chunks.all
        for chunk in ordered where filter.concerns(earliest: chunk.earliest, latest: chunk.latest) {
            if let after, order == .newestFirst ? chunk.first >= after : chunk.last <= after { continue }
            // One more than asked for tells whether there is a next page.
            let wanted = limit + 1 - page.rows.count
            let search = DaySearch(filter, words, in: chunk, order, after: after, limit: wanted)
            let rows = try await IndexFailure.namingLater {
                try await self.file(of: chunk.day, isFinished: chunk.isFinished).database.read { try search.rows($0) }
            }
            for row in rows { page.rows.append(try row.decision(words)) }
            if page.rows.count > limit { break }
        }
        if page.rows.count > limit {
            page.rows.removeLast(page.rows.count - limit)
            page.next = page.rows.last.map { QueryCursor(index: $0.index) }
        }
        return page
    }

    package func find(_ id: DecisionID) async throws(IndexFailure) -> DecisionRow? {
        // The id says when it was made, to the millisecond.
        let query = DecisionQuery(since: id.time, until: Timestamp(microseconds: id.time.microseconds + 1000))
        var cursor: QueryCursor?
        repeat {
            let page = try await self.page(query, order: .newestFirst, after: cursor, limit: 1000)
            if let row = page.rows.first(where: { $0.id == id }) { return row }
            cursor = page.next
        } while cursor != nil
        return nil
    }

    package func counts(
        _ query: DecisionQuery,
        by grouping: [CountGrouping],
        limit: Int
    ) async throws(IndexFailure) -> [DecisionCount] {
        try await self.overRollups(query, by: grouping) { selection, words, rest, db in
            var tally = CountTally(grouping, selection.filter, words)
            try MainTables.forEachRun(selection, withTimes: false, db) { try tally.add($0, isWhole: $1) }
            for (key, sum) in rest.sums { tally.add(key, sum.count) }
            return tally.counts(limit: limit)
        }
    }

    package func labelDenials(since: Timestamp, until: Timestamp) async throws(IndexFailure) -> [LabelDenials] {
        try await self.overRollups(LabelDenialTally.query(since: since, until: until)) { selection, words, rest, db in
            var denials = LabelDenialTally(selection.filter, words)
            try MainTables.forEachRun(selection, withTimes: true, db) { try denials.add($0, isWhole: $1) }
            for (key, sum) in rest.sums { denials.add(key, sum) }
            return denials.all
        }
    }

    /// Counts over the stored runs in one consistent view, and over what is not in them yet, from the rows.
    private func overRollups<Found: Sendable>(
        _ query: DecisionQuery,
        by grouping: [CountGrouping] = [],
        _ body: @escaping @Sendable (RollupSelection, IndexWords, Rollups, Database) throws -> [Found]
    ) async throws(IndexFailure) -> [Found] {
        let main = self.state.withLock { $0.main }
        return try await IndexFailure.namingLater {
            try await main.read { db in
                let progress = try MainTables.progress(db)
                // Words are there before anything that is told in them.
                let words = self.state.withLock { $0.words }
                let filter = IndexFilter(query, words)
                guard !filter.isEmpty else { return [] }
                let selection = RollupSelection(filter, by: grouping)
                var rest = Rollups()
                for chunk in try MainTables.chunks(db).all where chunk.last >= progress.counted {
                    let first = max(chunk.first, progress.counted)
                    let rows = try self.file(of: chunk.day, isFinished: chunk.isFinished).rollups(
                        from: first,
                        to: chunk.last
                    )
                    for (key, sum) in rows.sums { rest.add(key, sum) }
                }
                return try body(selection, words, rest, db)
            }
        }
    }
}
