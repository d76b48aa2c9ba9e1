import ArgumentParser
import Foundation

/// What decisions are looked for: the filters that `query` and `tail` share.
struct DecisionFilter: ParsableArguments {
    @Option(help: "From this time on: 2026-02-01T08:00:00Z, or a span back from now such as 24h.")
    var since: String?

    @Option(help: "Before this time.")
    var until: String?

    @Option(help: "About this person, by login name or stable id.")
    var person: String?

    @Option(help: "About this data set or resource.")
    var resource: String?

    @Option(help: "For this action.")
    var action: String?

    @Option(help: "At this label, as written: confidential//customer-x.")
    var label: String?

    @Option(help: "allow or deny.")
    var decision: String?

    @Option(help: "Denied because of: label, role, context, account, error; several with commas.")
    var cause: String?

    @Flag(help: "Denied because of nothing but --cause.")
    var causeAlone = false

    @Option(help: "Determined by this policy.")
    var policy: String?

    @Option(help: "At this service.")
    var service: String?

    @Option(help: "In this mode: enforce, shadow or override.")
    var mode: String?

    @Option(help: "Under this revision of the policies.")
    var revision: String?

    @Option(help: "With this text in the path.")
    var path: String?

    var parameters: [(name: String, value: String?)] {
        [
            ("since", self.since), ("until", self.until), ("person", self.person), ("resource", self.resource),
            ("action", self.action), ("label", self.label), ("decision", self.decision), ("cause", self.cause),
            ("cause-alone", self.causeAlone ? "true" : nil), ("policy", self.policy), ("service", self.service),
            ("mode", self.mode), ("revision", self.revision), ("path", self.path),
        ]
    }
}

/// A page of decisions as the console's API answers it.
struct DecisionsPage: Decodable {
    struct Decision: Decodable {
        var id: String
        var time: String
        var decision: String
        var causes: [String]?
        var person: String?
        var action: String?
        var service: String
        var resource: String?
        var label: String?
        var policies: [String]?
        var refusal: String?
        var path: String?
        var count: UInt64
    }

    var decisions: [Decision]
    var next: String?
    var end: String?
    var indexed: UInt64
    var recorded: UInt64

    /// The line under a table that says how fresh it is.
    var freshness: String {
        self.indexed >= self.recorded
            ? "the index is up to date (\(self.recorded) entries)"
            : "the index lags by \(self.recorded - self.indexed) of \(self.recorded) entries"
    }

    func table(header: Bool = true) -> String {
        var table = TextTable(["TIME", "DECISION", "PERSON", "ACTION", "RESOURCE", "LABEL", "BECAUSE", "ID"])
        for row in self.decisions {
            let policies = (row.policies ?? []).joined(separator: ",")
            let because = policies.isEmpty ? row.causes?.first ?? row.refusal ?? "" : policies
            table.add([
                String(row.time.prefix(23)), row.count > 1 ? "\(row.decision) ×\(row.count)" : row.decision,
                row.person ?? "-", row.action.flatMap { $0.isEmpty ? nil : $0 } ?? "-", row.resource ?? row.path ?? "-",
                row.label ?? "-", because.isEmpty ? "-" : because, row.id,
            ])
        }
        return header ? table.text : table.text.split(separator: "\n").dropFirst().joined(separator: "\n")
    }
}

