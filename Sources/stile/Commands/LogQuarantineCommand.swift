import ArgumentParser
import DecisionLog

/// `stile log quarantine`.
struct LogQuarantineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quarantine",
        abstract:
            "Move what is damaged in a log that does not open aside, and record it. The gateway must not be running.",
        discussion: """
            For when neither waiting nor a copy helps. What is damaged is moved to `quarantine/` in the log's folder; sealed \
            entries are made again from what still gives the signed root; entries that were not sealed end where the damage \
            begins. The log says what was done and which entries are concerned. A log whose files give another root than the \
            signed one was changed: restore a copy, this command refuses. If entries ended that the index had seen, the gateway \
            says so at its start, and `stile log rebuild` makes the index anew.

              stile log verify state/log
              stile log quarantine --configuration stile.yaml
            """
    )

    @OptionGroup var options: ConfigurationOptions

    @Option(help: "table or json.")
    var output = OutputFormat.table

    func run() throws {
        let configuration = try self.options.read()
        let findings: [Quarantine.Finding]
        do {
            findings = try Quarantine.run(folder: configuration.logFolder, gateway: configuration.gateway)
        } catch {
            switch error {
            case .forked: throw Outcome.no(error.description)
            default: throw Outcome.cannot(error.description)
            }
        }
        switch self.output {
        case .json: Outcome.write(Self.document(findings), to: .output)
        case .table:
            for finding in findings {
                let place = finding.offset.map { " at byte \($0)" } ?? ""
                let entries = finding.entries.map { ", entries \($0.lowerBound) to \($0.upperBound)" } ?? ""
                let moved = finding.movedTo.map { "; moved to \($0)" } ?? ""
                Outcome.write("\(finding.path)\(place)\(entries): \(finding.what)\(moved)", to: .output)
            }
            Outcome.write(
                findings.isEmpty ? "the log is in order; nothing was moved" : "recorded in the log",
                to: .output
            )
        }
    }

    private static func document(_ findings: [Quarantine.Finding]) -> String {
        JSONValue.array(findings.map { .object($0.details) }).text
    }
}
