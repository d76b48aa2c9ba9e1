import ArgumentParser
import Catalog
import Directory
import OpenLDAPDirectory
import PolicyDecision
import SecurityLabels

/// `stile directory`.
struct DirectoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "directory",
        abstract: "See what Stile sees in the directory.",
        subcommands: [DirectoryTestCommand.self]
    )
}

/// `stile directory test`.
struct DirectoryTestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract:
            "Look a person up, and show each step: servers, entry, account, groups, clearance and the rules that gave it.",
        discussion: "  stile directory test --configuration stile.yaml --user anna"
    )

    @OptionGroup var options: ConfigurationOptions

    @Option(help: "A login name, in any form that people type.")
    var user: String

    func run() async throws {
        let configuration = try self.options.read()
        let policies: PolicyInForce
        switch PolicyRevision.read(configuration.policies.folder) {
        case .success(let read): policies = read
        case .failure(let diagnostics): throw Outcome.no(diagnostics.description)
        }
        let directory: OpenLDAPDirectory
        do {
            directory = try OpenLDAPDirectory(configuration.directory.reading(policies.clearances.attributes))
        } catch {
            throw Outcome.cannot("directory: \(error)")
        }
        defer { directory.stop() }
        let trace = await directory.trace(named: self.user)
        for step in trace.steps { Outcome.write(step.description, to: .output) }
        guard let person = trace.person else {
            throw Outcome.no("nobody is signed in as `\(self.user)`; look at `directory:` in \(self.options.path)")
        }
        try self.show(person, policies)
    }

    private func show(_ person: Person, _ policies: PolicyInForce) throws {
        let clearances = policies.clearances
        for index in clearances.indicesOfRules(about: person) {
            let rule = clearances.rules[index]
            let gives = [
                rule.level.map { "level \($0.name)" },
                rule.categories.isEmpty
                    ? nil : "categories \(rule.categories.map(\.name).sorted().joined(separator: ", "))",
                rule.ceiling.map { "ceiling \($0.level.name)" },
            ]
            Outcome.write(
                "fine: rule \(index + 1) of clearances.yaml: \(rule.subject): \(gives.compactMap(\.self).joined(separator: ", "))",
                to: .output
            )
        }
        switch clearances.clearance(of: person) {
        case .clearance(let label): Outcome.write("fine: clearance: \(label.marking)", to: .output)
        case .unreadable(let reason): throw Outcome.no("no clearance: \(reason)")
        }
        guard person.account.allowsSignIn else { throw Outcome.no("the account does not allow to sign in") }
    }
}
