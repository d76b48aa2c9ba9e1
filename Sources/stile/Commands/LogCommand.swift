import ArgumentParser
import DecisionLog
import Foundation
import TransparencyLog

/// `stile log`.
struct LogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log",
        abstract: "Make, search and verify the decision log.",
        discussion: """
            `query`, `tail`, `export`, `prove` and `erase` ask the gateway, as the person who calls. The others work on the log's files, \
            where they lie.

              stile log query --decision deny --since 24h
              stile log verify state/log
            """,
        subcommands: [
            LogInitCommand.self, LogQueryCommand.self, LogTailCommand.self, LogExportCommand.self, LogProveCommand.self,
            LogEraseCommand.self, LogVerifyCommand.self, LogRebuildCommand.self, LogRotateKeyCommand.self,
            LogWitnessCommand.self, LogStampCommand.self, LogQuarantineCommand.self,
        ]
    )
}

/// `stile log init`.
struct LogInitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Make the log's folder and its keys, once.",
        discussion: """
            The log is named after `gateway:` in the configuration. It keeps its keys for life: `keys/signer` signs checkpoints, \
            `keys/master` protects the keys of persons. Hand `keys/verifier` to your auditors, and back the folder up.

              stile log init --configuration stile.yaml
            """
    )

    @OptionGroup var options: ConfigurationOptions

    @Option(help: "table or json.")
    var output = OutputFormat.table

    /// What was made.
    private struct Document: OutputDocument {
        /// The log's public key.
        let key: String
        let folder: String
    }

    func run() throws {
        let configuration = try self.options.read()
        do {
            try FileManager.default.createDirectory(
                atPath: configuration.logFolder,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw Outcome.cannot("\(configuration.logFolder): cannot be made: \(error.localizedDescription)")
        }
        let keys: LogKeys
        do {
            keys = try LogKeys.create(origin: configuration.gateway, in: FolderStore(root: configuration.logFolder))
        } catch .keysExist(let path) {
            throw Outcome.no(LogFailure.keysExist(path).description)
        } catch {
            throw Outcome.cannot(error.description)
        }
        let key = "\(keys.signer.verifier)"
        switch self.output {
        case .table: Outcome.write("the log's public key, for auditors to keep elsewhere:\n\(key)", to: .output)
        case .json: Outcome.write(try Document(key: key, folder: configuration.logFolder).text(), to: .output)
        }
    }
}

/// `stile log rebuild`.
struct LogRebuildCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rebuild",
        abstract: "Make the index anew from the log. The gateway must not be running.",
        discussion: "  stile log rebuild --configuration stile.yaml"
    )

    @OptionGroup var options: ConfigurationOptions

    @Option(help: "table or json.")
    var output = OutputFormat.table

    /// What was indexed.
    private struct Document: OutputDocument {
        /// How many entries of the log.
        let entries: UInt64
    }

    func run() async throws {
        let configuration = try self.options.read()
        let entries: UInt64
        do {
            let index = try configuration.openIndex()
            entries = try DecisionLog.rebuild(
                folder: configuration.logFolder,
                gateway: configuration.gateway,
                index: index
            ) { percent in Outcome.write("\(percent) %", to: .error) }
        } catch {
            throw Outcome.cannot("\(error)")
        }
        switch self.output {
        case .table: Outcome.write("\(entries) entries indexed", to: .output)
        case .json: Outcome.write(try Document(entries: entries).text(), to: .output)
        }
    }
}
