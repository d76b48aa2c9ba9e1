import ArgumentParser
import Foundation

/// `stile log erase`.
struct LogEraseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase",
        abstract: "Make everything in the log that is about a person unreadable, for ever.",
        discussion: """
            Destroys the person's keys, through the console and as the person who calls: policy decides whether you may, and \
            that you did is recorded. Every entry stays and proves what it proved; who it was about cannot be read any more. \
            Copies that were exported or shipped are not reached, nor are backups of `keys/`.

              stile log erase --person ben
              stile log erase --person uuid:9b2c… --yes
            """
    )

    @Option(name: [.customLong("person"), .customLong("who")], help: "The person, by login name or stable id.")
    var person: String

    @Flag(help: "Do not ask whether you are sure.")
    var yes = false

    @Option(help: "table or json.")
    var output = OutputFormat.table

    @OptionGroup var console: ConsoleOptions

    func run() async throws {
        if !self.yes {
            Outcome.write("This cannot be undone. Type `\(self.person)` to erase them:", to: .error)
            guard readLine() == self.person else { throw Outcome.no("not erased") }
        }
        struct Order: Encodable { var person: String }
        struct Erased: Decodable {
            var person: String
            var keys: Int
        }
        let order = try JSONEncoder().encode(Order(person: self.person))
        let call = ConsoleCall(.post, "/.stile/api/decisions/erase", body: order)
        guard let erased = try await self.console.ask(call, as: Erased.self, for: self.output) else { return }
        Outcome.write("erased \(erased.person): \(erased.keys) keys destroyed", to: .output)
    }
}
