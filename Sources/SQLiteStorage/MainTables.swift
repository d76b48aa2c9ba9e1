import DecisionLog
import Foundation
import GRDB

/// Reads and writes the tables of `main.sqlite`.
enum MainTables {
    /// How far the index has come.
    struct Progress: Hashable {
        /// The place of the first entry that is not indexed.
        var next: UInt64
        /// Below this place everything is in stored roll-ups.
        var counted: Int64
    }

    static func progress(_ db: Database) throws -> Progress {
        guard let row = try Row.fetchOne(db, sql: "SELECT next, counted FROM progress") else {
            throw IndexFailure.unreadable("progress")
        }
        return Progress(next: UInt64(row[0] as Int64), counted: row[1])
    }

    static func store(_ progress: Progress, _ db: Database) throws {
        try db.execute(
            sql: "UPDATE progress SET next = ?, counted = ?",
            arguments: [Int64(progress.next), progress.counted]
        )
    }

    static func words(_ db: Database) throws -> IndexNews {
        var news = IndexNews()
        let columns = VerdictFields.columns.map { VerdictFields.integers.contains($0) ? "CAST(\($0) AS TEXT)" : $0 }
        for row in try Row.fetchAll(db, sql: "SELECT \(columns.joined(separator: ", ")) FROM verdicts ORDER BY id") {
            news.verdicts.append(try VerdictFields.verdict(columns.indices.map { row[$0] }))
        }
        for row in try Row.fetchAll(db, sql: "SELECT * FROM persons ORDER BY id") {
            news.persons.append(
                RecordedPerson(
                    id: row["stable"],
                    name: row["name"],
                    clearance: row["clearance"],
                    authentication: row["authentication"]
                )
            )
        }
        news.flips = try String.fetchAll(db, sql: "SELECT label FROM flips ORDER BY id")
        news.revisions = try String.fetchAll(db, sql: "SELECT revision FROM revisions ORDER BY id")
        return news
    }

    /// Writes new words under the numbers that follow those of `words`.
    static func store(_ news: IndexNews, after words: IndexWords, _ db: Database) throws {
        let marks = Array(repeating: "?", count: VerdictFields.columns.count + 1).joined(separator: ", ")
        for (offset, verdict) in news.verdicts.enumerated() {
            var arguments: StatementArguments = [words.verdicts.count + offset + 1]
            arguments += StatementArguments(VerdictFields.values(of: verdict))
            try db.execute(sql: "INSERT OR REPLACE INTO verdicts VALUES (\(marks))", arguments: arguments)
        }
        for (offset, person) in news.persons.enumerated() {
            try db.execute(
                sql: "INSERT OR REPLACE INTO persons VALUES (?, ?, ?, ?, ?)",
                arguments: [
                    words.persons.count + offset + 1, person.id, person.name, person.clearance, person.authentication,
                ]
            )
        }
        for (offset, flip) in news.flips.enumerated() {
            try db.execute(
                sql: "INSERT OR REPLACE INTO flips VALUES (?, ?)",
                arguments: [words.flips.count + offset + 1, flip]
            )
        }
        for (offset, revision) in news.revisions.enumerated() {
            try db.execute(
                sql: "INSERT OR REPLACE INTO revisions VALUES (?, ?)",
                arguments: [words.revisions.count + offset + 1, revision]
            )
        }
    }

    static func forget(_ persons: [Int32], _ db: Database) throws {
        for person in persons {
            try db.execute(
                sql: """
                    UPDATE persons SET stable = NULL, name = NULL, clearance = NULL, authentication = NULL WHERE id = ?
                    """,
                arguments: [person]
            )
        }
    }

    static func chunks(_ db: Database) throws -> IndexChunks {
        IndexChunks(
            try Row.fetchAll(db, sql: "SELECT * FROM chunks").map { row in
                IndexChunks.Chunk(
                    day: CalendarDay(daysSince1970: row["day"]),
                    first: row["first"],
                    last: row["last"],
                    earliest: row["earliest"],
                    latest: row["latest"],
                    isFinished: row["finished"]
                )
            }
        )
    }

