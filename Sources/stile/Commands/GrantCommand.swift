import ArgumentParser
import Foundation
import Governance

/// `stile grant`.
struct GrantCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grant",
        abstract: "Give a person a time-limited exception for your data, list exceptions, and take them back.",
        discussion: """
            A grant opens one entry of the catalogue for one person, up to a label, until it ends or is taken back; at every gateway within \
            a second. It never covers a floor, and what it opens beyond the label is what the rules say about grants.

              stile grant give ben --resource press4-forces --hours 72 \\
                  --reason "failure analysis of tool 17"
              stile grant list
              stile grant withdraw G-3f9a1c0b7d52e846 --resource press4-forces
            """,
        subcommands: [GrantGiveCommand.self, GrantListCommand.self, GrantWithdrawCommand.self]
    )

    /// The path of an entry's grants.
    static func path(of resource: String) throws -> String {
        let allowed = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
        guard let step = resource.addingPercentEncoding(withAllowedCharacters: allowed), !step.isEmpty, step != ".",
            step != ".."
        else {
            throw Outcome.usage("found the resource `\(resource)`, expected an id of the catalogue")
        }
        return "/.stile/api/grants/" + step
    }
}

/// A grant as the console shows it.
private struct ShownGrant: Decodable {
    var id: String
    var person: String
    var resource: String
    var label: String
    var reason: String
    var givenBy: String
    var expires: String
    var state: String
}

/// `stile grant give`.
struct GrantGiveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "give",
        abstract: "Give a grant; for those whom the policies let administer the data, its owners.",
        discussion: """
            Its id goes to standard output. Nobody gives a grant to themselves.

              stile grant give ben --resource press4-forces --hours 72 \\
                  --reason "failure analysis of tool 17"
              stile grant give ben --resource press4-forces --hours 8 \\
                  --label confidential --reason "without customer X's need-to-know"
            """
    )

    @Argument(help: "For whom: a login name.")
    var person: String

    @Option(help: "For what: an id of the catalogue.")
    var resource: String

    @Option(help: "For how many hours.")
    var hours: Int64

    @Option(help: "What for, as the list will show it.")
    var reason: String

    @Option(help: "Up to which label; default the data's own, floors left out.")
    var label: String?

    @Option(help: "table or json.")
    var output = OutputFormat.table

    @OptionGroup var console: ConsoleOptions

    private struct Order: Encodable {
        var person: String
        var hours: Int64
        var reason: String
        var label: String?
    }

    func run() async throws {
        let order = Order(person: self.person, hours: self.hours, reason: self.reason, label: self.label)
        let call = ConsoleCall(.post, try GrantCommand.path(of: self.resource), body: try JSONEncoder().encode(order))
        guard let grant = try await self.console.ask(call, as: ShownGrant.self, for: self.output) else { return }
        Outcome.write(
            TextTable.printable("\(grant.person) has \(grant.resource) up to \(grant.label) until \(grant.expires)"),
            to: .error
        )
        Outcome.write(grant.id, to: .output)
    }
}

/// `stile grant list`.
struct GrantListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the grants that you have or gave; officers and auditors list everybody's.",
        discussion: "  stile grant list\n  stile grant list --all --ended --output json"
    )

    @Flag(help: "Everybody's; for those whom the policies let.")
    var all = false

    @Flag(help: "Also those that have ended or were taken back.")
    var ended = false

    @Option(help: "table or json.")
    var output = OutputFormat.table

    @OptionGroup var console: ConsoleOptions

    private struct Grants: Decodable {
        var grants: [ShownGrant]
    }

    func run() async throws {
        let path = consolePath(
            self.all ? "/.stile/api/grants/all" : "/.stile/api/grants",
            [("ended", self.ended ? "true" : nil)]
        )
        guard let list = try await self.console.ask(ConsoleCall(path), as: Grants.self, for: self.output)
        else { return }
        guard !list.grants.isEmpty else {
            Outcome.write("no grants", to: .output)
            return
        }
        var table = TextTable(["ID", "FOR", "RESOURCE", "UP TO", "STATE", "UNTIL", "BY", "REASON"])
        for grant in list.grants {
            table.add([
                grant.id, grant.person, grant.resource, grant.label, grant.state, grant.expires, grant.givenBy,
                grant.reason,
            ])
        }
        Outcome.write(table.text, to: .output)
    }
}

/// `stile grant withdraw`.
struct GrantWithdrawCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "withdraw",
        abstract: "Take a grant back: from the answer on it opens nothing.",
        discussion: """
            What is under way on it is cut off.

              stile grant withdraw G-3f9a1c0b7d52e846 --resource press4-forces
            """
    )

    @Argument(help: "The grant's id, as the list shows it.")
    var id: String

    @Option(help: "The id of the catalogue that it is for.")
    var resource: String

    @Option(help: "table or json.")
    var output = OutputFormat.table

    @OptionGroup var console: ConsoleOptions

    func validate() throws {
        guard GrantID(self.id) != nil else {
            throw ValidationError("found `\(self.id)`, expected the id of a grant: `G-` and 16 hex digits")
        }
    }

    func run() async throws {
        let call = ConsoleCall(.delete, try GrantCommand.path(of: self.resource) + "/" + self.id)
        guard let grant = try await self.console.ask(call, as: ShownGrant.self, for: self.output) else { return }
        Outcome.write(TextTable.printable("grant \(grant.id) of \(grant.person) is taken back"), to: .output)
    }
}
