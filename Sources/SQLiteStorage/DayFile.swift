import DecisionLog
import GRDB
import GRDBSQLite
import Synchronization

/// The decisions of one day.
///
/// The open day is written while others read it, in WAL mode. A day that is over is one plain file: it opens in a moment, and
/// months of them can be open at once.
final class DayFile: Sendable {
    let day: CalendarDay
    let database: any DatabaseWriter
    /// Texts of this day by number; a text that was forgotten here gets a second number, which does no harm.
    private let texts = Mutex<[String: Int64]>([:])

    /// How many texts are remembered at once.
    private static let maximumTexts = 50_000
    /// How many places of the log share a mark, which says what moments occur among them.
    static let bucket: Int64 = 4096

    init(day: CalendarDay, path: String, isFinished: Bool) throws {
        self.day = day
        if isFinished {
            self.database = try DatabaseQueue(path: path, configuration: IndexSchema.configuration())
        } else {
            self.database = try DatabasePool(path: path, configuration: IndexSchema.configuration())
            try self.database.write { try IndexSchema.createDay($0) }
        }
    }

    /// Puts in rows; those that are there already are written over with the same.
    func insert(_ rows: ArraySlice<NumberedRow>) throws {
        try self.database.write { db in
            let insert = try db.cachedStatement(
                sql: "INSERT OR REPLACE INTO rows VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            )
            let newText = try db.cachedStatement(sql: "INSERT INTO texts (text) VALUES (?)")
            var marks = Marks()
            try self.texts.withLock { texts in
                if texts.count > Self.maximumTexts { texts.removeAll() }
                func number(_ text: String?) throws -> Int64? {
                    guard let text else { return nil }
                    if let number = texts[text] { return number }
                    try newText.execute(arguments: [text])
                    texts[text] = db.lastInsertedRowID
                    return db.lastInsertedRowID
                }
                do {
                    for row in rows {
                        let texts = (try number(row.method), try number(row.path), try number(row.peer))
                        try Self.insert(row, texts, insert)
                        marks.note(row)
                    }
                } catch {
                    // The numbers go with the transaction.
                    texts.removeAll()
                    throw error
                }
            }
            try marks.store(db)
        }
    }

    /// Binds and runs by SQLite's own calls: a dozen boxed values for each row would cost more than the row.
    private static func insert(_ row: NumberedRow, _ texts: (Int64?, Int64?, Int64?), _ statement: Statement) throws {
        let handle = unsafe statement.sqliteStatement
        unsafe sqlite3_bind_int64(handle, 1, row.place)
        unsafe sqlite3_bind_int64(handle, 2, row.time)
        unsafe sqlite3_bind_int64(handle, 3, row.idRest)
        unsafe sqlite3_bind_int64(handle, 4, Int64(bitPattern: row.id.low))
        unsafe sqlite3_bind_int64(handle, 5, Int64(row.micros))
        unsafe sqlite3_bind_int64(handle, 6, Int64(row.verdict))
        unsafe sqlite3_bind_int64(handle, 7, Int64(row.person))
        unsafe sqlite3_bind_int64(handle, 8, Int64(row.flip))
        unsafe sqlite3_bind_int64(handle, 9, Int64(row.revision))
        unsafe sqlite3_bind_int64(handle, 10, row.count)
        for (column, text) in [(Int32(11), texts.0), (12, texts.1), (13, texts.2)] {
            if let text {
                unsafe sqlite3_bind_int64(handle, column, text)
            } else {
                unsafe sqlite3_bind_null(handle, column)
            }
        }
        let code = unsafe sqlite3_step(handle)
        unsafe sqlite3_reset(handle)
        guard code == SQLITE_DONE else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
    }

    /// Makes the indexes that an open day does without.
    func finish() throws { try self.database.writeWithoutTransaction { try IndexSchema.finishDay($0) } }

    /// Leaves WAL mode; nobody else has the file open.
    static func settle(path: String) throws {
        let queue = try DatabaseQueue(path: path, configuration: IndexSchema.configuration())
        try queue.writeWithoutTransaction { db in _ = try String.fetchOne(db, sql: "PRAGMA journal_mode = DELETE") }
        try queue.close()
    }

    /// The place of the last row; `nil` when there is none.
    func lastPlace() throws -> Int64? {
        try self.database.read { try Int64.fetchOne($0, sql: "SELECT max(place) FROM rows") }
    }

    /// Counts the rows between two places, both included.
    func rollups(from first: Int64, to last: Int64) throws -> Rollups {
        try self.database.read { try Self.rollups(from: first, to: last, $0) }
    }

    static func rollups(from first: Int64, to last: Int64, _ db: Database) throws -> Rollups {
        var rollups = Rollups()
        guard first <= last else { return rollups }
        let statement = try db.cachedStatement(
            sql: """
                SELECT place, time, verdict, person, flip, revision, count FROM rows WHERE place BETWEEN ? AND ?
                ORDER BY place
                """
        )
        let handle = unsafe statement.sqliteStatement
        unsafe sqlite3_bind_int64(handle, 1, first)
        unsafe sqlite3_bind_int64(handle, 2, last)
        defer { unsafe sqlite3_reset(handle) }
        while true {
            let code = unsafe sqlite3_step(handle)
            if code == SQLITE_DONE { return rollups }
            guard code == SQLITE_ROW else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
            func number(_ column: Int32) -> Int64 { unsafe sqlite3_column_int64(handle, column) }
            rollups.add(
                NumberedRow(
                    place: number(0),
                    time: number(1),
                    id: DecisionID(high: 0, low: 0),
                    micros: 0,
                    verdict: Int32(truncatingIfNeeded: number(2)),
                    person: Int32(truncatingIfNeeded: number(3)),
                    flip: Int32(truncatingIfNeeded: number(4)),
                    revision: Int32(truncatingIfNeeded: number(5)),
                    count: number(6),
                    method: nil,
                    path: nil,
                    peer: nil
                )
            )
        }
    }

    /// Blanks what was said about persons beside their number.
    func forget(_ persons: [Int32]) throws {
        try self.database.write { db in
            for person in persons {
                try db.execute(sql: "UPDATE rows SET path = NULL, peer = NULL WHERE person = ?", arguments: [person])
            }
        }
    }
}

/// Which moments occur among a few thousand neighbouring rows: a search by time reads only where it must.
///
/// Rows are nearly in the order of time already, so this does for a hundredth of a byte a row what an index on time would
/// do for fifteen.
private struct Marks {
    private var ranges: [Int64: (earliest: Int64, latest: Int64)] = [:]

