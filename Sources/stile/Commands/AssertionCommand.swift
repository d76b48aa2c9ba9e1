import ArgumentParser
import DecisionLog
import Gateway
import TransparencyLog

/// `stile assertion`.
struct AssertionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "assertion",
        abstract: "The keys with which services are told who asks.",
        discussion: "  stile assertion keys --configuration stile.yaml",
        subcommands: [AssertionRotateCommand.self, AssertionKeysCommand.self]
    )
}

/// `stile assertion rotate`.
struct AssertionRotateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Make a new key; the gateway takes it up by itself.",
        discussion: """
            The new key is published at once and signs after ten minutes, so that services that keep the key set for a while know it \
            before they meet it. The old one stays published for a day after that.

              stile assertion rotate --configuration stile.yaml
            """
    )

    @OptionGroup var options: ConfigurationOptions

    @Option(help: "How the keys are shown.")
    var output = OutputFormat.table

    func run() throws {
        let configuration = try self.options.read()
        do {
            let keys = AssertionKeyFolder(FolderStore(root: configuration.assertionFolder))
            try AssertionKeysCommand.show(keys.rotate(at: Identities.now()), self.output)
        } catch {
            throw Outcome.cannot("\(error)")
        }
    }
}

/// `stile assertion keys`.
struct AssertionKeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Show the published keys.",
        discussion: """
            With --output json it is the key set itself, as services get it at /.stile/jwks.json.

              stile assertion keys --configuration stile.yaml --output json
            """
    )

    @OptionGroup var options: ConfigurationOptions

    @Option(help: "How the keys are shown.")
    var output = OutputFormat.table

    func run() throws {
        let configuration = try self.options.read()
        let ring: AssertionKeyRing?
        do {
            ring = try AssertionKeyFolder(FolderStore(root: configuration.assertionFolder)).read()
        } catch {
            throw Outcome.cannot("\(error)")
        }
        guard let ring else {
            throw Outcome.no("there is no key yet; `stile serve` or `stile assertion rotate` makes one")
        }
        Self.show(ring, self.output)
    }

    /// Shows the keys of a ring.
    static func show(_ ring: AssertionKeyRing, _ output: OutputFormat) {
        let now = Identities.now()
        switch output {
        case .json: Outcome.write(ring.keySet(at: now), to: .output)
        case .table:
            var table = TextTable(["KEY", "MADE", "USE"])
            let signer = ring.signer(at: now).id
            for key in ring.published(at: now) {
                let made = Timestamp(microseconds: key.created * 1_000_000).description
                let use = key.id == signer ? "signs" : key.created + AssertionKeyRing.lead > now ? "next" : "published"
                table.add([key.id, String(made.prefix(19)), use])
            }
            Outcome.write(table.text, to: .output)
        }
    }
}
