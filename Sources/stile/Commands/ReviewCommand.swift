import ArgumentParser
import Foundation

/// `stile review`.
struct ReviewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "review",
        abstract: "Find the data whose label stands in people's way.",
        discussion: "  stile review queue --since 30d",
        subcommands: [ReviewQueueCommand.self]
    )
}

/// `stile review queue`.
struct ReviewQueueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue",
        abstract: "Rank data sets by the people denied for the label alone.",
        discussion: """
            Who is counted: people whom a rule already permits what they asked, and whom only the label stopped; each once, \
            however often they asked. That says what a review would be worth, not that the label is wrong.

              stile review queue --since 30d
            """
    )

    @Option(help: "From this time on: 2026-02-01T08:00:00Z, or a span back from now; default 90d.")
    var since: String?

    @Option(help: "At most so many, 1 to 1000.")
    var limit = 20

    @Option(help: "table or json.")
    var output = OutputFormat.table

    @OptionGroup var console: ConsoleOptions

    private struct Queue: Decodable {
        struct Flip: Decodable {
            var label: String
            var denials: UInt64
        }
        struct Item: Decodable {
            var resource: String
            var title: String
            var owner: String?
            var label: String
            var reason: String?
            var ageInDays: Int?
            var overdueInDays: Int?
            var people: UInt64
            var denials: UInt64
            var flips: [Flip]
        }
        var items: [Item]
        var indexed: UInt64
        var recorded: UInt64
    }

    func run() async throws {
        let path = consolePath("/.stile/api/review/queue", [("since", self.since), ("limit", "\(self.limit)")])
        let call = ConsoleCall(path)
        guard let queue = try await self.console.ask(call, as: Queue.self, for: self.output) else { return }
        guard !queue.items.isEmpty else {
            Outcome.write("nobody was denied for a label alone", to: .output)
            return
        }
        var table = TextTable([
            "", "DATA SET", "PEOPLE", "DENIALS", "LABEL", "WOULD DO", "AGE", "REVIEW", "OWNER", "REASON",
        ])
        for (place, item) in queue.items.enumerated() {
            table.add([
                "\(place + 1)", item.resource, "\(item.people)", "\(item.denials)", item.label,
                item.flips.first?.label ?? "-", item.ageInDays.map { "\($0) d" } ?? "-",
                item.overdueInDays.map { "overdue \($0) d" } ?? "-", item.owner ?? "nobody",
                item.reason ?? "none written down",
            ])
        }
        Outcome.write(table.text, to: .output)
    }
}
