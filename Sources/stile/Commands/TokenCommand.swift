import ArgumentParser
import Foundation

/// `stile token`.
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Make, list and take back access tokens for programs.",
        discussion: """
            A token is good for what its scope says, and never for more than its owner may do. It ends with its time, when it is \
            taken back, and with its owner's account. Programs send it as `Authorization: Bearer`, or as the password.

              stile token create --name "nightly job" --days 90 \\
                  --scope mlflow:read --scope mlflow:list
              stile token list
              stile token revoke 3f9a1c0b7d52e846
            """,
        subcommands: [TokenCreateCommand.self, TokenListCommand.self, TokenRevokeCommand.self]
    )
}

/// A token as the console shows it.
private struct ShownToken: Decodable {
    var token: String?
    var id: String
    var owner: String
    var name: String
    var scope: [String]
    var state: String
    var created: String
    var expires: String
    var lastUsed: String?
}

/// `stile token create`.
struct TokenCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make a token, and show it once.",
        discussion: """
            The token alone goes to standard output, so that a script can take it; everything about it goes to standard error.

              stile token create --name "nightly job" --days 90 \\
                  --scope mlflow:read --scope mlflow:list
            """
    )

    @Option(help: "What it is for, as you will find it in the list.")
    var name: String

    @Option(help: "For how many days it is good.")
    var days = 90

    @Option(help: "What it is good for, SERVICE:ACTION; `*` for all; once for each.")
    var scope: [String]

    @Option(help: "table or json.")
    var output = OutputFormat.table

    @OptionGroup var console: ConsoleOptions

    private struct Order: Encodable {
        var name: String
        var days: Int
        var scope: [String]
    }

    func run() async throws {
        let order = Order(name: self.name, days: self.days, scope: self.scope)
        let request = ConsoleCall(.post, "/.stile/api/tokens", body: try JSONEncoder().encode(order))
        guard let token = try await self.console.ask(request, as: ShownToken.self, for: self.output) else { return }
        Outcome.write(
            """
            token \(token.id) of \(token.owner), for \(token.scope.joined(separator: " ")), good until \(token.expires)
            It is shown this once. Keep it like a password.
            """,
            to: .error
        )
        Outcome.write(token.token ?? "", to: .output)
    }
}

/// `stile token list`.
struct TokenListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List your tokens; officers list everybody's.",
        discussion: """
            When a token was last used is known to the hour.

              stile token list
              stile token list --all --person trainer
            """
    )

    @Flag(help: "Everybody's; for those whom the policies let.")
    var all = false

    @Option(help: "One person's, by login name; with --all.")
    var person: String?

    @Flag(help: "Also those that have ended or were taken back.")
    var ended = false

    @Option(help: "table or json.")
    var output = OutputFormat.table

    @OptionGroup var console: ConsoleOptions

    private struct Tokens: Decodable {
        var tokens: [ShownToken]
    }

    func validate() throws {
        guard self.person == nil || self.all else { throw ValidationError("--person needs --all") }
    }

    func run() async throws {
        let path = consolePath(
            self.all ? "/.stile/api/tokens/all" : "/.stile/api/tokens",
            [("person", self.person), ("ended", self.ended ? "true" : nil)]
        )
        guard let list = try await self.console.ask(ConsoleCall(path), as: Tokens.self, for: self.output)
        else { return }
        guard !list.tokens.isEmpty else {
            Outcome.write("no tokens", to: .output)
            return
        }
        var table = TextTable(["ID", "OWNER", "NAME", "SCOPE", "STATE", "UNTIL", "LAST USED"])
        for token in list.tokens {
            table.add([
                token.id, token.owner, token.name, token.scope.joined(separator: " "), token.state, token.expires,
                token.lastUsed ?? "never",
            ])
        }
        Outcome.write(table.text, to: .output)
    }
}

/// `stile token revoke`.
struct TokenRevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Take a token back: from the answer on it opens nothing.",
        discussion: """
            Whoever finds a token that leaked can work out its id: the first 16 hex digits of its SHA-256.

              stile token revoke 3f9a1c0b7d52e846
              stile token revoke --any 3f9a1c0b7d52e846
            """
    )

    @Argument(help: "The token's id, as the list shows it.")
    var id: String

    @Flag(help: "Also somebody else's; for those whom the policies let.")
    var any = false

    @Option(help: "table or json.")
    var output = OutputFormat.table

    @OptionGroup var console: ConsoleOptions

    func validate() throws {
        guard self.id.wholeMatch(of: /[0-9a-f]{16}/) != nil else {
            throw ValidationError("found `\(self.id)`, expected the id of a token: 16 hex digits, not the token itself")
        }
    }

    func run() async throws {
        let request = ConsoleCall(.delete, "/.stile/api/tokens/" + (self.any ? "all/" : "") + self.id)
        guard let token = try await self.console.ask(request, as: ShownToken.self, for: self.output) else { return }
        Outcome.write("token \(token.id) of \(token.owner) is taken back", to: .output)
    }
}
