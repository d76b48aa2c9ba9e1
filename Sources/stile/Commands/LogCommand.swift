import ArgumentParser
import DecisionLog
import Foundation
import TransparencyLog

/// `stile log`.
struct LogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log",
        abstract: "Make, search and verify the decision log.",
        subcommands: [
            LogInitCommand.self, LogQueryCommand.self, LogTailCommand.self, LogVerifyCommand.self,
            LogRebuildCommand.self, LogStampCommand.self,
        ]
    )
}

/// `stile log init`.
struct LogInitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Make the log's folder and its keys, once.",
        discussion: """
            The log is named after `gateway:` in the configuration. It keeps its keys for life: `keys/signer` signs checkpoints,
            `keys/master` protects the keys of persons. Hand `keys/verifier` to your auditors, and back the folder up.

              stile log init --configuration stile.yaml
            """
    )

    @OptionGroup var options: ConfigurationOptions

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
        Outcome.write("the log's public key, for auditors to keep elsewhere:\n\(keys.signer.verifier)", to: .output)
    }
}

/// `stile log verify`.
struct LogVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check a log from its files alone, offline.",
        discussion: """
            Checks the checkpoint's signature, the tree over every entry, each part against its commitment, and the journal's
            tail. Without --key the public key beside the log is used, which proves less. What files alone cannot show is that
            they are the newest: give a checkpoint that you kept elsewhere.

            Time stamps beside the tree are compared with it, and with --stamp-ca their signatures and times are checked, too.

              stile log verify state/log --key "$(cat kept/verifier)" --checkpoint kept/checkpoint --stamp-ca tsa-ca.pem
            """
    )

    @Argument(help: "The log's folder.")
    var folder: String

    @Option(help: "The log's public key, as `stile log init` printed it.")
    var key: String?

    @Option(help: "A file with a checkpoint kept elsewhere, which the log must contain.")
    var checkpoint: String?

    @Option(name: .customLong("stamp-ca"), help: "A file with the authority that time stamps lead to, in PEM.")
    var stampAuthority: String?

    func run() throws {
        guard FileManager.default.fileExists(atPath: self.folder) else {
            throw Outcome.cannot("\(self.folder): no such folder")
        }
        let key = try self.key.map { text in
            guard let key = NoteVerifierKey(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
                throw Outcome.usage("found `\(text)`, expected a public key as `stile log init` prints it")
            }
            return key
        }
        let known = try self.checkpoint.map { path in
            guard let data = FileManager.default.contents(atPath: path) else {
                throw Outcome.cannot("\(path): cannot be read")
            }
            do {
                let verifier = try key ?? LogKeys.readVerifier(from: FolderStore(root: self.folder))
                return try Checkpoint(verifying: SignedNote(Array(data)), with: [verifier])
            } catch {
                throw Outcome.no("\(path): \(error)")
            }
        }
        let report = LogVerifier.verify(folder: self.folder, key: key, known: known)
        for problem in report.problems { Outcome.write("WRONG \(problem)", to: .output) }
        let stamps = try StampReport(
            folder: self.folder,
            key: key,
            current: report.checkpoint,
            authority: self.stampAuthority
        )
        for line in stamps.lines { Outcome.write(line, to: .output) }
        let sealed =
            report.checkpoint.map { "\(report.sealed) sealed entries under the checkpoint of size \($0.size)" }
            ?? "no checkpoint"
        let missing = report.missingParts > 0 ? ", \(report.missingParts) parts withheld or erased" : ""
        Outcome.write(
            "\(sealed), \(report.unsealed) not sealed yet, \(report.parts) parts checked\(missing)",
            to: .output
        )
        guard report.isIntact else {
            let more = report.problems.count >= VerificationReport.maximumProblems ? "at least " : ""
            throw Outcome.no(
                "the log was changed: \(more)\(report.problems.count) problems, the first: \(report.problems[0])"
            )
        }
        guard stamps.wrong == 0 else { throw Outcome.no("\(stamps.wrong) time stamps are not this log's, or not good") }
        Outcome.write("nothing was changed", to: .output)
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

    func run() async throws {
        let configuration = try self.options.read()
        do {
            let index = try configuration.openIndex()
            try index.reset()
            let log = try DecisionLog.open(
                folder: configuration.logFolder,
                gateway: configuration.gateway,
                index: index
            )
            defer { log.close() }
            var said = 0
            while log.progress.indexed < log.journal.durable {
                if let failure = log.progress.indexFailure { throw Outcome.cannot(failure) }
                try await Task.sleep(for: .milliseconds(100))
                let percent = Int(log.progress.indexed * 100 / max(1, log.journal.durable))
                if percent >= said + 10 {
                    said = percent
                    Outcome.write("\(percent) %", to: .error)
                }
            }
            Outcome.write("\(log.journal.durable) entries indexed", to: .output)
        } catch let outcome as Outcome {
            throw outcome
        } catch {
            throw Outcome.cannot("\(error)")
        }
    }
}
