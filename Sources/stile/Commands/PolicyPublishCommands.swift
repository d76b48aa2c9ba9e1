import ArgumentParser
import Foundation
import Governance

/// A revision as the console shows it.
struct ShownRevision: Codable {
    var digest: String
    var revision: String
    var number: UInt64
    var state: String
    var base: String?
    var note: String?
    var proposedBy: String?
    var proposed: String?
    var approvedBy: String?
    var published: String?
}

/// The files of a revision as the console shows them.
struct ShownFiles: Codable {
    struct File: Codable {
        var name: String
        var text: String
    }

    var digest: String
    var revision: String
    var files: [File]
}

/// `stile policy publish`.
struct PolicyPublishCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish",
        abstract: "Propose the files of a folder as the next revision; small changes are in force at once.",
        discussion: """
            For gateways with `policies: mode: published`. The gateway checks the files and runs the policy tests. A change of the scheme, \
            the clearances, the schema or the rules, of an entry under a floor or of the console, or of what may be the same things, waits until somebody else approves it (`stile policy approve`); other changes of the \
            catalogue and of tests are in force at once, at every gateway within a second.

              stile policy publish --policies policies --note "contract 4711 has ended" \\
                  --base 3f9a1c0b7d52e8463f9a1c0b7d52e846
            """
    )

    @Option(help: "The folder with the policies.")
    var policies = "policies"

    @Option(help: "What for, as the history will show it.")
    var note: String

    @Option(help: "The revision that you began with: when another is in force, nothing is published.")
    var base: String?

    @Option(help: "table or json.")
    var output = OutputFormat.table

    @OptionGroup var console: ConsoleOptions

    private struct Order: Encodable {
        var note: String
        var base: String?
        var files: [ShownFiles.File]
    }

    func run() async throws {
        let bundle: PolicyBundle
        do {
            bundle = try PolicyRevision.bundle(of: self.policies)
        } catch {
            throw Outcome.no("\(error)")
        }
        let order = Order(
            note: self.note,
            base: self.base,
            files: bundle.files.map { ShownFiles.File(name: $0.name, text: $0.text) }
        )
        let call = ConsoleCall(.post, "/.stile/api/policies", body: try JSONEncoder().encode(order))
        try await self.console.showRevision(call, as: self.output)
    }
}

/// `stile policy rollback`.
struct PolicyRollbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Propose an earlier revision again.",
        discussion: """
            It is checked, approved and published like any other, and gets a new number.

              stile policy rollback 3f9a1c0b7d52e8463f9a1c0b7d52e846 \\
                  --note "analysts were locked out"
            """
    )

    @Argument(help: "The revision, as the history shows it.")
    var revision: String

    @Option(help: "What for, as the history will show it.")
    var note: String

    @Option(help: "table or json.")
    var output = OutputFormat.table

    @OptionGroup var console: ConsoleOptions

    private struct Order: Encodable {
        var note: String
        var revision: String
    }

    func validate() throws { try PolicyApproveCommand.validate(self.revision) }

    func run() async throws {
        let order = Order(note: self.note, revision: self.revision)
        let call = ConsoleCall(.post, "/.stile/api/policies", body: try JSONEncoder().encode(order))
        try await self.console.showRevision(call, as: self.output)
    }
}

/// `stile policy approve`.
struct PolicyApproveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve",
        abstract: "Approve a revision that somebody else proposed: it is in force everywhere within a second.",
        discussion: """
            Look at it first. What is approved is the revision's hash, so it cannot become anything else on the way.

              stile policy diff 3f9a1c0b7d52e8463f9a1c0b7d52e846
              stile policy approve 3f9a1c0b7d52e8463f9a1c0b7d52e846
            """
    )

    @Argument(help: "The revision, as publishing and the history show it.")
    var revision: String

    @Option(help: "table or json.")
    var output = OutputFormat.table

    @OptionGroup var console: ConsoleOptions

    static func validate(_ revision: String) throws {
        guard PolicyDigest.isName(revision) else {
            throw ValidationError("found `\(revision)`, expected a revision: 32 or 64 hex digits")
        }
    }

    func validate() throws { try Self.validate(self.revision) }

    func run() async throws {
        let call = ConsoleCall(.post, "/.stile/api/policies/\(self.revision)/approve")
        try await self.console.showRevision(call, as: self.output)
    }
}

/// `stile policy history`.
struct PolicyHistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Show what is in force, what waits for an approval, and what was published.",
        discussion: "  stile policy history\n  stile policy history --output json"
    )

    @Option(help: "table or json.")
    var output = OutputFormat.table

    @OptionGroup var console: ConsoleOptions

    private struct Document: Decodable {
        var inForce: ShownRevision
        var waiting: [ShownRevision]
        var history: [ShownRevision]
        var troubles: [String]
    }

    func run() async throws {
        let call = ConsoleCall("/.stile/api/policies")
        guard let document = try await self.console.ask(call, as: Document.self, for: self.output) else { return }
        var table = TextTable(["NUMBER", "REVISION", "STATE", "PROPOSED BY", "APPROVED BY", "SINCE", "NOTE"])
        for revision in document.waiting { table.add(revision, state: "waiting") }
        if document.inForce.state == "folder" { table.add(document.inForce, state: "in force, from the folder") }
        for revision in document.history {
            let current = document.inForce
            let isCurrent = revision.digest == current.digest && revision.number == current.number
            table.add(revision, state: isCurrent ? "in force" : "replaced")
        }
        Outcome.write(table.text, to: .output)
        for trouble in document.troubles { Outcome.write("trouble: \(TextTable.printable(trouble))", to: .error) }
    }
}

