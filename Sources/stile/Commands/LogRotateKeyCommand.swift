import ArgumentParser
import DecisionLog

/// `stile log rotate-key`.
struct LogRotateKeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate-key",
        abstract: "Change the key that signs checkpoints. The gateway must not be running.",
        discussion: """
            The old key announces the new one in the log, and both sign until you end the change; hand the printed key to \
            your auditors in the meantime. `stile log verify` follows from either to the other.

            A gateway that shares its database with others has to run, with the database, between the two commands: then it tells \
            them which key follows. Put the new key under their `gateways:` all the same.

              stile log rotate-key --configuration stile.yaml
              stile log rotate-key --configuration stile.yaml --end
            """
    )

    @OptionGroup var options: ConfigurationOptions

    @Flag(help: "End the overlap: the old key signs no more, and its secret is removed.")
    var end = false

    @Option(help: "table or json.")
    var output = OutputFormat.table

    /// What was changed.
    private struct Document: OutputDocument {
        /// The public key that signs from now on, if a change was begun.
        var key: String?
        /// The public keys that sign no more, if one was ended.
        var retired: [String]?

        var lines: String {
            if let key = self.key { return "the log's new public key, for auditors to keep elsewhere:\n\(key)" }
            return (self.retired ?? []).map { "signs no more: \($0)" }.joined(separator: "\n")
        }
    }

    func run() throws {
        let configuration = try self.options.read()
        let document: Document
        do {
            document = try self.change(configuration)
        } catch {
            switch error {
            case .keysChanging, .keysNotChanging: throw Outcome.no(error.description)
            default: throw Outcome.cannot(error.description)
            }
        }
        switch self.output {
        case .table: Outcome.write(document.lines, to: .output)
        case .json: Outcome.write(try document.text(), to: .output)
        }
    }

    private func change(_ configuration: Configuration) throws(LogFailure) -> Document {
        let (folder, gateway) = (configuration.logFolder, configuration.gateway)
        guard self.end else { return Document(key: "\(try KeyRotation.begin(folder: folder, gateway: gateway))") }
        return Document(retired: try KeyRotation.end(folder: folder, gateway: gateway).map { "\($0)" })
    }
}