/// `stile log query`.
struct LogQueryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query",
        abstract: "Search the decision log through the console, as the auditor who calls.",
        discussion: """
            The question is decided by policy and recorded like any request.

              stile log query --person ben --decision deny --since 24h
              stile log query --resource hall2-energy --cause label --output json
              stile log query --count-by resource,decision --since 30d
              stile log query --mine --decision deny
            """
    )

    @OptionGroup var filter: DecisionFilter

    @Option(help: "At most so many, 1 to 1000.")
    var limit = 50

    @Flag(help: "Your own decisions, as far as you were told; with --since, --until, --decision and --service alone.")
    var mine = false

    @Option(help: "Go on behind an earlier answer's cursor.")
    var after: String?

    @Flag(help: "Oldest first.")
    var oldest = false

    @Option(
        help:
            "Count instead of listing, by: hour, day, person, action, resource, label, decision, causes, flip, policy, service, mode."
    )
    var countBy: String?

    @Option(help: "table or json.")
    var output = OutputFormat.table

    @OptionGroup var console: ConsoleOptions

    func run() async throws {
        let client = try self.console.client()
        if let countBy {
            try await self.count(client, by: countBy)
            return
        }
        let path = consolePath(
            self.mine ? "/.stile/api/me/decisions" : "/.stile/api/decisions",
            self.filter.parameters + [
                ("limit", "\(self.limit)"), ("after", self.after), ("order", self.oldest ? "oldest" : "newest"),
            ]
        )
        let (page, bytes) = try await client.document(path, as: DecisionsPage.self)
        switch self.output {
        case .json: Outcome.write(String(decoding: bytes, as: UTF8.self), to: .output)
        case .table:
            Outcome.write(page.decisions.isEmpty ? "no decisions match" : page.table(), to: .output)
            let more = page.next.map { "; more with --after \($0)" } ?? ""
            Outcome.write("\(page.decisions.count) shown, \(page.freshness)\(more)", to: .error)
        }
    }

    private func count(_ client: ConsoleClient, by grouping: String) async throws {
        struct Counts: Decodable {
            struct Count: Decodable {
                var group: [String]
                var count: UInt64
            }
            var by: [String]
            var counts: [Count]
            var indexed: UInt64
            var recorded: UInt64
        }
        guard !self.mine else { throw Outcome.usage("--mine lists decisions, it does not count them") }
        let path = consolePath("/.stile/api/decisions/counts", self.filter.parameters + [("by", grouping)])
        let (counts, bytes) = try await client.document(path, as: Counts.self)
        switch self.output {
        case .json: Outcome.write(String(decoding: bytes, as: UTF8.self), to: .output)
        case .table:
            var table = TextTable(counts.by.map { $0.uppercased() } + ["COUNT"])
            for count in counts.counts where count.group.count == counts.by.count {
                table.add(count.group + ["\(count.count)"])
            }
            Outcome.write(table.text, to: .output)
            let freshness = DecisionsPage(decisions: [], indexed: counts.indexed, recorded: counts.recorded).freshness
            Outcome.write("\(counts.counts.count) groups, \(freshness)", to: .error)
        }
    }
}

/// `stile log tail`.
struct LogTailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail",
        abstract: "Show the newest decisions, and with --follow the ones that come.",
        discussion: "  stile log tail --follow --decision deny"
    )

    @OptionGroup var filter: DecisionFilter

    @Option(help: "Begin with so many, 1 to 1000.")
    var lines = 20

    @Flag(help: "Go on with what comes, until Ctrl-C. Each look is a question of its own, decided and recorded.")
    var follow = false

    @Option(help: "Seconds between looks when following, 1 to 3600.")
    var every = 2

    @OptionGroup var console: ConsoleOptions

    func validate() throws {
        guard (1...3_600).contains(self.every) else { throw ValidationError("--every takes 1 to 3600 seconds") }
    }

    func run() async throws {
        let client = try self.console.client()
        let newest = consolePath("/.stile/api/decisions", self.filter.parameters + [("limit", "\(self.lines)")])
        var (page, _) = try await client.document(newest, as: DecisionsPage.self)
        page.decisions.reverse()
        Outcome.write(page.table(), to: .output)
        guard self.follow else { return }
        // The newest decision may be one that the filter hides, so the cursor is the index's own end.
        var cursor = page.end
        while true {
            try await Task.sleep(for: .seconds(self.every))
            let path = consolePath(
                "/.stile/api/decisions",
                self.filter.parameters + [("order", "oldest"), ("after", cursor), ("limit", "1000")]
            )
            let (more, _) = try await client.document(path, as: DecisionsPage.self)
            if !more.decisions.isEmpty { Outcome.write(more.table(header: false), to: .output) }
            cursor = more.next ?? more.end ?? cursor
        }
    }
}
