import ArgumentParser
import DecisionLog
import OpenSSLTrust
import TransparencyLog

/// `stile log stamp`.
struct LogStampCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stamp",
        abstract: "Have the newest checkpoint stamped by the time-stamp authority now.",
        discussion: """
            The gateway does this once a day by itself when `log: { time-stamp: … }` names an authority. The authority sees a \
            hash only. `stile log verify --stamp-ca` checks what it signed.

              stile log stamp --configuration stile.yaml
            """
    )

    @OptionGroup var options: ConfigurationOptions

    @Option(help: "How the stamp is shown.")
    var output = OutputFormat.table

    func run() async throws {
        let configuration = try self.options.read()
        guard let trust = configuration.timeStamps else {
            throw Outcome.usage("found no `time-stamp:` under `log:`, expected `authority:` and `ca:`")
        }
        let stamps = Stamps(store: FolderStore(root: configuration.logFolder))
        do {
            let authority = try TimeStampAuthority(trust)
            guard let checkpoint = try stamps.current() else {
                throw Outcome.no("nothing is sealed yet, there is nothing to stamp")
            }
            let now = Timestamp.now()
            let stamp = try await authority.stamp(checkpoint, at: now.seconds).get()
            try stamps.keep(stamp.response, of: checkpoint, at: now)
            let moment = Timestamp(microseconds: stamp.time * 1_000_000).description
            switch self.output {
            case .table: Outcome.write("stamped at \(moment), serial number \(stamp.serial)", to: .output)
            case .json:
                let answer = JSONValue.object(["time": .string(moment), "serial": .string(stamp.serial)])
                Outcome.write(answer.text, to: .output)
            }
        } catch let outcome as Outcome {
            throw outcome
        } catch {
            throw Outcome.cannot("\(error)")
        }
    }
}