/// `stile policy diff`.
struct PolicyDiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Show how a proposed revision, or a folder, differs from what is in force. Exit 1 when it does.",
        discussion: """
            With --into the revision's files are written into a folder, to be looked at with other tools or edited; without a revision those in force.

              stile policy diff 3f9a1c0b7d52e8463f9a1c0b7d52e846
              stile policy diff --policies policies
              stile policy diff --into policies
            """
    )

    @Argument(help: "A revision, as the history shows it.")
    var revision: String?

    @Option(help: "A folder to compare instead.")
    var policies: String?

    @Option(help: "A folder to write the revision's files into; it must not hold policies yet.")
    var into: String?

    @Option(help: "table or json.")
    var output = OutputFormat.table

    @OptionGroup var console: ConsoleOptions

    private struct Change: Encodable {
        var file: String
        var removed: [String]
        var added: [String]
    }

    func validate() throws {
        if let revision { try PolicyApproveCommand.validate(revision) }
        guard [self.revision, self.policies].compactMap(\.self).count + (self.into == nil ? 0 : 1) > 0,
            self.policies == nil || (self.revision == nil && self.into == nil)
        else { throw ValidationError("expected a revision, --policies FOLDER or --into FOLDER") }
    }

    func run() async throws {
        let client = try self.console.client()
        let base = try await self.bundle(called: "in-force", client)
        if let into {
            var wanted = base
            if let revision { wanted = try await self.bundle(called: revision, client) }
            try self.write(wanted, into)
            return
        }
        let other: PolicyBundle
        if let policies {
            do {
                other = try PolicyRevision.bundle(of: policies)
            } catch {
                throw Outcome.no("\(error)")
            }
        } else {
            other = try await self.bundle(called: self.revision ?? "", client)
        }
        let changes = other.changed(since: base).map { Self.change(of: $0, from: base, to: other) }
        switch self.output {
        case .json:
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            Outcome.write(String(decoding: try encoder.encode(changes), as: UTF8.self), to: .output)
        case .table:
            for change in changes {
                Outcome.write(change.file, to: .output)
                for line in change.removed { Outcome.write("  - \(TextTable.printable(line))", to: .output) }
                for line in change.added { Outcome.write("  + \(TextTable.printable(line))", to: .output) }
            }
            if changes.isEmpty { Outcome.write("the same as in force, revision \(base.digest.revision)", to: .output) }
        }
        guard changes.isEmpty else { throw Outcome.no() }
    }

    /// The files of a revision; their hash is checked here, so that what is looked at is what is approved.
    private func bundle(called name: String, _ client: ConsoleClient) async throws -> PolicyBundle {
        let (files, _) = try await client.document("/.stile/api/policies/\(name)", as: ShownFiles.self)
        guard let bundle = try? PolicyBundle(files.files.map { PolicyBundle.File(name: $0.name, text: $0.text) }),
            bundle.digest.description == files.digest, name == "in-force" || bundle.digest.isCalled(name)
        else { throw Outcome.cannot("the console's answer for `\(name)` are other files than their hash says") }
        return bundle
    }

    private static func change(of name: String, from base: PolicyBundle, to other: PolicyBundle) -> Change {
        let before = self.lines(base.text(of: name))
        let after = self.lines(other.text(of: name))
        let difference = after.difference(from: before)
        return Change(
            file: name,
            removed: difference.removals.map { change in
                guard case .remove(let offset, let line, _) = change else { return "" }
                return "\(offset + 1): \(line)"
            },
            added: difference.insertions.map { change in
                guard case .insert(let offset, let line, _) = change else { return "" }
                return "\(offset + 1): \(line)"
            }
        )
    }

    private static func lines(_ text: String?) -> [Substring] {
        text?.split(separator: "\n", omittingEmptySubsequences: false) ?? []
    }

    private func write(_ bundle: PolicyBundle, _ folder: String) throws {
        let files = FileManager.default
        guard !files.fileExists(atPath: folder + "/scheme.yaml") else {
            throw Outcome.no("`\(folder)` holds policies already, expected a new folder")
        }
        do {
            for file in bundle.files {
                let path = URL(filePath: folder).appending(path: file.name)
                try files.createDirectory(at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(file.text.utf8).write(to: path, options: .atomic)
            }
        } catch {
            throw Outcome.cannot("\(folder): \(error.localizedDescription)")
        }
        Outcome.write(bundle.digest.revision, to: .output)
    }
}

extension TextTable {
    fileprivate mutating func add(_ revision: ShownRevision, state: String) {
        self.add([
            String(revision.number), revision.revision, state, revision.proposedBy ?? "-", revision.approvedBy ?? "-",
            revision.published ?? revision.proposed ?? "-", revision.note ?? "",
        ])
    }
}

extension ShownRevision {
    /// Shows what became of an order.
    fileprivate func show() {
        Outcome.write(
            self.state == "waiting"
                ? "waits for an approval: stile policy approve \(self.revision)"
                : "in force: \(self.revision), number \(self.number)",
            to: .output
        )
    }
}

extension ConsoleOptions {
    /// Asks the gateway for something that it answers with a revision, and shows that.
    fileprivate func showRevision(_ call: ConsoleCall, as output: OutputFormat) async throws {
        try await self.ask(call, as: ShownRevision.self, for: output)?.show()
    }
}
