import DecisionLog
import Foundation
import PostgreSQLStorage
import Testing
import TransparencyLog

@Suite(
    "PostgreSQL stopped under load",
    .enabled(if: PostgreSQLServer.shared != nil, Comment(rawValue: PostgreSQLServer.missing)),
    .timeLimit(.minutes(10))
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
        func record(_ count: Int) {
            for _ in 0..<count {
                if let id = recorder.record(CatchingUpTests.decision, by: anna, trace: trace, micros: 1, at: .now()).id
                {
                    ids.insert(id)
                }
            }
        }
        func wait(until condition: () -> Bool) async throws {
            while !condition() { try await Task.sleep(for: .milliseconds(5)) }
        }
        record(3_000)
        try await wait { log.progress.indexed > 0 }
        server.stop(mode)
        record(Self.recordsWhileAway)
        // Every record of the time without a database was taken, and is durable.
        try await wait { log.journal.durable >= UInt64(Self.recordsWhileAway) && log.progress.indexFailure != nil }
        #expect(ids.count == 75_000)
        let behind = log.progress.indexed
        try server.start()
        record(1_000)
        try await wait { log.progress.indexed >= log.journal.durable && log.progress.indexFailure == nil }
        log.close()
        #expect(behind < log.journal.durable)
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
