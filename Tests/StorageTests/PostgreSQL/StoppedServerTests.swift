import DecisionLog
import Foundation
import PostgreSQLStorage
import Testing
import TransparencyLog

@Suite(
    "PostgreSQL stopped under load",
    .enabled(if: PostgreSQLServer.isInstalled, Comment(rawValue: PostgreSQLServer.missing)),
    .timeLimit(.minutes(20))
)
struct StoppedServerTests {
    /// As many records as a gateway with twenty requests a second writes in an hour; an hour itself is not waited for.
    static let recordsWhileAway = 72_000

    @Test(
        "Requests go on, the journal holds, the index catches up, and counts agree to the record",
        arguments: ["fast", "immediate"]
    )
    func stopped(mode: String) async throws {
        let server = try PostgreSQLServer(settings: "")
        let index = PostgreSQLIndex(server.configuration("postgres"), gateway: "plant-1", log: "key")
        let folder = Folder()
        _ = try LogKeys.create(origin: "stile.test", in: FolderStore(root: folder.path))
        let log = try DecisionLog.open(
            folder: folder.path,
            gateway: "plant-1",
            configuration: DecisionLogConfiguration(
                journal: JournalConfiguration(durability: .batch(milliseconds: 2), segmentBytes: 4 << 20),
                sealMilliseconds: 20,
                indexMilliseconds: 5
            ),
            index: index
        )
        let recorder = log.journal.recorder { _ in }
        let anna = try log.prepare(RecordedPerson(id: "uuid:anna", name: "anna"))
        let trace = RequestTrace(peer: "10.0.0.7", method: "GET", path: "/a")
        var ids: Set<DecisionID> = []
        func wait(until condition: () -> Bool) async throws {
            while !condition() { try await Task.sleep(for: .milliseconds(5)) }
        }
        func record(_ count: Int) async throws {
            for number in 1...count {
                let recorded = recorder.record(
                    CatchingUpTests.decision,
                    by: anna,
                    trace: trace,
                    micros: 1,
                    at: .now()
                )
                ids.insert(try #require(recorded.id, "\(recorded)"))
                // The journal keeps up with a gateway, not with a loop: the disk is never further behind than this. One entry says that the log was opened.
                if number % 2_000 == 0 { try await wait { log.journal.durable > UInt64(ids.count) } }
            }
        }
        try await record(3_000)
        try await wait { log.progress.indexed > 0 }
        server.stop(mode)
        let before = log.journal.durable
        try await record(Self.recordsWhileAway)
        // Every record of the time without a database was taken, and is durable.
        try await wait { log.journal.durable > UInt64(ids.count) && log.progress.indexFailure != nil }
        #expect(ids.count == 75_000)
        let behind = log.progress.indexed
        try server.start()
        try await record(1_000)
        try await wait { log.progress.indexed >= log.journal.durable && log.progress.indexFailure == nil }
        log.close()
        #expect(behind <= before)
        let found = try await index.all(page: 1000)
        #expect(found.count == 76_000)
        #expect(Set(found.map(\.id)) == ids)
        let count = try await index.counts(DecisionQuery(), by: [.person, .decision], limit: 9)
        #expect(count == [DecisionCount(group: ["anna", "deny"], count: 76_000)])
        #expect(LogVerifier.verify(folder: folder.path).isIntact)
        print(
            "PostgreSQL (\(mode)) was away for \(Self.recordsWhileAway) records; \(found.count) are in the index, each once"
        )
    }
}
