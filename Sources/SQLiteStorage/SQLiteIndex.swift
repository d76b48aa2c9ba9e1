package import DecisionLog
import Foundation
import GRDB
import Synchronization

/// The index in SQLite files of its own folder: the default, for one gateway.
///
/// A batch goes in three steps, so that two files need no common transaction: first what is new in the vocabulary, then
/// the rows (written over when they are there already), last roll-ups and the place to go on from, together. Whatever
/// stops in between, the same batch comes again and counts once.
package final class SQLiteIndex: DecisionIndex {
    private struct State: Sendable {
        var words = Vocabulary()
        var chunks = Chunks()
        var days: [CalendarDay: DayFile] = [:]
        var next: UInt64 = 0
        var main: DatabasePool
    }

    private let folder: String
    private let state: Mutex<State>
    /// Held while something is written, so that there is one writer.
    private let writing = Mutex<Void>(())

    /// How many days' files are kept open.
    private static let maximumOpenDays = 8

    /// Opens the index in a folder, which is made when it is not there.
    ///
    /// - Throws: ``IndexFailure/unreadable(_:)`` for an index of another version: remove it, it is made anew.
    package init(folder: String) throws(IndexFailure) {
        self.folder = folder
        self.state = Mutex(try IndexFailure.naming { try Self.open(folder) })
    }

    private static func open(_ folder: String) throws -> State {
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        let main = try DatabasePool(path: folder + "/main.sqlite", configuration: IndexSchema.configuration())
        try main.write { try IndexSchema.createMain($0) }
        return try main.read { db in
            let version = try Int.fetchOne(db, sql: "SELECT version FROM progress")
            guard version == IndexSchema.version else {
                throw IndexFailure.unreadable("version \(version.map(String.init) ?? "none")")
            }
            let next = try Int64.fetchOne(db, sql: "SELECT next FROM progress") ?? 0
            return State(words: try Vocabulary(db), chunks: try Chunks(db), next: UInt64(next), main: main)
        }
    }

    package func nextIndex() throws(IndexFailure) -> UInt64 { self.state.withLock { $0.next } }

    package func ingest(_ batch: [IndexedEntry], next: UInt64) throws(IndexFailure) {
        try self.writing.withLock { _ throws(IndexFailure) in
            try IndexFailure.naming { try self.write(batch, next: next) }
        }
    }

    private func write(_ batch: [IndexedEntry], next: UInt64) throws {
        var (words, chunks) = self.state.withLock { ($0.words, $0.chunks) }
        let (done, main) = self.state.withLock { ($0.next, $0.main) }
        var days: [CalendarDay: [NumberedRow]] = [:]
        var rollups = Rollups()
        let openBefore = chunks.all.last?.day
        for entry in batch where entry.index >= done {
            let row = NumberedRow(entry, &words)
            let day = chunks.day(for: row)
            chunks.note(row, in: day)
            days[day, default: []].append(row)
            rollups.add(row)
        }
        if words.hasNews { try main.write { try words.store($0) } }
        for (day, rows) in days { try self.file(of: day).insert(rows) }
        try main.write { [chunks, rollups] db in
            try rollups.store(db)
            try chunks.store(db)
            try db.execute(sql: "UPDATE progress SET next = ?", arguments: [Int64(next)])
        }
        self.state.withLock { state in
            state.words = words
            state.chunks = chunks
            state.next = next
        }
        if let openBefore, let open = chunks.all.last?.day, open != openBefore {
            try self.file(of: openBefore).finish()
        }
    }

    package func page(
        _ query: DecisionQuery,
        order: QueryOrder,
        after: QueryCursor?,
        limit: Int
    ) async throws(IndexFailure) -> DecisionPage {
        let (words, chunks, next) = self.state.withLock { ($0.words, $0.chunks, $0.next) }
        let filter = RowFilter(query, words)
        var page = DecisionPage(rows: [], next: nil, indexedThrough: next)
        guard !filter.isEmpty, limit > 0 else { return page }
        let ordered = order == .newestFirst ? chunks.all.reversed() : chunks.all
        for chunk in ordered where filter.concerns(chunk) {
            if let after, order == .newestFirst ? chunk.first >= Int64(after.index) : chunk.last <= Int64(after.index) {
                continue
            }
            // One more than asked for tells whether there is a next page.
            let wanted = limit + 1 - page.rows.count
            page.rows += try await self.rows(in: chunk.day, filter, order, after, wanted, words)
            if page.rows.count > limit { break }
        }
        if page.rows.count > limit {
            page.rows.removeLast(page.rows.count - limit)
            page.next = page.rows.last.map { QueryCursor(index: $0.index) }
        }
        return page
    }

    private func rows(
        in day: CalendarDay,
        _ filter: RowFilter,
        _ order: QueryOrder,
        _ after: QueryCursor?,
        _ limit: Int,
        _ words: Vocabulary
    ) async throws(IndexFailure) -> [DecisionRow] {
        var (sql, arguments) = filter.condition
        if let after {
            sql += order == .newestFirst ? " AND place < ?" : " AND place > ?"
            arguments += [Int64(after.index)]
        }
        sql += order == .newestFirst ? " ORDER BY place DESC LIMIT ?" : " ORDER BY place LIMIT ?"
        arguments += [limit]
        return try await self.select(day, sql, arguments, words)
    }

    package func find(_ id: DecisionID) async throws(IndexFailure) -> DecisionRow? {
        let (words, chunks) = self.state.withLock { ($0.words, $0.chunks) }
        // The id says when it was made, to the millisecond.
        let time = id.time.microseconds
        for chunk in chunks.all.reversed() where chunk.earliest < time + 1000 && chunk.latest >= time {
            let found = try await self.select(
                chunk.day,
                "time >= ? AND time < ? AND id_low = ?",
                [time, time + 1000, Int64(bitPattern: id.low)],
                words
            )
            if let row = found.first(where: { $0.id == id }) { return row }
        }
        return nil
    }

    private func select(
        _ day: CalendarDay,
        _ condition: String,
        _ arguments: StatementArguments,
        _ words: Vocabulary
    ) async throws(IndexFailure) -> [DecisionRow] {
        let sql = """
            SELECT *, (SELECT text FROM texts WHERE id = method) AS method_text,
                (SELECT text FROM texts WHERE id = path) AS path_text,
                (SELECT text FROM texts WHERE id = peer) AS peer_text
            FROM rows WHERE \(condition)
            """
        return try await IndexFailure.namingLater {
            try await self.file(of: day).pool.read { db in
                try Row.fetchAll(db, sql: sql, arguments: arguments).map { try DecisionRow($0, words) }
            }
        }
    }

    package func counts(
        _ query: DecisionQuery,
        by grouping: [CountGrouping],
        limit: Int
    ) async throws(IndexFailure) -> [DecisionCount] {
        let (words, main) = self.state.withLock { ($0.words, $0.main) }
        let filter = RowFilter(query, words)
        guard !filter.isEmpty else { return [] }
        var tally = Tally(grouping, words)
        let rows = try await IndexFailure.namingLater { [tally] in try await main.read { try tally.rows(filter, $0) } }
        for row in rows { tally.add(row) }
        return tally.counts(limit: limit)
    }

    package func labelDenials(since: Timestamp, until: Timestamp) async throws(IndexFailure) -> [LabelDenials] {
        let (words, main) = self.state.withLock { ($0.words, $0.main) }
        let query = DecisionQuery(
            since: since,
            until: until,
            decision: .deny,
            causes: .label,
            causesAlone: true,
            mode: .enforce
        )
        let filter = RowFilter(query, words)
        guard !filter.isEmpty else { return [] }
        var denials = LabelDenialTally(words)
        let rows = try await IndexFailure.namingLater { [denials] in
            try await main.read { try denials.rows(filter, $0) }
        }
        for row in rows { denials.add(row) }
        return denials.all
    }

    package func forget(person: String) throws(IndexFailure) {
        try self.writing.withLock { _ throws(IndexFailure) in
            try IndexFailure.naming {
                var words = self.state.withLock { $0.words }
                let (chunks, main) = self.state.withLock { ($0.chunks, $0.main) }
                let numbers = words.forget(person: person)
                try main.write { db in
                    for number in numbers {
                        try db.execute(
                            sql: """
                                UPDATE persons SET stable = NULL, name = NULL, clearance = NULL, authentication = NULL
                                WHERE id = ?
                                """,
                            arguments: [number]
                        )
                    }
                }
                for chunk in chunks.all { try self.file(of: chunk.day).forget(numbers) }
                self.state.withLock { $0.words = words }
            }
        }
    }

    package func removeDays(before day: CalendarDay) throws(IndexFailure) -> [CalendarDay] {
        try self.writing.withLock { _ throws(IndexFailure) in
            try IndexFailure.naming {
                var chunks = self.state.withLock { $0.chunks }
                let main = self.state.withLock { $0.main }
                let gone = chunks.all.filter { $0.day < day && $0.latest < day.start.microseconds }.map(\.day)
                for day in gone { chunks.remove(day) }
                try main.write { [chunks] db in
                    try chunks.store(db)
                    try db.execute(sql: "DELETE FROM rollups WHERE hour < ?", arguments: [day.start.hour])
                }
                for day in gone {
                    self.state.withLock { state in
                        state.chunks = chunks
                        state.days[day] = nil
                    }
                    try self.remove(self.path(of: day))
                }
                return gone
            }
        }
    }

    package func reset() throws(IndexFailure) {
        try self.writing.withLock { _ throws(IndexFailure) in
            try IndexFailure.naming {
                let days = self.state.withLock { $0.chunks.all.map(\.day) }
                for day in days {
                    self.state.withLock { $0.days[day] = nil }
                    try self.remove(self.path(of: day))
                }
                let main = self.state.withLock { $0.main }
                try main.write { db in
                    for table in ["progress", "verdicts", "persons", "flips", "chunks", "rollups"] {
                        try db.execute(sql: "DROP TABLE \(table)")
                    }
                    try IndexSchema.createMain(db)
                }
                self.state.withLock { state in
                    state.words = Vocabulary()
                    state.chunks = Chunks()
                    state.days = [:]
                    state.next = 0
                }
            }
        }
    }

    /// A day's file, opened when it is not.
    private func file(of day: CalendarDay) throws -> DayFile {
        if let file = self.state.withLock({ $0.days[day] }) { return file }
        let file = try DayFile(day: day, path: self.path(of: day))
        return self.state.withLock { state in
            if let other = state.days[day] { return other }
            let open = state.chunks.all.last?.day
            if state.days.count >= Self.maximumOpenDays, let old = state.days.keys.first(where: { $0 != open }) {
                state.days[old] = nil
            }
            state.days[day] = file
            return file
        }
    }

    private func path(of day: CalendarDay) -> String { self.folder + "/day-\(day).sqlite" }

    private func remove(_ path: String) throws {
        for suffix in ["", "-wal", "-shm"] where FileManager.default.fileExists(atPath: path + suffix) {
            try FileManager.default.removeItem(atPath: path + suffix)
        }
    }
}
