import Crypto
import DecisionLog
import Foundation
import GRDB
import PostgreSQLStorage
import SQLiteStorage
import Synchronization
import TransparencyLog

/// How fast records are written, indexed and verified, and what each costs in CPU.
///
///     log-benchmark [--records N] [--folder PATH] [--encoding-only] [--postgresql CONNECTION]
///     log-benchmark --growth N [--folder PATH] [--postgresql CONNECTION]
///     log-benchmark --verify FOLDER
///
/// `Benchmarks/log` builds it and runs it with a PostgreSQL of its own. Its last line reads `journal=…/s index=…/s verify=…/s`. The journal part is everything up to durable: encoding,
/// commitments, encryption, framing, group commit; sealing is measured with it, since both share the machine.
@main
struct LogBenchmark {
    static func main() async throws {
        let arguments = CommandLine.arguments
        func option(_ name: String) -> String? {
            arguments.firstIndex(of: name).flatMap { arguments.indices.contains($0 + 1) ? arguments[$0 + 1] : nil }
        }
        let postgresql = option("--postgresql").map { PostgreSQLConfiguration(connection: $0) }
        if let total = option("--growth").flatMap({ Int($0) }) {
            try await self.growth(total, base: option("--folder"), postgresql)
            return
        }
        if let folder = option("--verify") {
            Verification(folder: folder).run()
            return
        }
        let records = option("--records").flatMap { Int($0) } ?? 500_000
        let base = option("--folder").map { URL(filePath: $0) } ?? FileManager.default.temporaryDirectory
        let folder = base.appending(path: "stile-log-benchmark-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let bench = LogBenchmark(records: records, folder: folder)
        try bench.encoding()
        if arguments.contains("--encoding-only") { return }
        // A tenth first: what verifying keeps in memory must not grow with the log.
        _ = try Verification(folder: folder).runApart()
        let journal = try bench.journal()
        let index = try bench.index()
        if let postgresql { try bench.index(in: postgresql) }
        try bench.rollups()
        try bench.alone()
        let verify = try Verification(folder: folder).runApart()
        print("journal=\(journal)/s index=\(index)/s verify=\(verify)/s")
    }

    /// Fills an index with synthetic decisions and asks it questions.
    private static func growth(_ total: Int, base: String?, _ postgresql: PostgreSQLConfiguration?) async throws {
        if let postgresql {
            let index = PostgreSQLIndex(postgresql, gateway: "plant-1", log: "synthetic")
            try await Growth(index: index, total: total) { try index.bytes() }.run()
            return
        }
        let parent = base.map { URL(filePath: $0) } ?? FileManager.default.temporaryDirectory
        let folder = parent.appending(path: "stile-growth-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let index = try SQLiteIndex(folder: folder)
        try await Growth(
            index: index,
            total: total,
            size: { try self.bytes(in: folder) },
            forget: { try self.forget(folder) }
        ).run()
    }

    /// Takes a folder's files out of the system's memory.
    static func forget(_ folder: String) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            let file = try FileHandle(forUpdating: URL(filePath: folder + "/" + name))
            try file.synchronize()
            _ = posix_fadvise(file.fileDescriptor, 0, 0, POSIX_FADV_DONTNEED)
        }
    }

