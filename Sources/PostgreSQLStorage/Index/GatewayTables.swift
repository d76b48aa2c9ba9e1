import DecisionLog

/// What a gateway has in the database: its cursor, its chunks, its partitions and its roll-ups.
enum GatewayTables {
    /// How far a gateway's log is indexed.
    struct Progress: Hashable, Sendable {
        /// The place of the first entry that is not indexed.
        var next: Int64
        /// Below this place everything is in stored roll-ups.
        var counted: Int64
    }

    /// A gateway as a reader sees it.
    struct Gateway: Hashable, Sendable {
        var number: Int16
        var name: String
        var progress: Progress
        var chunks = IndexChunks()
    }

    /// The number of a gateway, given to it the first time.
    ///
    /// - Throws: ``IndexFailure/database(_:)`` when the name is that of another log.
    static func register(
        _ name: String,
        log: String,
        formerly: [String],
        _ connection: PostgreSQLConnection
    ) throws -> Int16 {
        try connection.transaction { connection in
            try connection.query(
                "SELECT pg_advisory_xact_lock(\(PostgreSQLSchema.lockSpace), \(PostgreSQLSchema.migrationLock))"
            )
            let known = try connection.query("SELECT number, log FROM gateways WHERE name = $1", [.text(name)]).first
            if let known {
                guard let stored = known.text(1), stored == log || formerly.contains(stored) else {
                    throw IndexFailure.database(
                        "`\(name)` is the name of another gateway's log in this database; give each gateway its own name"
                    )
                }
                if stored != log {
                    try connection.query("UPDATE gateways SET log = $1 WHERE name = $2", [.text(log), .text(name)])
                }
                return Int16(truncatingIfNeeded: try known.integer(0))
            }
            let row = try connection.query(
                """
                INSERT INTO gateways (number, name, log)
                SELECT coalesce(max(number), 0) + 1, $1, $2 FROM gateways RETURNING number
                """,
                [.text(name), .text(log)]
            ).first
            let number = Int16(truncatingIfNeeded: try row?.integer(0) ?? 0)
            try connection.execute(
                """
                CREATE TABLE \(PostgreSQLSchema.rows(of: number)) PARTITION OF rows FOR VALUES IN (\(number))
                PARTITION BY LIST (day)
                """
            )
            return number
        }
    }

    /// The gateway's cursor, locked against another writer of the same log until the transaction ends.
    static func lockedProgress(of gateway: Int16, _ connection: PostgreSQLConnection) throws -> Progress {
        let row = try connection.query(
            "SELECT next, counted FROM gateways WHERE number = $1::int2 FOR UPDATE",
            [.integer(Int64(gateway))]
        ).first
        guard let row else { throw IndexFailure.unreadable("gateway \(gateway)") }
        return Progress(next: try row.integer(0), counted: try row.integer(1))
    }

    static func store(_ progress: Progress, of gateway: Int16, _ connection: PostgreSQLConnection) throws {
        try connection.query(
            "UPDATE gateways SET next = $1, counted = $2 WHERE number = $3::int2",
            [.integer(progress.next), .integer(progress.counted), .integer(Int64(gateway))]
        )
    }

    /// Every gateway with its chunks, by name.
    static func all(_ connection: PostgreSQLConnection) throws -> [Gateway] {
        let chunks = try connection.query(
            "SELECT gateway, day, first, last, earliest, latest, finished FROM chunks"
        )
        var found: [Int16: [IndexChunks.Chunk]] = [:]
        for row in chunks {
            found[Int16(truncatingIfNeeded: try row.integer(0)), default: []].append(try Self.chunk(row))
        }
        return try connection.query("SELECT number, name, next, counted FROM gateways ORDER BY name").map { row in
            let number = Int16(truncatingIfNeeded: try row.integer(0))
            return Gateway(
                number: number,
                name: row.text(1) ?? "",
                progress: Progress(next: try row.integer(2), counted: try row.integer(3)),
                chunks: IndexChunks(found[number] ?? [])
            )
        }
    }

    private static func chunk(_ row: PostgreSQLRow) throws -> IndexChunks.Chunk {
        IndexChunks.Chunk(
            day: CalendarDay(daysSince1970: try row.integer(1) + CopyRows.epochDay),
            first: try row.integer(2),
            last: try row.integer(3),
            earliest: try row.integer(4),
            latest: try row.integer(5),
            isFinished: try row.integer(6) != 0
        )
    }

    /// Writes the chunks that are not as they were.
    static func store(
        _ chunks: IndexChunks,
        before: IndexChunks,
        of gateway: Int16,
        _ connection: PostgreSQLConnection
    ) throws {
        let known = Set(before.all)
        for chunk in chunks.all where !known.contains(chunk) {
            try connection.query(
                """
                INSERT INTO chunks VALUES ($1, $2::text::date, $3, $4, $5, $6, $7) ON CONFLICT (gateway, day) DO UPDATE
                SET first = excluded.first, last = excluded.last, earliest = excluded.earliest,
                    latest = excluded.latest, finished = excluded.finished
                """,
                [
                    .integer(Int64(gateway)), .text(chunk.day.description), .integer(chunk.first),
                    .integer(chunk.last), .integer(chunk.earliest), .integer(chunk.latest),
                    .text(chunk.isFinished ? "true" : "false"),
                ]
            )
        }
        let days = Set(chunks.all.map(\.day))
        for chunk in before.all where !days.contains(chunk.day) {
            try connection.query(
                "DELETE FROM chunks WHERE gateway = $1::int2 AND day = $2::text::date",
                [.integer(Int64(gateway)), .text(chunk.day.description)]
            )
        }
    }

