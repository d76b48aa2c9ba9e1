import Cedar

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// `cedar-conformance PATH...`: compares this implementation with what the reference made of the cases in the files.
@main
enum ConformanceCommand {
    static let usage = """
        usage: cedar-conformance [--explain] [--all] PATH...
          PATH       a file of cases, one JSON object a line, or a folder with such files (*.jsonl)
          --explain  show the first difference of each case listed
          --all      list every case that differs, not only the first ten of a kind
        example: cedar-conformance --explain Tests/CedarTests/Conformance/cases
        exit codes: 0 everything equal, 1 something differs, 2 usage, 3 cannot read
        """

    static func main() {
        var paths = Array(CommandLine.arguments.dropFirst())
        let explains = paths.contains("--explain")
        let listed = paths.contains("--all") ? Int.max : Report.listed
        paths.removeAll { ["--explain", "--all"].contains($0) }
        if paths == ["--help"] {
            print(Self.usage)
            exit(0)
        }
        guard !paths.isEmpty, !paths.contains(where: { $0.hasPrefix("-") }) else {
            print(Self.usage)
            exit(2)
        }
        do throws(SuiteFiles.Failure) {
            let report = try Self.run(paths)
            print(report.text(explains: explains, listed: listed))
            exit(report.isSuccess ? 0 : 1)
        } catch {
            print(error)
            exit(3)
        }
    }

    /// Compares every case of the files and folders.
    static func run(_ paths: [String]) throws(SuiteFiles.Failure) -> Report {
        var report = Report()
        for path in paths {
            for file in try SuiteFiles.files(at: path) {
                for (number, line) in try SuiteFiles.lines(of: file).enumerated() {
                    guard let json = try? JSON(parsing: String(line)), let testCase = ConformanceCase(json) else {
                        var outcome = Outcome()
                        outcome.note(.reading, false, "line is not a case")
                        report.add(outcome, id: "\(file):\(number + 1)")
                        continue
                    }
                    report.add(CaseComparer.compare(testCase), id: testCase.id)
                }
            }
        }
        return report
    }
}
