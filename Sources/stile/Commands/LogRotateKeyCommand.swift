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

    func run() throws {
        let configuration = try self.options.read()
        do {
            if self.end {
                let retired = try KeyRotation.end(folder: configuration.logFolder, gateway: configuration.gateway)
                Outcome.write(retired.map { "signs no more: \($0)" }.joined(separator: "\n"), to: .output)
            } else {
                let key = try KeyRotation.begin(folder: configuration.logFolder, gateway: configuration.gateway)
                Outcome.write("the log's new public key, for auditors to keep elsewhere:\n\(key)", to: .output)
            }
        } catch {
            switch error {
            case .keysChanging, .keysNotChanging: throw Outcome.no(error.description)
            default: throw Outcome.cannot(error.description)
            }
        }
    }
}
