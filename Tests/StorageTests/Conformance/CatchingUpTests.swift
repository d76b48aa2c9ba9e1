import DecisionLog
import Foundation
import Testing
import TransparencyLog

@Suite("The index follows the log", .timeLimit(.minutes(20)))
struct CatchingUpTests {
    static let decision = PreparedDecision(
        Verdict(
            gateway: "plant-1",
            service: "mlflow",
            decision: .deny,
            causes: .label,
            action: "read",
            resource: RecordedResource(service: "mlflow", kind: "experiment", id: "1"),
            label: "confidential",
            revision: "r1"
        ),
        explanation: Explanation(flips: [Explanation.Flip(label: "internal")])
    )

    /// Records `count` decisions into a log, with or without an index, and closes it.
    static func record(_ count: Int, in folder: String, _ index: (any DecisionIndex)?) throws -> [DecisionID] {
        let configuration = DecisionLogConfiguration(
            journal: JournalConfiguration(segmentBytes: 50_000),
            sealMilliseconds: 2,
            indexMilliseconds: 2
        )
        let log = try DecisionLog.open(folder: folder, gateway: "plant-1", configuration: configuration, index: index)
        let recorder = log.journal.recorder { _ in }
        let anna = try log.prepare(RecordedPerson(id: "uuid:anna", name: "anna"))
        let trace = RequestTrace(peer: "10.0.0.7", method: "GET", path: "/a")
        let ids = (0..<count).compactMap { _ in
            recorder.record(Self.decision, by: anna, trace: trace, micros: 1, at: .now()).id
        }
        log.close()
        return ids
    }

    static func ids(_ index: any DecisionIndex) async throws -> [DecisionID] {
        try await index.all(page: 500).map(\.id)
    }

    @Test(
        "Through restarts, through time without an index, and made anew, everything is in it once",
        arguments: Store.Kind.available
    )
    func everything(kind: Store.Kind) async throws {
        let (folder, store) = (Folder(), try Store(kind))
        _ = try LogKeys.create(origin: "stile.test", in: FolderStore(root: folder.path))
        var index = try store.open()
        var ids = try Self.record(300, in: folder.path, index)
        #expect(try await Self.ids(index) == ids)
        // The index is away: segments stay, nothing is lost.
        ids += try Self.record(300, in: folder.path, nil)
        index = try store.open()
        ids += try Self.record(300, in: folder.path, index)
        #expect(try await Self.ids(index) == ids)
        let counts = try await index.counts(DecisionQuery(), by: [.person, .flip, .decision], limit: 9)
        #expect(counts == [DecisionCount(group: ["anna", "internal", "deny"], count: 900)])

        // Rows handed over in memory are the same as rows read back from the files.
        let rows = try await index.all(page: 500)
        #expect(try DecisionLog.rebuild(folder: folder.path, gateway: "plant-1", index: index) > 900)
        #expect(try await index.all(page: 500) == rows)
        #expect(try await index.counts(DecisionQuery(), by: [.person, .flip, .decision], limit: 9) == counts)
        #expect(LogVerifier.verify(folder: folder.path).isIntact)
    }

    @Test("Whoever is erased does not come back with what was still on its way", arguments: Store.Kind.available)
    func erasedOnTheWay(kind: Store.Kind) async throws {
        let folder = Folder()
        _ = try LogKeys.create(origin: "stile.test", in: FolderStore(root: folder.path))
        let index = try Store(kind).open()
        // The index is not fed before the log is closed.
        let configuration = DecisionLogConfiguration(indexMilliseconds: 3_600_000)
        let log = try DecisionLog.open(
            folder: folder.path,
            gateway: "plant-1",
            configuration: configuration,
            index: index
        )
        let recorder = log.journal.recorder { _ in }
        let trace = RequestTrace(peer: "10.0.0.7", method: "GET", path: "/a")
        for name in ["anna", "ben"] {
            let who = try log.prepare(RecordedPerson(id: "uuid:\(name)", name: name))
            _ = recorder.record(Self.decision, by: who, trace: trace, micros: 1, at: .now())
        }
        #expect(try log.erase(person: "uuid:anna") == 1)
        log.close()
        let rows = try await index.all()
        #expect(rows.map(\.person?.name) == [nil, "ben"])
        #expect(rows.map(\.path) == [nil, "/a"])
    }
}
