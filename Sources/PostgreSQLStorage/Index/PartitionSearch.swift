import DecisionLog

/// A search among the rows of one gateway, from day to day.
struct PartitionSearch {
    let filter: IndexFilter
    let gateway: GatewayTables.Gateway
    let order: QueryOrder
    /// The place behind which to begin; `nil` at the end that the order begins with.
    let after: Int64?
    let limit: Int

    func rows(_ connection: PostgreSQLConnection) throws -> [NumberedRow] {
        var rows: [NumberedRow] = []
        let chunks = self.gateway.chunks.all
        for chunk in self.order == .newestFirst ? chunks.reversed() : chunks
        where self.filter.concerns(earliest: chunk.earliest, latest: chunk.latest) {
            rows += try self.rows(in: chunk, self.limit - rows.count, connection)
            if rows.count >= self.limit { break }
        }
        return rows
    }

    private func rows(
        in chunk: IndexChunks.Chunk,
        _ limit: Int,
        _ connection: PostgreSQLConnection
    ) throws -> [NumberedRow] {
        var (low, high) = (chunk.first, chunk.last)
        if let after = self.after {
            if self.order == .newestFirst { high = min(high, after - 1) } else { low = max(low, after + 1) }
        }
        guard low <= high else { return [] }
        var parameters: [PostgreSQLParameter] = []
        var conditions: [String] = []
        func add(_ condition: (String) -> String, _ value: PostgreSQLParameter) {
            parameters.append(value)
            conditions.append(condition("$\(parameters.count)"))
        }
        add({ "place >= \($0)::bigint" }, .integer(low))
        add({ "place <= \($0)::bigint" }, .integer(high))
        let query = self.filter.query
        if let since = query.since { add({ "\"time\" >= \($0)::text::timestamptz" }, .text(since.description)) }
        if let until = query.until { add({ "\"time\" < \($0)::text::timestamptz" }, .text(until.description)) }
        if let these = self.filter.verdictNumbers {
            add({ "verdict = ANY (\($0)::integer[])" }, PostgreSQLParameter(these))
        }
        if let these = self.filter.personNumbers {
            add({ "person = ANY (\($0)::integer[])" }, PostgreSQLParameter(these))
        }
        if let revision = self.filter.revision { add({ "revision = \($0)::integer" }, .integer(Int64(revision))) }
        if let text = query.pathContains { add({ "strpos(path, \($0)) > 0" }, PostgreSQLParameter(text)) }
        let found = try connection.query(
            """
            SELECT place, "time", id, micros, verdict, person, flip, revision, count, method, path, peer
            FROM \(PostgreSQLSchema.rows(of: self.gateway.number, on: chunk.day))
            WHERE \(conditions.joined(separator: " AND "))
            ORDER BY place \(self.order == .newestFirst ? "DESC" : "ASC") LIMIT \(limit)
            """,
            parameters
        )
        return try found.map { try NumberedRow($0) }
    }
}

extension NumberedRow {
    fileprivate init(_ row: PostgreSQLRow) throws {
        let id = row.bytes(2)
        guard id.count == 16 else { throw IndexFailure.unreadable("an id") }
        let half = { (bytes: ArraySlice<UInt8>) in bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
        self.init(
            place: try row.integer(0),
            time: try row.integer(1) &+ CopyRows.epoch,
            id: DecisionID(high: half(id[..<8]), low: half(id[8...])),
            micros: try row.number(3),
            verdict: try row.number(4),
            person: try row.number(5),
            flip: try row.number(6),
            revision: try row.number(7),
            count: try row.integer(8),
            method: row.text(9),
            path: row.text(10),
            peer: row.text(11)
        )
    }
}
