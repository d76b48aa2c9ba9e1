import Foundation
import Programs
import Testing
import TransparencyLog

@testable import DecisionLog

/// A disk that is really full: a small file system in memory, where the machine lets us mount one.
@Suite("A full disk", .timeLimit(.minutes(20)))
struct FullDiskTests {
    @Test("It closes the door, nothing that was acted on is lost, and the door opens when there is space")
    func fullDisk() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "stile-full-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        guard try Self.run("/bin/mount", ["-t", "tmpfs", "-o", "size=16m", "tmpfs", folder]) == 0 else {
            print("skipped: this machine lets nobody mount a small file system")
            return
        }
        defer { _ = try? Self.run("/bin/umount", ["-l", folder]) }
        let store = FolderStore(root: folder + "/log")
        let keys = try LogKeys.create(origin: "stile.full", in: store)
        let configuration = DecisionLogConfiguration(
            // More than what sealing can give back while the other file is there: the door stays closed until that is gone.
            journal: JournalConfiguration(segmentBytes: 1 << 20, retryMilliseconds: 1, reserveBytes: 7 << 20),
            sealMilliseconds: 5
        )
        let log = try DecisionLog.open(folder: folder + "/log", gateway: "full", configuration: configuration)
        let told = Told()
        let recorder = log.journal.recorder { told.hear($0) }
        let who = try log.prepare(Samples.anna)
        var acted: [DecisionID] = []
        func act() async -> JournalState? {
            switch recorder.record(Samples.decision, by: who, trace: Samples.trace, micros: 1, at: .now()) {
            case .accepted: return nil
            case .refused(let state): return state
            case .waiting(let id, let ticket):
                let outcome = await told.outcome(of: ticket)
                if case .refused(let state) = outcome { return state }
                acted.append(id)
                return nil
            }
        }
        for round in 0..<3 {
            // Nearly everything goes to somebody else's file.
            let filler = folder + "/filler"
            let free = Int(try store.freeSpace())
            // How much is free is an estimate there, and the log goes on writing.
            let isFilled = stride(from: 400_000, through: 4_000_000, by: 400_000).contains { slack in
                (try? Data(count: max(0, free - slack)).write(to: URL(filePath: filler))) != nil
            }
            #expect(isFilled)
            var state: JournalState?
            while state == nil { state = await act() }
            #expect(state == .full, "round \(round)")
            #expect(log.journal.state == .full)
            #expect(await act() == .full)
            try FileManager.default.removeItem(atPath: filler)
            while await act() != nil { await Task.yield() }
            #expect(log.journal.state == .open)
        }
        #expect(log.journal.figures.failures >= 3)
        log.close()
        // The segment that is begun now has to fit the small disk, too.
        let after = try DecisionLog.open(folder: folder + "/log", gateway: "full", configuration: configuration)
        let found = try after.decisions
        #expect(found.filter(Set(acted).contains) == acted)
        #expect(try after.events.contains(LogEvent.segmentAbandoned))
        after.close()
        #expect(LogVerifier.verify(folder: folder + "/log", keys: [keys.signer.verifier]).problems == [])
    }

    static func run(_ program: String, _ arguments: [String]) throws -> Int32 {
        guard FileManager.default.isExecutableFile(atPath: program) else { return 127 }
        return try Programs.status(program, arguments)
    }
}
