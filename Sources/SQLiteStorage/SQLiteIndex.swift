package import DecisionLog
import Foundation
import GRDB
import Synchronization

/// The index in SQLite files of its own folder: the default, for one gateway.
///
/// A batch goes in three steps, so that two files need no common transaction: first what is new among the words, then the
/// rows (written over when they are there already), last the place to go on from. Whatever stops in between, the same
/// batch comes again and counts once. Roll-ups are gathered in memory and stored now and then, with the place up to which
/// they count; what is beyond that place is counted from the rows.
package final class SQLiteIndex: DecisionIndex {
    /// What readers see; replaced as a whole after each batch.
    struct State: Sendable {
        var words = IndexWords()
        var chunks = IndexChunks()
        var progress = MainTables.Progress(next: 0, counted: 0)
        var days: [CalendarDay: DayFile] = [:]
        var main: DatabasePool
    }

    /// What the one writer has.
    struct Writer: Sendable {
        var numbering = IndexNumbering()
        /// What was counted and not stored yet, by the day that the rows lie in.
        var pending: [CalendarDay: Rollups] = [:]
        /// How many sums were stored last.
        var lastSums = 0
    }

    /// A step of a batch, for tests that break it off.
    package enum Step: Hashable, Sendable, CaseIterable {
        case wordsStored, rowsStored, progressStored, dayFinished, rollupsMerged
    }

    let folder: String
    let state: Mutex<State>
    let writer: Mutex<Writer>
    private let interruption: @Sendable (Step) throws -> Void

    /// How many days' files are kept open.
    private static let maximumOpenDays = 100
    /// After so many rows roll-ups are stored; until then counting reads the rows.
    private static let rowsPerRun = 65_536

    /// Opens the index in a folder, which is made when it is not there.
    ///
    /// An index of another version is removed and begun anew, since it is derived; what was lost in a power failure is asked
    /// for again.
    ///
    /// - Parameters:
    ///   - folder: The folder.
    ///   - interruption: Called after each step of a batch; what it throws breaks the batch off there.
    /// - Throws: ``IndexFailure`` when a file cannot be opened.
    package init(
        folder: String,
        interruption: @escaping @Sendable (Step) throws -> Void = { _ in }
    ) throws(IndexFailure) {
        self.folder = folder
        self.interruption = interruption
        let (state, writer) = try IndexFailure.naming { try Self.open(folder) }
        self.state = Mutex(state)
        self.writer = Mutex(writer)
    }

    package func nextIndex() throws(IndexFailure) -> UInt64 { self.state.withLock { $0.progress.next } }

    package func ingest(_ batch: [IndexedEntry], next: UInt64) throws(IndexFailure) {
        try self.writer.withLock { writer throws(IndexFailure) in
            try IndexFailure.naming { try self.write(batch, next: next, &writer) }
        }
    }

    private func write(_ batch: [IndexedEntry], next: UInt64, _ writer: inout Writer) throws {
        let (before, main) = self.state.withLock { (($0.chunks, $0.progress), $0.main) }
        let fresh = batch.drop { $0.index < before.1.next }
        let news = writer.numbering.news(in: fresh)
        if !news.isEmpty {
            let words = writer.numbering.words
            try main.write { try MainTables.store(news, after: words, $0) }
            try self.interruption(.wordsStored)
            writer.numbering.learn(news)
            self.state.withLock { $0.words = writer.numbering.words }
        }
        let rows = fresh.map { writer.numbering.row($0) }
        var chunks = before.0
        let runs = chunks.sort(rows)
        for run in runs { try self.file(of: run.day, isFinished: false).insert(rows[run.rows]) }
        try self.interruption(.rowsStored)
        var progress = MainTables.Progress(next: next, counted: before.1.counted)
        let stored = Self.isDue(writer.pending, with: rows.last) ? writer.pending : [:]
        if !stored.isEmpty { progress.counted = max(progress.counted, Int64(before.1.next)) }
        try main.write { [chunks, progress] db in
            for (day, rollups) in stored { try MainTables.store(RollupRun(rollups), of: day, db) }
            try MainTables.store(chunks, before: before.0, db)
            try MainTables.store(progress, db)
        }
        if !stored.isEmpty {
            writer.lastSums = stored.values.map(\.sums.count).max() ?? 0
            writer.pending = [:]
        }
        // What was counted before a power failure took the rows comes again, but is not counted again.
        let room = writer.lastSums
        for run in runs {
            for row in rows[run.rows] where row.place >= progress.counted {
                writer.pending[run.day, default: Rollups(reserving: room)].add(row)
            }
        }
        self.state.withLock { state in
            state.chunks = chunks
            state.progress = progress
        }
        try self.interruption(.progressStored)
        if !chunks.unfinished.isEmpty { try self.finishDays(&writer) }
    }

    /// Whether roll-ups should be stored before a row is added: an hour or a day is over, or they are many.
    private static func isDue(_ pending: [CalendarDay: Rollups], with row: NumberedRow?) -> Bool {
        guard let row, !pending.isEmpty else { return false }
        let hour = Int32(clamping: Timestamp(microseconds: row.time).hour)
        return pending.count > 1
            || pending.values.contains { $0.rows >= self.rowsPerRun || ($0.lastHour ?? hour) < hour }
    }

    /// Makes days that are over quick to search: indexes over their rows, and their roll-ups in one piece.
    private func finishDays(_ writer: inout Writer) throws {
        let main = self.state.withLock { $0.main }
        for chunk in self.state.withLock({ $0.chunks.unfinished }) {
            let day = chunk.day
            try self.file(of: day, isFinished: false).finish()
            try self.interruption(.dayFinished)
            let (pending, before) = (writer.pending[day], self.state.withLock { $0.chunks })
            let words = writer.numbering.words
            var (chunks, progress) = self.state.withLock { ($0.chunks, $0.progress) }
            chunks.finish(day)
            // Days are finished in order, so everything before the next day's first row is counted with this one.
            if let following = chunks.all.first(where: { $0.day > day }) {
                progress.counted = max(progress.counted, following.first)
            }
            try main.write { [chunks, progress] db in
                var rollups = try MainTables.rollups(of: day, db)
                for (key, sum) in pending?.sums ?? [:] { rollups.add(key, sum) }
                try MainTables.removeRollups(of: day, db)
                if !rollups.isEmpty {
                    try MainTables.store(DayRollups(rollups, words), of: day, db)
                }
                try MainTables.store(chunks, before: before, db)
                try MainTables.store(progress, db)
            }
            writer.pending[day] = nil
            self.state.withLock { state in
                state.chunks = chunks
                state.progress = progress
                // Opened again as what it is from now on; who reads it at this moment goes on with what they have.
                state.days[day] = nil
            }
            try? DayFile.settle(path: self.path(of: day))
            try self.interruption(.rollupsMerged)
        }
    }

    package func forget(person: String) throws(IndexFailure) {
        try self.writer.withLock { writer throws(IndexFailure) in
            try IndexFailure.naming {
                let numbers = writer.numbering.forget(person: person)
                let (chunks, main) = self.state.withLock { ($0.chunks, $0.main) }
                try main.write { try MainTables.forget(numbers, $0) }
                for chunk in chunks.all { try self.file(of: chunk.day, isFinished: chunk.isFinished).forget(numbers) }
                self.state.withLock { $0.words = writer.numbering.words }
            }
        }
    }

    package func removeDays(before day: CalendarDay) throws(IndexFailure) -> [CalendarDay] {
        try self.writer.withLock { writer throws(IndexFailure) in
            try IndexFailure.naming {
                let (before, main) = self.state.withLock { ($0.chunks, $0.main) }
                let gone = before.removable(before: day)
                var chunks = before
                for day in gone { chunks.remove(day) }
                try main.write { [chunks] db in
                    try MainTables.store(chunks, before: before, db)
                    for day in gone { try MainTables.removeRollups(of: day, db) }
                }
                self.state.withLock { $0.chunks = chunks }
                for day in gone {
                    writer.pending[day] = nil
                    self.state.withLock { $0.days[day] = nil }
                    try Self.remove(self.path(of: day))
                }
                return gone
            }
        }
    }

    package func reset() throws(IndexFailure) {
        try self.writer.withLock { writer throws(IndexFailure) in
            try IndexFailure.naming {
                let (days, main) = self.state.withLock { state in
                    defer { state.days = [:] }
                    return (state.chunks.all.map(\.day), state.main)
                }
                try main.write { db in
                    for table in IndexSchema.tables { try db.execute(sql: "DROP TABLE \(table)") }
                    try IndexSchema.createMain(db)
                }
                writer = Writer()
                self.state.withLock { $0 = State(main: main) }
                for day in days { try Self.remove(self.path(of: day)) }
            }
        }
    }

    /// A day's file, opened when it is not.
    func file(of day: CalendarDay, isFinished: Bool) throws -> DayFile {
        if let file = self.state.withLock({ $0.days[day] }) { return file }
        let file = try DayFile(day: day, path: self.path(of: day), isFinished: isFinished)
        return self.state.withLock { state in
            if let other = state.days[day] { return other }
            let open = state.chunks.all.last?.day
            if state.days.count >= Self.maximumOpenDays, let old = state.days.keys.filter({ $0 != open }).min() {
                state.days[old] = nil
            }
            state.days[day] = file
            return file
        }
    }

    private func path(of day: CalendarDay) -> String { Self.path(of: day, in: self.folder) }

    static func path(of day: CalendarDay, in folder: String) -> String { folder + "/day-\(day).sqlite" }

    static func remove(_ path: String) throws {
        for suffix in ["", "-wal", "-shm"] where FileManager.default.fileExists(atPath: path + suffix) {
            try FileManager.default.removeItem(atPath: path + suffix)
        }
    }
}
