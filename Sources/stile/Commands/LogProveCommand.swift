import ArgumentParser
import DecisionLog
import Foundation
import TransparencyLog

/// `stile log prove`.
struct LogProveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prove",
        abstract: "Get the receipt for a decision: the proof that it is in the log, and as much of it as you may see.",
        discussion: """
            Asks the console as the person who calls: an auditor with --auditor gets everything, anybody gets their own \
            decisions as far as they were told of them. With --folder an operator proves from the log's files, showing the \
            parts named with --show. A receipt is checked offline: `deploy/verify-log.py receipt FILE --key VERIFIER`.

              stile log prove 01M84VRDBKNF6G28T5CY4TQKFF > receipt.json
              stile log prove 01M84VRDBKNF6G28T5CY4TQKFF --folder state/log \\
                  --show explanation
            """
    )

    @Argument(help: "The decision's id, as the refusal or the log shows it.")
    var id: String

    @Flag(help: "Ask as an auditor, about anybody's decision.")
    var auditor = false

    @Option(help: "The log's folder: prove from its files instead of asking the console.")
    var folder: String?

    @Option(help: "With --folder, the parts to show: person, explanation, facts; several with commas.")
    var show: String?

    @OptionGroup var console: ConsoleOptions

    func run() async throws {
        guard let id = DecisionID(self.id) else {
            throw Outcome.usage("found `\(self.id)`, expected a decision's id of 26 letters and digits")
        }
        if let folder {
            Outcome.write(try self.receipt(of: id, in: folder).json.text, to: .output)
            return
        }
        guard self.show == nil else {
            throw Outcome.usage("--show is for --folder; the console decides what you may see")
        }
        let path = self.auditor ? "/.stile/api/decisions/receipt" : "/.stile/api/me/receipt"
        let (_, bytes) = try await self.console.client().document(
            consolePath(path, [("id", self.id)]),
            as: Proven.self
        )
        Outcome.write(String(decoding: bytes, as: UTF8.self), to: .output)
    }

    /// What every receipt has.
    private struct Proven: Decodable {
        var checkpoint: String
        var index: UInt64
    }

    private func receipt(of id: DecisionID, in folder: String) throws -> Receipt {
        var parts: Set<LogPart> = []
        for name in (self.show ?? "").split(separator: ",") {
            guard let part = LogPart.allCases.first(where: { $0.name == name }) else {
                let known = LogPart.allCases.map(\.name).joined(separator: ", ")
                throw Outcome.usage("found `\(name)` under --show, expected some of \(known)")
            }
            parts.insert(part)
        }
        let store = FolderStore(root: folder)
        do {
            let keys = try LogKeys.read(from: store)
            let prover = LogProver(store: store, keys: keys.verifiers)
            guard let place = try prover.place(of: id) else {
                throw Outcome.no("no sealed decision `\(id)` in \(folder); one that was just recorded takes a second")
            }
            let persons = parts.contains(.person) ? try PersonKeys(store: store, master: keys.master) : nil
            return try prover.receipt(at: place, showing: parts, keys: persons)
        } catch let failure as LogFailure {
            throw Outcome.cannot("\(failure)")
        }
    }
}
