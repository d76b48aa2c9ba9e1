import DecisionLog
import Foundation

/// Verifying a log, in a process of its own, so that its memory is that of nothing else.
struct Verification {
    let folder: String

    /// Verifies here, and says in one line what it took.
    func run() {
        let (wall, cpu) = (ContinuousClock.now, Usage.process())
        let report = LogVerifier.verify(folder: self.folder)
        let seconds = Growth.seconds(since: wall)
        let count = report.sealed + report.unsealed
        let micros = (Usage.process() - cpu) * 1_000_000 / Double(max(1, count))
        print(
            """
            verify: \(count) entries, \(report.problems.count) problems, \(LogBenchmark.rounded(micros)) µs CPU per record, \
            \(Int(Double(count) / seconds))/s, at most \(Self.peakMebibytes) MiB resident
            """
        )
    }

    /// Verifies in another process.
    ///
    /// - Returns: Entries a second.
    func runApart() throws -> Int {
        let (process, pipe) = (Process(), Pipe())
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = ["--verify", self.folder]
        process.standardOutput = pipe
        try process.run()
        let line = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        print(line, terminator: "")
        return line.split(separator: ", ").first { $0.hasSuffix("/s") }.flatMap { Int($0.dropLast(2)) } ?? 0
    }

    /// The most memory that this process has had, as the kernel counts it.
    private static var peakMebibytes: Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) >> 10
    }
}