    /// Makes the partition of a day, if it is not there.
    ///
    /// A table is made first and attached then: attaching lets everybody else go on reading and writing.
    static func makePartition(of gateway: Int16, on day: CalendarDay, _ connection: PostgreSQLConnection) throws {
        let name = PostgreSQLSchema.rows(of: gateway, on: day)
        try connection.transaction { connection in
            try connection.query(
                "SELECT pg_advisory_xact_lock(\(PostgreSQLSchema.lockSpace), \(PostgreSQLSchema.partitionLock))"
            )
            let there = try connection.query("SELECT to_regclass($1) IS NOT NULL", [.text("stile.\(name)")]).first
            guard try there?.integer(0) == 0 else { return }
            try connection.execute(
                """
                CREATE TABLE \(name) (\(PostgreSQLSchema.rowColumns), PRIMARY KEY (place),
                    CONSTRAINT \(name)_day CHECK (gateway = \(gateway) AND day = DATE '\(day)'));
                CREATE INDEX \(name)_time ON \(name) USING brin ("time") WITH (pages_per_range = 32);
                ALTER TABLE \(PostgreSQLSchema.rows(of: gateway)) ATTACH PARTITION \(name) FOR VALUES IN ('\(day)');
                """
            )
        }
    }

    static func removePartition(of gateway: Int16, on day: CalendarDay, _ connection: PostgreSQLConnection) throws {
        try connection.execute("DROP TABLE IF EXISTS \(PostgreSQLSchema.rows(of: gateway, on: day))")
    }

    /// Adds a run of roll-ups to a day.
    static func store(
        _ run: RollupRun,
        coarse: RollupRun? = nil,
        of gateway: Int16,
        on day: CalendarDay,
        _ connection: PostgreSQLConnection
    ) throws {
        try connection.query(
            """
            INSERT INTO rollups (gateway, day, earliest, latest, coarse_keys, coarse_times, keys, times)
            VALUES ($1, $2::text::date, $3, $4, $5, $6, $7, $8)
            """,
            [
                .integer(Int64(gateway)), .text(day.description), .integer(Int64(run.earliest)),
                .integer(Int64(run.latest)), coarse.map { .bytes($0.keys) } ?? .null,
                coarse.map { .bytes($0.times) } ?? .null, .bytes(run.keys), .bytes(run.times),
            ]
        )
    }

    static func removeRollups(of gateway: Int16, on day: CalendarDay, _ connection: PostgreSQLConnection) throws {
        try connection.query(
            "DELETE FROM rollups WHERE gateway = $1::int2 AND day = $2::text::date",
            [.integer(Int64(gateway)), .text(day.description)]
        )
    }

    /// Everything that was counted of a day.
    static func rollups(
        of gateway: Int16,
        on day: CalendarDay,
        _ connection: PostgreSQLConnection
    ) throws -> Rollups {
        var rollups = Rollups()
        let rows = try connection.query(
            "SELECT earliest, latest, keys, times FROM rollups WHERE gateway = $1::int2 AND day = $2::text::date",
            [.integer(Int64(gateway)), .text(day.description)]
        )
        for row in rows {
            try RollupRun(
                earliest: try row.number(0),
                latest: try row.number(1),
                keys: row.bytes(2),
                times: row.bytes(3)
            ).add(to: &rollups)
        }
        return rollups
    }

    /// Counts the rows of a partition between two places, both included.
    static func rollups(
        of gateway: Int16,
        on day: CalendarDay,
        from first: Int64,
        to last: Int64,
        _ connection: PostgreSQLConnection
    ) throws -> Rollups {
        var rollups = Rollups()
        let rows = try connection.query(
            """
            SELECT verdict, person, flip, revision, floor(date_part('epoch', "time") / 3600)::integer,
                sum(count)::bigint, min("time"), max("time")
            FROM \(PostgreSQLSchema.rows(of: gateway, on: day)) WHERE place BETWEEN $1::bigint AND $2::bigint
            GROUP BY 1, 2, 3, 4, 5
            """,
            [.integer(first), .integer(last)]
        )
        for row in rows {
            let key = Rollups.Key(
                verdict: try row.number(0),
                person: try row.number(1),
                flip: try row.number(2),
                revision: try row.number(3),
                hour: try row.number(4)
            )
            let first = try row.integer(6) &+ CopyRows.epoch
            rollups.add(
                key,
                Rollups.Sum(count: try row.integer(5), first: first, last: try row.integer(7) &+ CopyRows.epoch)
            )
        }
        return rollups
    }
}