    /// Writes the chunks that are not as they were.
    static func store(_ chunks: IndexChunks, before: IndexChunks, _ db: Database) throws {
        let known = Set(before.all)
        for chunk in chunks.all where !known.contains(chunk) {
            try db.execute(
                sql: "INSERT OR REPLACE INTO chunks VALUES (?, ?, ?, ?, ?, ?)",
                arguments: [
                    chunk.day.daysSince1970, chunk.first, chunk.last, chunk.earliest, chunk.latest, chunk.isFinished,
                ]
            )
        }
        let days = Set(chunks.all.map(\.day))
        for chunk in before.all where !days.contains(chunk.day) {
            try db.execute(sql: "DELETE FROM chunks WHERE day = ?", arguments: [chunk.day.daysSince1970])
        }
    }

    /// Adds a run of roll-ups to a day that is not over.
    static func store(_ run: RollupRun, of day: CalendarDay, _ db: Database) throws {
        try db.execute(
            sql: "INSERT INTO rollups (day, earliest, latest, keys, times) VALUES (?, ?, ?, ?, ?)",
            arguments: [day.daysSince1970, run.earliest, run.latest, Data(run.keys), Data(run.times)]
        )
    }

    /// Stores what a day that is over comes to; the small runs first, since SQLite reads a row from its beginning.
    static func store(_ rollups: DayRollups, of day: CalendarDay, _ db: Database) throws {
        let fine = rollups.fine
        try db.execute(
            sql: """
                INSERT INTO rollups
                    (day, earliest, latest, totals_keys, people_totals_keys, denials_keys, denials_times, people_keys,
                     keys, times)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                day.daysSince1970, fine.earliest, fine.latest, Data(rollups.totals.keys),
                Data(rollups.peopleTotals.keys), Data(rollups.denials.keys), Data(rollups.denials.times),
                Data(rollups.people.keys), Data(fine.keys), Data(fine.times),
            ]
        )
    }

    static func removeRollups(of day: CalendarDay, _ db: Database) throws {
        try db.execute(sql: "DELETE FROM rollups WHERE day = ?", arguments: [day.daysSince1970])
    }

    /// Everything that was counted of a day.
    static func rollups(of day: CalendarDay, _ db: Database) throws -> Rollups {
        var rollups = Rollups()
        let rows = try Row.fetchCursor(
            db,
            sql: "SELECT earliest, latest, keys, times FROM rollups WHERE day = ?",
            arguments: [day.daysSince1970]
        )
        while let row = try rows.next() {
            try RollupRun(earliest: row[0], latest: row[1], keys: Self.bytes(row[2]), times: Self.bytes(row[3]))
                .add(to: &rollups)
        }
        return rollups
    }

    /// Hands over each stored run that a question is about, and whether it counts as a whole.
    static func forEachRun(
        _ selection: RollupSelection,
        withTimes: Bool,
        _ db: Database,
        _ body: (RollupRun, _ isWhole: Bool) throws -> Void
    ) throws {
        let hours = selection.filter.hours
        let runs = try Row.fetchCursor(
            db,
            sql: """
                SELECT id, earliest, latest, totals_keys IS NOT NULL FROM rollups
                WHERE latest >= ? AND earliest <= ? ORDER BY id
                """,
            arguments: [hours.lowerBound, hours.upperBound]
        )
        while let found = try runs.next() {
            let (earliest, latest): (Int32, Int32) = (found[1], found[2])
            let isWhole = selection.takesCoarse(earliest, latest)
            let detail = found[3] ? selection.detail(earliest, latest, withTimes: withTimes) : .fine
            let prefix =
                switch detail {
                case .fine: ""
                case .people: "people_"
                case .peopleTotals: "people_totals_"
                case .totals: "totals_"
                case .denials: "denials_"
                }
            let columns = withTimes ? "\(prefix)keys, \(prefix)times" : "\(prefix)keys"
            guard
                let row = try Row.fetchOne(
                    db,
                    sql: "SELECT \(columns) FROM rollups WHERE id = ?",
                    arguments: [found[0] as Int64]
                )
            else { continue }
            let times = withTimes ? Self.bytes(row[1]) : []
            try body(RollupRun(earliest: earliest, latest: latest, keys: Self.bytes(row[0]), times: times), isWhole)
        }
    }

    private static func bytes(_ data: Data) -> [UInt8] { Array(data) }
}