    static func bytes(in folder: String) throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: folder).reduce(0) { sum, name in
            let attributes = try FileManager.default.attributesOfItem(atPath: folder + "/" + name)
            return sum + ((attributes[.size] as? Int) ?? 0)
        }
    }

    let records: Int
    let folder: String

    static let verdict = Verdict(
        gateway: "plant-1",
        service: "mlflow",
        decision: .deny,
        causes: .label,
        action: "read",
        resource: RecordedResource(service: "mlflow", kind: "experiment", id: "12", name: "press4-forces"),
        label: "confidential//customer-x",
        origin: "catalog",
        policies: ["CAT-1", "CLR-1"],
        revision: "sha256:5d41402abc4b2a76b9719d911017c592"
    )

    static let decision = PreparedDecision(
        verdict,
        explanation: Explanation(
            reasons: [Explanation.Reason(policy: "CLR-1", text: "your clearance is below confidential")],
            flips: [Explanation.Flip(label: "internal")],
            owner: "group:press4-owners",
            disclosed: "owner"
        ),
        facts: ReplayFacts(context: ["network": .string("plant")])
    )

    /// A log in the benchmark's folder.
    func open(index: (any DecisionIndex)? = nil) throws -> DecisionLog {
        let store = FolderStore(root: self.folder)
        if try store.size(LogKeys.signerPath) == nil { _ = try LogKeys.create(origin: "stile.benchmark", in: store) }
        return try DecisionLog.open(folder: self.folder, gateway: "plant-1", index: index)
    }

    /// Records on one thread as an event loop would, without waiting for the disk: the cost on the loop.
    func encoding() throws {
        let log = try self.open()
        let recorder = log.journal.recorder { _ in }
        let count = min(self.records / 10, 50_000)
        let start = Usage.thread()
        try self.record(count, with: recorder, by: self.person(of: log))
        let micros = (Usage.thread() - start) * 1_000_000 / Double(count)
        print("on the event loop: \(Self.rounded(micros)) µs CPU per record")
        log.close()
    }

    /// Everything up to durable, and sealing beside it.
    func journal() throws -> Int {
        let log = try self.open()
        let progress = Progress()
        let recorder = log.journal.recorder { progress.hear($0) }
        let who = try self.person(of: log)
        let (wall, cpu) = (ContinuousClock.now, Usage.process())
        var recorded = 0
        while recorded < self.records {
            // As many requests as a busy gateway has under way wait for each group.
            let burst = min(512, self.records - recorded)
            try self.record(burst, with: recorder, by: who)
            recorded += burst
            if recorded > 2048 { progress.wait(until: UInt64(recorded - 2048)) }
        }
        progress.wait(until: UInt64(self.records))
        let seconds = Growth.seconds(since: wall)
        let micros = (Usage.process() - cpu) * 1_000_000 / Double(self.records)
        let figures = log.journal.figures
        print(
            """
            journal: \(self.records) records of \(figures.bytes / max(1, figures.records)) bytes in \(figures.groups) groups, \
            \(Self.rounded(micros)) µs CPU per record, sealing included
            """
        )
        log.close()
        return Int(Double(self.records) / seconds)
    }

    /// Catching up with everything the journal and the tree hold.
    func index() throws -> Int {
        let index = try SQLiteIndex(folder: self.folder + "/index")
        let (wall, cpu) = (ContinuousClock.now, Usage.process())
        let log = try self.open(index: index)
        let end = log.journal.durable
        while log.progress.indexed < end { usleep(1000) }
        let seconds = Growth.seconds(since: wall)
        let micros = (Usage.process() - cpu) * 1_000_000 / Double(end)
        log.close()
        let size = try Self.bytes(in: self.folder + "/index")
        print("index: \(end) entries, \(size / Int(end)) bytes each, \(Self.rounded(micros)) µs CPU per record")
        return Int(Double(end) / seconds)
    }

    /// The same into PostgreSQL.
    func index(in configuration: PostgreSQLConfiguration) throws {
        let index = PostgreSQLIndex(configuration, gateway: "plant-1", log: "benchmark \(UUID())")
        let (wall, cpu) = (ContinuousClock.now, Usage.process())
        let log = try self.open(index: index)
        let end = log.journal.durable
        while log.progress.indexed < end {
            if let failure = log.progress.indexFailure { throw IndexFailure.database(failure) }
            usleep(1000)
        }
        let seconds = Growth.seconds(since: wall)
        let micros = (Usage.process() - cpu) * 1_000_000 / Double(end)
        log.close()
        print("postgresql: \(Int(Double(end) / seconds))/s, \(Self.rounded(micros)) µs CPU here per record")
    }

    /// What counting costs for each record, storing included, with as many pairs as the synthetic company has.
    func rollups() throws {
        let count = min(self.records, 400_000)
        var decisions = SyntheticDecisions(total: 10_000_000)
        var numbering = IndexNumbering()
        let batch = decisions.next(count)
        numbering.learn(numbering.news(in: batch[...]))
        let rows = batch.map { numbering.row($0) }
        let start = Usage.thread()
        var (rollups, runs, bytes) = (Rollups(), 0, 0)
        for row in rows {
            if rollups.rows >= 65_536 {
                let run = RollupRun(rollups)
                (rollups, runs, bytes) = (
                    Rollups(reserving: rollups.sums.count), runs + 1, bytes + run.keys.count + run.times.count
                )
            }
            rollups.add(row)
        }
        let micros = (Usage.thread() - start) * 1_000_000 / Double(count)
        print("roll-ups: \(Self.rounded(micros)) µs CPU per record, \(runs) runs of \(bytes / max(1, runs)) bytes")
    }

    /// SQLite without us: a row of the same record as text and its key, nothing else.
    func alone() throws {
        let count = min(self.records, 400_000)
        let text = String(repeating: "x", count: 500)
        var configuration = Configuration()
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = NORMAL") }
        let pool = try DatabasePool(path: self.folder + "/alone.sqlite", configuration: configuration)
        try pool.write { try $0.execute(sql: "CREATE TABLE rows (place INTEGER PRIMARY KEY, record TEXT NOT NULL)") }
        let wall = ContinuousClock.now
        for start in stride(from: 0, to: count, by: 4096) {
            try pool.write { db in
                let insert = try db.cachedStatement(sql: "INSERT INTO rows VALUES (?, ?)")
                for place in start..<min(count, start + 4096) { try insert.execute(arguments: [place, text]) }
            }
        }
        print("SQLite alone, records of 500 bytes: \(Int(Double(count) / Growth.seconds(since: wall)))/s")
    }

    private func person(of log: DecisionLog) throws -> PreparedPerson {
        try log.prepare(RecordedPerson(id: "uuid:anna", name: "anna", clearance: "internal", authentication: "basic"))
    }

    private func record(_ count: Int, with recorder: Recorder, by who: PreparedPerson) throws {
        let origin = PreparedOrigin(peer: "10.0.0.7")
        let method = Array("GET".utf8)
        let path = Array("/api/2.0/mlflow/runs/get".utf8)
        for _ in 0..<count {
            let answer = recorder.record(
                Self.decision,
                by: who,
                from: origin,
                method: method.span,
                path: path.span,
                request: "7c9e6679-7425-40de",
                micros: 3,
                at: .now()
            )
            if case .refused(let state) = answer { throw Refused(state: state) }
        }
    }

    struct Refused: Error {
        var state: JournalState
    }

    static func rounded(_ value: Double) -> String { String(format: "%.2f", value) }
}

/// How far the journal is, as a thread can wait for it.
private final class Progress: Sendable {
    private let durable = Atomic<UInt64>(0)

    func hear(_ progress: JournalProgress) { self.durable.store(progress.through.number, ordering: .releasing) }

    func wait(until ticket: UInt64) {
        while self.durable.load(ordering: .acquiring) < ticket { usleep(50) }
    }
}

/// CPU seconds used so far, user and system.
enum Usage {
    static func process() -> Double { self.read(CLOCK_PROCESS_CPUTIME_ID) }

    static func thread() -> Double { self.read(CLOCK_THREAD_CPUTIME_ID) }

    private static func read(_ clock: clockid_t) -> Double {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
