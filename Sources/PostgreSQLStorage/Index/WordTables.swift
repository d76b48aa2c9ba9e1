import DecisionLog

/// Reads and adds to the words that all gateways share.
enum WordTables {
    /// How many words of each kind there are, and how often somebody was forgotten.
    struct Extent: Hashable, Sendable {
        var verdicts: Int64 = 0
        var persons: Int64 = 0
        var flips: Int64 = 0
        var revisions: Int64 = 0
        var forgotten: Int64 = 0

        init() {}

        init(_ words: IndexWords, forgotten: Int64) {
            self.verdicts = Int64(words.verdicts.count)
            self.persons = Int64(words.persons.count)
            self.flips = Int64(words.flips.count)
            self.revisions = Int64(words.revisions.count)
            self.forgotten = forgotten
        }
    }

    static func extent(_ connection: PostgreSQLConnection) throws -> Extent {
        guard
            let row = try connection.query("SELECT verdicts, persons, flips, revisions, forgotten FROM words").first
        else { throw IndexFailure.unreadable("words") }
        var extent = Extent()
        extent.verdicts = try row.integer(0)
        extent.persons = try row.integer(1)
        extent.flips = try row.integer(2)
        extent.revisions = try row.integer(3)
        extent.forgotten = try row.integer(4)
        return extent
    }

    /// How often somebody was forgotten; nobody else is until the transaction ends.
    static func heldForgotten(_ connection: PostgreSQLConnection) throws -> Int64 {
        guard let row = try connection.query("SELECT forgotten FROM words FOR SHARE").first else {
            throw IndexFailure.unreadable("words")
        }
        return try row.integer(0)
    }

    /// The words beyond those that are known.
    static func news(beyond known: Extent, _ connection: PostgreSQLConnection) throws -> IndexNews {
        var news = IndexNews()
        let columns = VerdictFields.columns.map { VerdictFields.integers.contains($0) ? "\($0)::text" : $0 }
        let verdicts = try connection.query(
            "SELECT \(columns.joined(separator: ", ")) FROM verdicts WHERE number > $1::int ORDER BY number",
            [.integer(known.verdicts)]
        )
        news.verdicts = try verdicts.map { row in try VerdictFields.verdict(columns.indices.map { row.text($0) }) }
        news.persons = try connection.query(
            "SELECT stable, name, clearance, authentication FROM persons WHERE number > $1::int ORDER BY number",
            [.integer(known.persons)]
        ).map { row in
            RecordedPerson(id: row.text(0), name: row.text(1), clearance: row.text(2), authentication: row.text(3))
        }
        news.flips = try connection.query(
            "SELECT label FROM flips WHERE number > $1::int ORDER BY number",
            [.integer(known.flips)]
        ).map { $0.text(0) ?? "" }
        news.revisions = try connection.query(
            "SELECT revision FROM revisions WHERE number > $1::int ORDER BY number",
            [.integer(known.revisions)]
        ).map { $0.text(0) ?? "" }
        return news
    }

    /// Writes new words under the numbers that follow those of `words`; the word lock is held.
    static func store(_ news: IndexNews, after words: IndexWords, _ connection: PostgreSQLConnection) throws {
        let marks = (1...VerdictFields.columns.count + 1).map { "$\($0)" }.joined(separator: ", ")
        for (offset, verdict) in news.verdicts.enumerated() {
            let values = VerdictFields.values(of: verdict).map { PostgreSQLParameter($0) }
            try connection.query(
                "INSERT INTO verdicts VALUES (\(marks))",
                [.integer(Int64(words.verdicts.count + offset + 1))] + values
            )
        }
        for (offset, person) in news.persons.enumerated() {
            try connection.query(
                "INSERT INTO persons VALUES ($1, $2, $3, $4, $5)",
                [
                    .integer(Int64(words.persons.count + offset + 1)), PostgreSQLParameter(person.id),
                    PostgreSQLParameter(person.name), PostgreSQLParameter(person.clearance),
                    PostgreSQLParameter(person.authentication),
                ]
            )
        }
        for (offset, flip) in news.flips.enumerated() {
            try connection.query(
                "INSERT INTO flips VALUES ($1, $2)",
                [.integer(Int64(words.flips.count + offset + 1)), PostgreSQLParameter(flip)]
            )
        }
        for (offset, revision) in news.revisions.enumerated() {
            try connection.query(
                "INSERT INTO revisions VALUES ($1, $2)",
                [.integer(Int64(words.revisions.count + offset + 1)), PostgreSQLParameter(revision)]
            )
        }
        try connection.query(
            """
            UPDATE words SET verdicts = verdicts + $1::int, persons = persons + $2::int, flips = flips + $3::int,
                revisions = revisions + $4::int
            """,
            [news.verdicts.count, news.persons.count, news.flips.count, news.revisions.count].map {
                .integer(Int64($0))
            }
        )
    }

    /// Waits until nobody else adds words; lasts until the transaction ends.
    static func lock(_ connection: PostgreSQLConnection) throws {
        try connection.query(
            "SELECT pg_advisory_xact_lock(\(PostgreSQLSchema.lockSpace), \(PostgreSQLSchema.wordLock))"
        )
    }
}
