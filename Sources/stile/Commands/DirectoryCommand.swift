import ArgumentParser
import Catalog
import Directory
import OpenLDAPDirectory
import PolicyDecision

/// `stile directory`.
struct DirectoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "directory",
        abstract: "See what Stile sees in the directory.",
        discussion: "  stile directory test --configuration stile.yaml --user anna",
        subcommands: [DirectoryTestCommand.self]
    )
}

/// `stile directory test`.
struct DirectoryTestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Look a person up, and show each step and what to change where one fails.",
        discussion: """
            Servers and TLS, the name and the entry, the account, the groups and the way to each, the rules of \
            `clearances.yaml` that are about the person, and the clearance. No password is asked for, and nothing is changed.

              stile directory test --configuration stile.yaml --user anna
              stile directory test --user 'PLANT\\anna' --output json

            Exit codes: 0 the person has a clearance and may sign in, 1 not, 3 no directory server answers.
            """
    )

    @OptionGroup var options: ConfigurationOptions

    @Option(help: "A login name, in any form that people type.")
    var user: String

    @Option(help: "table or json.")
    var output = OutputFormat.table

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
        let places = DirectoryPlaces(configuration: self.options.path, policies: configuration.policies.folder)
        let trace = await directory.trace(named: self.user)
        var report = DirectoryReport(user: self.user, steps: trace.steps.map { .init($0, place: places.place(of: $0)) })
        if let person = trace.person {
            let missing = await directory.missing(among: policies.clearances.rules.map(\.subject)) ?? []
            report.add(person, under: policies.clearances, missing: missing, places)
        }
        switch self.output {
        case .table: Outcome.write(report.text, to: .output)
        case .json: Outcome.write(try report.text(), to: .output)
        }
        if !report.isReachable { throw Outcome.cannot("no directory server answers") }
        if !report.maySignIn { throw Outcome.no() }
    }
}
