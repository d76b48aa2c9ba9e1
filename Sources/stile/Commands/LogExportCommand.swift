import ArgumentParser
import DecisionLog
import Foundation

/// `stile log export`.
struct LogExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write whole records of the log in a shape that other systems read, oldest first.",
        discussion: """
            Through the console, as the auditor who calls; decided by policy and recorded, page by page. For everything that \
            comes from now on, configure a shipper under `log:` in stile.yaml.

              stile log export --format ocsf --since 24h > decisions.ocsf.jsonl
              stile log export --format cef --decision deny \\
                  --since 2026-02-01 --until 2026-03-01
            """
    )

    @Option(help: "jsonl, opa, ocsf, cef, syslog or otlp.")
    var format = ExportFormat.jsonl

    @OptionGroup var filter: DecisionFilter

    @OptionGroup var console: ConsoleOptions

    func run() async throws {
        struct Page: Decodable {
            var lines: [String]
            var next: String?
            var indexed: UInt64
            var recorded: UInt64
        }
        let client = try self.console.client()
        var after: String?
        var written = 0
        while true {
            let path = consolePath(
                "/.stile/api/decisions/export",
                self.filter.parameters + [("format", self.format.rawValue), ("limit", "500"), ("after", after)]
            )
            let (page, _) = try await client.document(path, as: Page.self)
            Outcome.write(page.lines.joined(separator: "\n"), to: .output)
            written += page.lines.count
            after = page.next
            guard after == nil else { continue }
            let lag = page.recorded - min(page.recorded, page.indexed)
            let freshness = lag == 0 ? "the index is up to date" : "the index lags by \(lag) entries"
            Outcome.write("\(written) written, \(freshness)", to: .error)
            return
        }
    }
}

extension ExportFormat: ExpressibleByArgument {}
