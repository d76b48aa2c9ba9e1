import ArgumentParser
import Gateway
import Logging

/// `stile serve`.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the gateway.",
        discussion: """
            Ends on SIGTERM or Ctrl-C, after requests under way; a second signal does not wait. SIGHUP takes up policies and \
            certificates at once; changed files are also noticed by themselves.

              stile serve --configuration stile.yaml
            """
    )

    @OptionGroup var options: ConfigurationOptions

    @Option(help: "How long requests under way may take when the gateway ends, in seconds.")
    var grace = 10

    func run() async throws {
        let configuration = try self.options.read()
        LoggingSystem.bootstrap(StreamLogHandler.standardError)
        let logger = Logger(label: "stile")
        let signals = operatorSignals()
        let assembly: Assembly
        do {
            assembly = try await Assembly.start(configuration, logger: logger)
        } catch {
            throw Outcome.cannot(error.description)
        }
        for (listener, port) in zip(configuration.listeners, assembly.gateway.ports) {
            logger.notice("listening", metadata: ["address": "\(listener.address):\(port)"])
        }
        var stopping: Task<Void, Never>?
        for await signal in signals {
            switch signal {
            case .reload: assembly.reload()
            case .stop:
                guard stopping == nil else { Outcome.exit(0) }
                let grace = self.grace
                logger.notice("ending", metadata: ["grace": "\(grace) s"])
                stopping = Task {
                    await assembly.stop(grace: .seconds(grace))
                    Outcome.exit(0)
                }
            }
        }
    }
}
