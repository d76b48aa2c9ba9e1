import DecisionLog
import Foundation
import GRDB

/// How an index is opened, whatever happened before.
extension SQLiteIndex {
    static func open(_ folder: String) throws -> (State, Writer) {
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        var main = try DatabasePool(path: folder + "/main.sqlite", configuration: IndexSchema.configuration())
        if let version = try main.read({ try Self.version($0) }), version != IndexSchema.version {
            try main.close()
            for name in try FileManager.default.contentsOfDirectory(atPath: folder) where Self.isOurs(name) {
                try FileManager.default.removeItem(atPath: folder + "/" + name)
            }
            main = try DatabasePool(path: folder + "/main.sqlite", configuration: IndexSchema.configuration())
        }
        try main.write { db in if try !db.tableExists("progress") { try IndexSchema.createMain(db) } }
        var state = State(main: main)
        var writer = Writer()
        let news: IndexNews
        (news, state.chunks, state.progress) = try main.read { db in
            (try MainTables.words(db), try MainTables.chunks(db), try MainTables.progress(db))
        }
        writer.numbering.learn(news)
        state.words = writer.numbering.words
        try Self.compare(&state, with: folder)
        for chunk in state.chunks.all where chunk.last >= state.progress.counted {
            let file = try DayFile(
                day: chunk.day,
                path: Self.path(of: chunk.day, in: folder),
                isFinished: chunk.isFinished
            )
            let first = max(chunk.first, state.progress.counted)
            writer.pending[chunk.day] = try file.rollups(from: first, to: chunk.last)
            state.days[chunk.day] = file
        }
        return (state, writer)
    }

    private static func version(_ db: Database) throws -> Int? {
        guard try db.tableExists("progress") else { return nil }
        return try Int.fetchOne(db, sql: "SELECT version FROM progress")
    }

    private static func isOurs(_ name: String) -> Bool {
        (name.hasPrefix("main.sqlite") || name.hasPrefix("day-")) && name.contains(".sqlite")
    }

    /// Goes back to the last row that is there: without a sync for each batch, a power failure may have taken the last ones
    /// of a day's file and left the cursor in the other.
    private static func compare(_ state: inout State, with folder: String) throws {
        let before = state.chunks
        var chunks = before.all
        while let last = chunks.last, !last.isFinished {
            let file = try DayFile(day: last.day, path: self.path(of: last.day, in: folder), isFinished: false)
            let found = try file.lastPlace().flatMap { $0 < last.first ? nil : $0 }
            if let found, found >= last.last { break }
            state.progress.next = UInt64(found.map { $0 + 1 } ?? last.first)
            chunks.removeLast()
            if let found {
                var shorter = last
                shorter.last = found
                chunks.append(shorter)
                break
            }
        }
        guard chunks != before.all else { return }
        state.chunks = IndexChunks(chunks)
        try state.main.write { [state] db in
            try MainTables.store(state.chunks, before: before, db)
            try MainTables.store(state.progress, db)
        }
    }
}