    mutating func note(_ row: NumberedRow) {
        let known = self.ranges[row.place / DayFile.bucket] ?? (row.time, row.time)
        self.ranges[row.place / DayFile.bucket] = (min(known.earliest, row.time), max(known.latest, row.time))
    }

    func store(_ db: Database) throws {
        for (bucket, range) in self.ranges {
            try db.execute(
                sql: """
                    INSERT INTO marks VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET
                        earliest = min(earliest, excluded.earliest), latest = max(latest, excluded.latest)
                    """,
                arguments: [bucket, range.earliest, range.latest]
            )
        }
    }
}

extension NumberedRow {
    /// The id's first half less the time that stands beside it: sixteen bits, mostly.
    var idRest: Int64 { Int64(bitPattern: self.id.high) &- (self.time / 1000) << 16 }

    /// The id of a stored row.
    static func id(time: Int64, rest: Int64, low: Int64) -> DecisionID {
        DecisionID(high: UInt64(bitPattern: rest &+ (time / 1000) << 16), low: UInt64(bitPattern: low))
    }

    /// Reads a row of a day's file.
    init(_ row: Row) {
        let time: Int64 = row["time"]
        self.init(
            place: row["place"],
            time: time,
            id: Self.id(time: time, rest: row["id_rest"], low: row["id_low"]),
            micros: Int32(truncatingIfNeeded: row["micros"] as Int64),
            verdict: row["verdict"],
            person: row["person"],
            flip: row["flip"],
            revision: row["revision"],
            count: row["count"],
            method: row["method_text"],
            path: row["path_text"],
            peer: row["peer_text"]
        )
    }
}
