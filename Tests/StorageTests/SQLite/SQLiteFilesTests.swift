import DecisionLog
import Foundation
import SQLiteStorage
import Testing

@Suite("The index in SQLite files", .timeLimit(.minutes(20)))
struct SQLiteFilesTests {
    static func isThere(_ name: String, in folder: Folder) -> Bool {
        FileManager.default.fileExists(atPath: folder.path + "/" + name)
    }

    @Test("There is a file for each day, and retention removes it")
    func days() throws {
        let store = try Store(.sqlite)
        let index = try store.filled()
        #expect(Self.isThere("day-2026-11-23.sqlite", in: store.folder))
        #expect(Self.isThere("day-2026-11-24.sqlite", in: store.folder))
        _ = try index.removeDays(before: SampleEntries.midnight.day)
        #expect(!Self.isThere("day-2026-11-23.sqlite", in: store.folder))
        #expect(!Self.isThere("day-2026-11-23.sqlite-wal", in: store.folder))
        #expect(Self.isThere("day-2026-11-24.sqlite", in: store.folder))
    }

    @Test("When a power failure took rows and left the cursor, they are asked for again and counted once")
    func powerFailure() async throws {
        let whole = try await BrokenOffTests.content(try Store(.sqlite).filled(count: 180))
        let store = try Store(.sqlite)
        let aside = Folder()
        _ = try store.filled(count: 110)
        try FileManager.default.copyItem(atPath: store.folder.path, toPath: aside.path)
        // An hour is over at 120, so roll-ups are stored that count rows which are lost then.
        _ = try store.filled(count: 130)
        for name in try FileManager.default.contentsOfDirectory(atPath: store.folder.path) where name.hasPrefix("day-")
        {
            try FileManager.default.removeItem(atPath: store.folder.path + "/" + name)
        }
        for name in try FileManager.default.contentsOfDirectory(atPath: aside.path) where name.hasPrefix("day-") {
            try FileManager.default.copyItem(
                atPath: aside.path + "/" + name,
                toPath: store.folder.path + "/" + name
            )
        }
        #expect(try store.open().nextIndex() == 110)
        let found = try await BrokenOffTests.content(try store.filled(count: 180))
        BrokenOffTests.expectEqual(found, whole, "after the power failure")
    }

    @Test("An index of another version is made anew")
    func otherVersion() async throws {
        let store = try Store(.sqlite)
        _ = try store.filled()
        let main = store.folder.path + "/main.sqlite"
        try PostgreSQLServer.run([
            "python3", "-c",
            "import sqlite3; d = sqlite3.connect('\(main)'); d.execute('UPDATE progress SET version = 1'); d.commit()",
        ])
        let index = try store.open()
        #expect(try index.nextIndex() == 0)
        #expect(try await index.all().isEmpty)
        #expect(!Self.isThere("day-2026-11-23.sqlite", in: store.folder))
    }
}
