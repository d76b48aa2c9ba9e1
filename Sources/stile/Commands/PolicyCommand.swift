import ArgumentParser
import Catalog
import Cedar
import Foundation
import PolicyDecision
import PolicyFiles

/// `stile policy`.
struct PolicyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract: "Check, test and format the files under policies/; publish, approve and compare revisions.",
        discussion: """
            `check`, `test` and `format` work on a folder and ask nobody; the others ask the gateway, as the person who calls.

              stile policy check --policies policies
              stile policy history
            """,
        subcommands: [
            PolicyCheckCommand.self, PolicyTestCommand.self, PolicyFormatCommand.self, PolicyDiffCommand.self,
            PolicyPublishCommand.self, PolicyApproveCommand.self, PolicyHistoryCommand.self, PolicyRollbackCommand.self,
        ]
    )
}

/// `stile policy check`.
struct PolicyCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Validate every file under policies/ and run the policy tests.",
        discussion: """
            Each error names file, line and column, what was found and what was expected.

              stile policy check --policies policies
            """
    )

    @OptionGroup var options: PolicyOptions

    func run() throws {
        let policies = try self.options.read()
        for warning in policies.warnings { Outcome.write(warning.description, to: .error) }
        Outcome.write(
            "good: revision \(policies.revision), \(policies.catalog.entries.count) catalogue entries",
            to: .output
        )
    }
}

/// `stile policy test`.
struct PolicyTestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Ask the questions under policies/tests/ and compare the answers.",
        discussion: "  stile policy test --policies policies"
    )

    @OptionGroup var options: PolicyOptions

    @Flag(help: "Show the tests that pass, too.")
    var verbose = false

    func run() throws {
        try self.options.requireFolder()
        let source: PolicySource
        switch PolicyRevision.source(self.options.policies) {
        case .success(let read): source = read
        case .failure(let diagnostics): throw Outcome.no(diagnostics.description)
        }
        let policies: PolicyInForce
        do {
            policies = try PolicyInForce(source, tests: [])
        } catch {
            throw Outcome.no(error.description)
        }
        let outcomes = source.tests.map(policies.run)
        for outcome in outcomes {
            if outcome.isPassed, self.verbose { Outcome.write("ok    \(outcome.test.name)", to: .output) }
            for failure in outcome.failures {
                Outcome.write("WRONG \(outcome.test.position): \(outcome.test.name): \(failure)", to: .output)
            }
        }
        let failed = outcomes.count { !$0.isPassed }
        Outcome.write("\(outcomes.count - failed) passed, \(failed) failed", to: .output)
        guard failed == 0 else { throw Outcome.no() }
    }
}

/// `stile policy format`.
struct PolicyFormatCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "format",
        abstract: "Write policies in their canonical layout.",
        discussion: """
            Comments are kept. A file with errors stays as it is, and every error is shown.

              stile policy format policies/*.cedar
              stile policy format --check policies/*.cedar
            """
    )

    @Argument(help: "The files; each is rewritten in place.")
    var files: [String]

    @Flag(help: "Change nothing; exit 1 when a file would change.")
    var check = false

    func run() throws {
        var wouldChange = false
        var problems: [String] = []
        for file in self.files {
            guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
                throw Outcome.cannot("\(file): cannot be read as UTF-8 text")
            }
            let formatted: String
            do {
                formatted = try PolicySet.formatted(text, file: file)
            } catch {
                problems.append(error.description)
                continue
            }
            guard formatted != text else { continue }
            wouldChange = true
            Outcome.write(self.check ? "\(file): would change" : file, to: .output)
            guard !self.check else { continue }
            do {
                try Data(formatted.utf8).write(to: URL(filePath: file), options: .atomic)
            } catch {
                throw Outcome.cannot("\(file): cannot be written: \(error.localizedDescription)")
            }
        }
        if !problems.isEmpty || self.check && wouldChange { throw Outcome.no(problems.joined(separator: "\n")) }
    }
}
