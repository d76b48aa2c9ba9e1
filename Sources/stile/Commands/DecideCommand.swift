import ArgumentParser
import Catalog
import Directory
import OpenLDAPDirectory
import PolicyDecision

/// `stile decide`.
struct DecideCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decide",
        abstract: "Answer one question by the policies, and explain the answer.",
        discussion: """
            Nothing is recorded or forwarded. The person's groups come from the directory that the configuration names.

              stile decide --as anna --action read --resource press4-forces
              stile decide --as ben --action read --resource press4-forces --output json
            """
    )

    @OptionGroup var options: ConfigurationOptions

    @Option(name: .customLong("as"), help: "Who asks: a login name.")
    var person: String

    @Option(help: "What they want to do: read, list, create, write, delete, infer, administer.")
    var action: String

    @Option(help: "With what: an id of the catalogue, or SERVICE/KIND/NAME.")
    var resource: String

    @Option(help: "table or json.")
    var output = OutputFormat.table

    func run() async throws {
        let configuration = try self.options.read()
        let policies: PolicyInForce
        do {
            policies = try StartingPolicies(configuration).policies
        } catch {
            throw Outcome.no(error.description)
        }
        let directory: OpenLDAPDirectory
        do {
            directory = try OpenLDAPDirectory(configuration.directory)
        } catch {
            throw Outcome.cannot("directory: \(error)")
        }
        defer { directory.stop() }
        let person: Person
        switch await directory.person(named: self.person) {
        case .found(let found): person = found
        case .refused(let refusal): throw Outcome.no("`\(self.person)`: \(refusal)")
        case .unavailable(let failure): throw Outcome.cannot("directory: \(failure)")
        }
        guard let resource = self.snapshot(in: policies) else {
            let nearest = policies.catalog.entries.keys.sorted().first { $0.hasPrefix(self.resource.prefix(3)) }
            throw Outcome.no(
                "`\(self.resource)` is not in the catalogue" + (nearest.map { "; did you mean `\($0)`?" } ?? "")
            )
        }
        let decision = policies.decide(
            self.action,
            on: resource,
            by: policies.principal(person),
            in: DecisionContext(authentication: "none")
        )
        switch self.output {
        case .table: Outcome.write(decision.explained.joined(separator: "\n"), to: .output)
        case .json: Outcome.write(try DecisionDocument(decision).text(), to: .output)
        }
        guard decision.isAllowed else { throw Outcome.no() }
    }

    private func snapshot(in policies: PolicyInForce) -> ResourceSnapshot? {
        if let entry = policies.resource(of: self.resource) { return entry }
        let parts = self.resource.split(separator: "/", maxSplits: 2).map(String.init)
        guard parts.count == 3 else { return nil }
        return policies.resource(for: ResourceReference(service: parts[0], kind: parts[1], name: parts[2]))
    }
}
