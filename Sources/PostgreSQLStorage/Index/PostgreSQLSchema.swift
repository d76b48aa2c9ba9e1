import DecisionLog

/// The tables of the index, in a schema of their own, and how they came to be.
///
///     stile.gateways     each gateway's log, and how far it is indexed
///     stile.rows         the decisions: partitioned by gateway, and those by day
///     stile.chunks       which days a gateway's log has, which run of the log each holds, which moments occur in it
///     stile.rollups      roll-ups, as runs of bytes
///     stile.verdicts …   what repeats, by number, the same for all gateways
///
/// A gateway writes its own partitions, chunks and roll-ups and nobody else's, so gateways never wait for each other.
enum PostgreSQLSchema {
    /// What each connection begins with.
    ///
    /// The index is derived: a crash of the server may take its last transactions, rows and cursor together, and then they
    /// are sent again. So a commit need not wait for the disk.
    static let session = """
        SET search_path = stile, pg_catalog;
        SET synchronous_commit = off;
        SET timezone = 'UTC';
        SET statement_timeout = '60s';
        SET idle_in_transaction_session_timeout = '120s';
        """

    /// Numbers of the advisory locks; only Stile takes locks with this first half.
    static let lockSpace = 0x5354_494C
    static let migrationLock = 1
    static let wordLock = 2
    static let partitionLock = 3

    /// The columns of a partition, the widest first so that nothing is lost between them.
    static let rowColumns = """
        place bigint NOT NULL, "time" timestamptz NOT NULL, id uuid NOT NULL, count bigint NOT NULL,
        verdict integer NOT NULL, person integer NOT NULL, micros integer NOT NULL, flip integer NOT NULL,
        revision integer NOT NULL, day date NOT NULL, gateway smallint NOT NULL, method text, path text, peer text
        """

    /// The steps from an empty database to this version; steps are added, never changed.
    static let migrations: [String] = [
        """
        CREATE TABLE gateways (
            number smallint PRIMARY KEY, name text NOT NULL UNIQUE, log text NOT NULL,
            next bigint NOT NULL DEFAULT 0, counted bigint NOT NULL DEFAULT 0
        );
        CREATE TABLE words (
            verdicts integer NOT NULL, persons integer NOT NULL, flips integer NOT NULL, revisions integer NOT NULL,
            forgotten bigint NOT NULL
        );
        INSERT INTO words VALUES (0, 0, 0, 0, 0);
        CREATE TABLE verdicts (number integer PRIMARY KEY, \(verdictColumns));
        CREATE TABLE persons (number integer PRIMARY KEY, stable text, name text, clearance text, authentication text);
        CREATE TABLE flips (number integer PRIMARY KEY, label text NOT NULL);
        CREATE TABLE revisions (number integer PRIMARY KEY, revision text NOT NULL);
        CREATE TABLE chunks (
            gateway smallint NOT NULL REFERENCES gateways, day date NOT NULL, first bigint NOT NULL,
            last bigint NOT NULL, earliest bigint NOT NULL, latest bigint NOT NULL, finished boolean NOT NULL,
            PRIMARY KEY (gateway, day)
        );
        CREATE TABLE rollups (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, gateway smallint NOT NULL REFERENCES gateways,
            day date NOT NULL, earliest integer NOT NULL, latest integer NOT NULL, coarse_keys bytea, coarse_times bytea,
            keys bytea NOT NULL, times bytea NOT NULL
        );
        CREATE INDEX rollups_by_day ON rollups (gateway, day);
        ALTER TABLE rollups ALTER COLUMN keys SET STORAGE EXTERNAL, ALTER COLUMN times SET STORAGE EXTERNAL,
            ALTER COLUMN coarse_keys SET STORAGE EXTERNAL, ALTER COLUMN coarse_times SET STORAGE EXTERNAL;
        CREATE TABLE rows (\(rowColumns)) PARTITION BY LIST (gateway);
        """
    ]

    private static let verdictColumns = VerdictFields.columns.map { name in
        let type = VerdictFields.integers.contains(name) ? "integer" : "text"
        return "\(name) \(type)" + (VerdictFields.required.contains(name) ? " NOT NULL" : "")
    }.joined(separator: ", ")

    /// Brings the tables to this version; several gateways may try at once.
    ///
    /// - Throws: ``IndexFailure/unreadable(_:)`` when a newer Stile made them: it is that one's turn to be installed here.
    static func migrate(
        _ connection: PostgreSQLConnection,
        _ migrations: [String] = migrations,
        schema: String = "stile"
    ) throws {
        try connection.execute("BEGIN")
        do {
            try connection.query("SELECT pg_advisory_xact_lock(\(self.lockSpace), \(self.migrationLock))")
            try connection.execute(
                """
                CREATE SCHEMA IF NOT EXISTS \(schema);
                SET LOCAL search_path = \(schema), pg_catalog;
                CREATE TABLE IF NOT EXISTS migrations (version integer PRIMARY KEY, applied timestamptz NOT NULL);
                """
            )
            let row = try connection.query("SELECT coalesce(max(version), 0) FROM migrations").first
            let version = Int(try row?.integer(0) ?? 0)
            guard version <= migrations.count else { throw IndexFailure.unreadable("version \(version)") }
            for (offset, step) in migrations.enumerated().dropFirst(version) {
                try connection.execute(step)
                try connection.query(
                    "INSERT INTO migrations VALUES ($1::int, now())",
                    [.integer(Int64(offset + 1))]
                )
            }
            try connection.execute("COMMIT")
        } catch {
            try? connection.execute("ROLLBACK")
            throw error
        }
    }

    static func rows(of gateway: Int16) -> String { "rows_\(gateway)" }

    /// The partition of a day.
    static func rows(of gateway: Int16, on day: CalendarDay) -> String {
        "rows_\(gateway)_\(day.description.filter { $0 != "-" })"
    }
}

extension PostgreSQLConnection {
    /// Runs a transaction: all of it, or nothing.
    func transaction<Result>(_ body: (PostgreSQLConnection) throws -> Result) throws -> Result {
        try self.execute("BEGIN")
        do {
            let result = try body(self)
            try self.execute("COMMIT")
            return result
        } catch {
            // A lost connection has rolled back by itself.
            try? self.execute("ROLLBACK")
            throw error
        }
    }
}
