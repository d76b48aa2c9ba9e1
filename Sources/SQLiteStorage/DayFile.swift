import DecisionLog
import GRDB
import GRDBSQLite
import Synchronization

/// The decisions of one day.
///
/// Days are cut by place in the log, not by each record's own clock: a record that comes late goes to the day that is
/// open, so that days are whole runs of the log, and a page never has to go back.
final class DayFile: Sendable {
    let day: CalendarDay
    let pool: DatabasePool
    /// Texts of this day by number; a text that was forgotten here gets a second number, which does no harm.
    private let texts = Mutex<[String: Int64]>([:])

    /// How many texts are remembered at once.
    private static let maximumTexts = 50_000

    init(day: CalendarDay, path: String) throws {
        self.day = day
        self.pool = try DatabasePool(path: path, configuration: IndexSchema.configuration())
        try self.pool.write { try IndexSchema.createDay($0) }
    }

    /// Puts in rows; those that are there already are written over with the same.
    func insert(_ rows: [NumberedRow]) throws {
        try self.pool.write { db in
            let insert = try db.cachedStatement(
                sql: "INSERT OR REPLACE INTO rows VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            )
            let newText = try db.cachedStatement(sql: "INSERT INTO texts (text) VALUES (?)")
            try self.texts.withLock { texts in
                if texts.count > Self.maximumTexts { texts.removeAll() }
                func number(_ text: String?) throws -> Int64? {
                    guard let text else { return nil }
                    if let number = texts[text] { return number }
                    try newText.execute(arguments: [text])
                    texts[text] = db.lastInsertedRowID
                    return db.lastInsertedRowID
                }
                for row in rows {
                    let texts = (try number(row.method), try number(row.path), try number(row.peer))
                    try Self.insert(row, texts, insert)
                }
            }
        }
    }

    /// Binds and runs by SQLite's own calls: a dozen boxed values for each row would cost more than the row.
    private static func insert(_ row: NumberedRow, _ texts: (Int64?, Int64?, Int64?), _ statement: Statement) throws {
        let handle = unsafe statement.sqliteStatement
        unsafe sqlite3_bind_int64(handle, 1, row.place)
        unsafe sqlite3_bind_int64(handle, 2, row.time)
        unsafe sqlite3_bind_int64(handle, 3, row.idRest)
        unsafe sqlite3_bind_int64(handle, 4, row.idLow)
        unsafe sqlite3_bind_int64(handle, 5, row.micros)
        unsafe sqlite3_bind_int64(handle, 6, row.verdict)
        unsafe sqlite3_bind_int64(handle, 7, row.person)
        unsafe sqlite3_bind_int64(handle, 8, row.flip)
        unsafe sqlite3_bind_int64(handle, 9, row.count)
        for (column, text) in [(Int32(10), texts.0), (11, texts.1), (12, texts.2)] {
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
    func finish() throws { try self.pool.write { try IndexSchema.finishDay($0) } }

    /// Blanks what was said about persons beside their number.
    func forget(_ persons: [Int64]) throws {
        try self.pool.write { db in
            for person in persons {
                try db.execute(sql: "UPDATE rows SET path = NULL, peer = NULL WHERE person = ?", arguments: [person])
            }
        }
    }
}

/// A decision on its way into a day's file, with its verdict, person and flip by number.
struct NumberedRow {
    var place: Int64
    var time: Int64
    var id: DecisionID
    var micros: Int64
    var verdict: Int64
    var person: Int64
    var flip: Int64
    var count: Int64
    var method: String?
    var path: String?
    var peer: String?

    /// The id's first half less the time that stands beside it: sixteen bits, mostly.
    var idRest: Int64 { Int64(bitPattern: self.id.high) &- (self.time / 1000) << 16 }

    var idLow: Int64 { Int64(bitPattern: self.id.low) }

    /// The id of a stored row.
    static func id(time: Int64, rest: Int64, low: Int64) -> DecisionID {
        DecisionID(high: UInt64(bitPattern: rest &+ (time / 1000) << 16), low: UInt64(bitPattern: low))
    }
}
