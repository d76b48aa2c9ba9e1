import DecisionLog
import GRDB

/// A search among the rows of one day.
///
/// What is asked for is few rows or many; with few, an index leads to them, with many, the newest come soon enough in the
/// order of the log. SQLite has no figures to choose by, so the choice is made here.
struct DaySearch: Sendable {
    let filter: IndexFilter
    let chunk: IndexChunks.Chunk
    let order: QueryOrder
    /// The place behind which to begin.
    let after: Int64?
    let limit: Int
    /// Whether the verdicts asked for are few among all.
    let isNarrow: Bool

    init(
        _ filter: IndexFilter,
        _ words: IndexWords,
        in chunk: IndexChunks.Chunk,
        _ order: QueryOrder,
        after: Int64?,
        limit: Int
    ) {
        self.filter = filter
        self.chunk = chunk
        self.order = order
        self.after = after
        self.limit = limit
        self.isNarrow = (filter.verdictNumbers?.count ?? .max) <= words.verdicts.count / 2
    }

    func rows(_ db: Database) throws -> [NumberedRow] {
        var sql = "1"
        var arguments = StatementArguments()
        func add(_ condition: String, _ values: StatementArguments) {
            sql += " AND " + condition
            arguments += values
        }
        var (low, high) = (self.chunk.first, self.chunk.last)
        if let after = self.after {
            if self.order == .newestFirst { high = min(high, after - 1) } else { low = max(low, after + 1) }
        }
        let query = self.filter.query
        if query.since != nil || query.until != nil {
            guard let marked = try self.marked(db) else { return [] }
            (low, high) = (max(low, marked.lowerBound), min(high, marked.upperBound))
            if let since = query.since { add("time >= ?", [since.microseconds]) }
            if let until = query.until { add("time < ?", [until.microseconds]) }
        }
        guard low <= high else { return [] }
        add("place BETWEEN ? AND ?", [low, high])
        for (column, numbers) in [("verdict", self.filter.verdictNumbers), ("person", self.filter.personNumbers)] {
            guard let numbers else { continue }
            let list = JSONValue.array(numbers.map { .integer(Int64($0)) }).text
            add("\(column) IN (SELECT value FROM json_each(?))", [list])
        }
        if let revision = self.filter.revision { add("revision = ?", [revision]) }
        if let text = query.pathContains { add("path IN (SELECT id FROM texts WHERE instr(text, ?) > 0)", [text]) }
        arguments += [self.limit]
        return try Row.fetchAll(
            db,
            sql: """
                SELECT *, (SELECT text FROM texts WHERE id = method) AS method_text,
                    (SELECT text FROM texts WHERE id = path) AS path_text,
                    (SELECT text FROM texts WHERE id = peer) AS peer_text
                FROM rows \(self.way) WHERE \(sql) ORDER BY place \(self.order == .newestFirst ? "DESC" : "ASC") LIMIT ?
                """,
            arguments: arguments
        ).map { NumberedRow($0) }
    }

    /// The way to the rows: an index, or the order of the log.
    private var way: String {
        guard self.chunk.isFinished else { return "NOT INDEXED" }
        if self.filter.personNumbers != nil { return "INDEXED BY rows_by_person" }
        return self.isNarrow ? "INDEXED BY rows_by_verdict" : "NOT INDEXED"
    }

    /// The places between which the moments asked for occur; `nil` when nowhere.
    private func marked(_ db: Database) throws -> ClosedRange<Int64>? {
        let query = self.filter.query
        let row = try Row.fetchOne(
            db,
            sql: "SELECT min(bucket), max(bucket) FROM marks WHERE latest >= ? AND earliest < ?",
            arguments: [query.since?.microseconds ?? .min, query.until?.microseconds ?? .max]
        )
        guard let row, let first = row[0] as Int64?, let last = row[1] as Int64? else { return nil }
        return first * DayFile.bucket...(last + 1) * DayFile.bucket - 1
    }
}
