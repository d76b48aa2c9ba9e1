import DecisionLog
import GRDB

/// The tables of the index.
///
///     index/main.sqlite             what repeats, the roll-ups, the chunks, and how far the index has come
///     index/day-2026-11-23.sqlite   the decisions of a day, a few dozen bytes each
///
/// A row names its verdict and its person by number, because both repeat thousands of times; the whole record is in the
/// log. The open day has no secondary index: those cost more than all the rest, so they are made when the day is over.
enum IndexSchema {
    /// Changed whenever the tables change; the index is derived, so another version is made anew, never migrated.
    static let version = 4

    static func configuration() -> Configuration {
        var configuration = Configuration()
        configuration.maximumReaderCount = 4
        configuration.prepareDatabase { db in
            // The index is derived: a power failure may take its last transactions, never its consistency (that is WAL's
            // promise), and opening it compares the cursor with the rows that are there. So no sync for each batch.
            try db.execute(sql: "PRAGMA synchronous = NORMAL")
            // Who was erased must not be readable from free pages.
            try db.execute(sql: "PRAGMA secure_delete = ON")
        }
        return configuration
    }

    static func createMain(_ db: Database) throws {
        let verdictColumns = VerdictFields.columns.map { name in
            let type = VerdictFields.integers.contains(name) ? "INTEGER" : "TEXT"
            return "\(name) \(type)" + (VerdictFields.required.contains(name) ? " NOT NULL" : "")
        }
        try db.execute(
            sql: """
                CREATE TABLE progress (version INTEGER NOT NULL, next INTEGER NOT NULL, counted INTEGER NOT NULL);
                INSERT INTO progress VALUES (\(self.version), 0, 0);
                CREATE TABLE verdicts (id INTEGER PRIMARY KEY, \(verdictColumns.joined(separator: ", ")));
                CREATE TABLE persons (
                    id INTEGER PRIMARY KEY, stable TEXT, name TEXT, clearance TEXT, authentication TEXT
                );
                CREATE TABLE flips (id INTEGER PRIMARY KEY, label TEXT NOT NULL);
                CREATE TABLE revisions (id INTEGER PRIMARY KEY, revision TEXT NOT NULL);
                CREATE TABLE chunks (
                    day INTEGER PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL,
                    earliest INTEGER NOT NULL, latest INTEGER NOT NULL, finished INTEGER NOT NULL
                );
                CREATE TABLE rollups (
                    id INTEGER PRIMARY KEY, day INTEGER NOT NULL, earliest INTEGER NOT NULL, latest INTEGER NOT NULL,
                    totals_keys BLOB, people_totals_keys BLOB, denials_keys BLOB, denials_times BLOB, people_keys BLOB,
                    keys BLOB NOT NULL, times BLOB NOT NULL
                );
                CREATE INDEX rollups_by_day ON rollups (day);
                """
        )
    }

    static let tables = ["progress", "verdicts", "persons", "flips", "revisions", "chunks", "rollups"]

    static func createDay(_ db: Database) throws {
        guard try !db.tableExists("rows") else { return }
        try db.execute(
            sql: """
                CREATE TABLE rows (
                    place INTEGER PRIMARY KEY, time INTEGER NOT NULL, id_rest INTEGER NOT NULL, id_low INTEGER NOT NULL,
                    micros INTEGER NOT NULL, verdict INTEGER NOT NULL, person INTEGER NOT NULL, flip INTEGER NOT NULL,
                    revision INTEGER NOT NULL, count INTEGER NOT NULL, method INTEGER, path INTEGER, peer INTEGER
                );
                CREATE TABLE texts (id INTEGER PRIMARY KEY, text TEXT NOT NULL);
                CREATE TABLE marks (bucket INTEGER PRIMARY KEY, earliest INTEGER NOT NULL, latest INTEGER NOT NULL);
                """
        )
    }

    /// What makes a finished day quick to search.
    static func finishDay(_ db: Database) throws {
        // Sorting a day's numbers takes a hundred megabytes at most; in pieces on disk it would take several times as long.
        try db.execute(sql: "PRAGMA cache_size = -100000")
        defer { try? db.execute(sql: "PRAGMA cache_size = -2000") }
        try db.inSavepoint {
            try db.execute(
                sql: """
                    CREATE INDEX IF NOT EXISTS rows_by_verdict ON rows (verdict, place);
                    CREATE INDEX IF NOT EXISTS rows_by_person ON rows (person, place);
                    """
            )
            return .commit
        }
    }
}

extension IndexFailure {
    /// Runs database work and names its failure as the index's; SQLite's message, never a bound value.
    static func naming<Result>(_ body: () throws -> Result) throws(IndexFailure) -> Result {
        do {
            return try body()
        } catch {
            throw self.from(error)
        }
    }

    /// Runs database work that other work waits for, and names its failure as the index's.
    static func namingLater<Result: Sendable>(_ body: () async throws -> Result) async throws(IndexFailure) -> Result {
        do {
            return try await body()
        } catch {
            throw self.from(error)
        }
    }

    private static func from(_ error: any Error) -> IndexFailure {
        if let failure = error as? IndexFailure { return failure }
        if let failure = error as? DatabaseError {
            return .database("\(failure.resultCode.rawValue) \(failure.message ?? "")")
        }
        return .database("\(error)")
    }
}
