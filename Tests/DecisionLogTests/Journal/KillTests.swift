import DecisionLog
import Foundation
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
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: crasher)
        process.arguments = [folder]
        process.standardOutput = pipe
        try process.run()
        // How many bytes to read first is what makes the moment random; nobody sleeps.
        var said = Data()
        let enough = Int.random(in: 0...20_000)
        repeat {
            let more = pipe.fileHandleForReading.availableData
            // It ended by itself, and its number may be somebody else's.
            try #require(!more.isEmpty, "the crasher did not open the log, or could not go on")
            said += more
        } while said.count < enough
        kill(process.processIdentifier, SIGKILL)
        said += pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationReason == .uncaughtSignal && process.terminationStatus == SIGKILL)
        // A line that was cut by the kill was not said.
        let lines = String(decoding: said, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        return lines.dropLast().map(String.init)
    }
}
