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
              stile policy check --policies policies --output json
            """
    )

    @OptionGroup var options: PolicyOptions

    @Option(help: "table or json.")
    var output = OutputFormat.table

    func run() throws {
        try self.options.requireFolder()
        var document = CheckDocument()
        document.add(policies: self.options.policies)
        try document.show(as: self.output)
    }
}

/// `stile policy test`.
struct PolicyTestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Ask the questions under policies/tests/ and compare the answers.",
        discussion: """
              stile policy test --policies policies --verbose
              stile policy test --policies policies --output json
            """
    )

    @OptionGroup var options: PolicyOptions

    @Flag(help: "Show the tests that pass, too.")
    var verbose = false

    @Option(help: "table or json.")
    var output = OutputFormat.table

    func run() throws {
        try self.options.requireFolder()
        let document: PolicyTestDocument
        do throws(PolicyDiagnostics) {
            let source = try PolicyRevision.source(self.options.policies).get()
            let policies = try PolicyInForce(source, tests: [])
            document = PolicyTestDocument(source.tests.map(policies.run))
        } catch {
            // Nothing can be asked of policies that cannot be read.
            var check = CheckDocument()
            check.add(error.all)
            return try check.show(as: self.output)
        }
        switch self.output {
        case .table: Outcome.write(document.lines(showingPassed: self.verbose), to: .output)
        case .json: Outcome.write(try document.text(), to: .output)
        }
        guard document.failed == 0 else { throw Outcome.no() }
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

    @Option(help: "table or json.")
    var output = OutputFormat.table

    /// What came of the files.
    private struct Document: OutputDocument {
        /// The files that were rewritten, or would be.
        let changed: [String]
        /// What keeps the others from being read.
        let problems: [CheckDocument.Problem]
    }

    func run() throws {
        var changed: [String] = []
        var found = CheckDocument()
        for file in self.files {
            guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
                throw Outcome.cannot("\(file): cannot be read as UTF-8 text")
            }
            let formatted: String
            do {
                formatted = try PolicySet.formatted(text, file: file)
            } catch {
                found.add(error.diagnostics.map { PolicyDiagnostic(syntax: $0, in: file) })
                continue
            }
            guard formatted != text else { continue }
            changed.append(file)
            if self.output == .table { Outcome.write(self.check ? "\(file): would change" : file, to: .output) }
            guard !self.check else { continue }
            do {
                try Data(formatted.utf8).write(to: URL(filePath: file), options: .atomic)
            } catch {
                throw Outcome.cannot("\(file): cannot be written: \(error.localizedDescription)")
            }
        }
        if self.output == .json {
            Outcome.write(try Document(changed: changed, problems: found.problems).text(), to: .output)
        }
        guard found.good, !self.check || changed.isEmpty else {
            throw Outcome.no(self.output == .table ? found.errors.joined(separator: "\n") : "")
        }
    }
}
