import ArgumentParser

/// The command line of Stile.
@main
struct Stile: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stile",
        abstract: "A policy gateway for machine learning inside a company.",
        discussion: """
            Stile stands in front of ML services and data stores, asks the company's directory who is there, decides every \
            request by classification policies, and keeps a log that shows when it was changed.

              stile check --configuration stile.yaml
              stile serve --configuration stile.yaml
              stile decide --as anna --action read --resource press4-forces

            Exit codes: 0 yes, 1 no (denied, a check failed), 2 usage, 3 cannot (a file, the directory, the network).
            """,
        version: "0.1.0",
        subcommands: [
            ServeCommand.self, CheckCommand.self, DecideCommand.self, PolicyCommand.self, LogCommand.self,
            AssertionCommand.self, ReviewCommand.self, TokenCommand.self, GrantCommand.self, DirectoryCommand.self,
        ]
    )

    static func main() async {
        do {
            var command = try self.parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let outcome as Outcome {
            outcome.leave()
        } catch {
            // ArgumentParser's own: usage is 2 here, help and version are 0.
            let message = self.fullMessage(for: error)
            let code: Int32 = self.exitCode(for: error) == .success ? 0 : 2
            Outcome.write(message, to: code == 0 ? .output : .error)
            Outcome.exit(code)
        }
    }
}
