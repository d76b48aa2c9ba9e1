import DecisionLog
import Foundation
import Programs
import Testing
import TransparencyLog

/// A real process, killed with the signal that cannot be caught, again and again, over one log.
@Suite("Kill -9", .timeLimit(.minutes(30)))
struct KillTests {
    /// How many kills: a hundred, or what `STILE_KILLS` says.
    static let kills = ProcessInfo.processInfo.environment["STILE_KILLS"].flatMap(Int.init) ?? 100

    @Test("A hundred kills at random moments lose nothing that was acted on")
    func manyKills() throws {
        let program = Bundle.main.bundleURL.appending(path: "journal-crasher").path
        let beside = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(
            path: "journal-crasher"
        ).path
        guard let crasher = [program, beside].first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
            print("skipped: journal-crasher was not built beside the tests")
            return
        }
        let folder = FileManager.default.temporaryDirectory.appending(path: "stile-kill-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        _ = try LogKeys.create(origin: "stile.kill", in: FolderStore(root: folder))
        var acted: [String] = []
        for _ in 0..<Self.kills { acted += try Self.runAndKill(crasher, folder) }
        #expect(acted.count > Self.kills)

        let log = try DecisionLog.open(folder: folder, gateway: "after")
        var found: [String: Int] = [:]
        for place in 0..<log.journal.durable {
            if case .decision(let record) = try log.content(at: place) { found[record.id.description, default: 0] += 1 }
        }
        log.close()
        #expect(acted.filter { found[$0] != 1 } == [])
        #expect(found.values.allSatisfy { $0 == 1 })
        let report = LogVerifier.verify(folder: folder)
        #expect(report.problems.isEmpty)
        #expect(report.unsealed == 0)
        print("\(Self.kills) kills: \(acted.count) acted on, \(found.count) in the log")
    }

    /// Starts the crasher, lets it say something, kills it at a random moment after, and reads what it said.
    static func runAndKill(_ crasher: String, _ folder: String) throws -> [String] {
        let log = "\(folder)-said"
        defer { try? FileManager.default.removeItem(atPath: log) }
        let process = try Programs.start(crasher, [folder], log: log)
        // How many bytes to see first is what makes the moment random.
        let enough = Int.random(in: 1...20_000)
        while try FileManager.default.attributesOfItem(atPath: log)[.size] as? Int ?? 0 < enough {
            try #require(process.isRunning, "the crasher did not open the log, or could not go on")
            usleep(500)
        }
        #expect(process.stop() == -SIGKILL)
        let said = try Data(contentsOf: URL(filePath: log))
        // A line that was cut by the kill was not said.
        let lines = String(decoding: said, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        return lines.dropLast().map(String.init)
    }
}
