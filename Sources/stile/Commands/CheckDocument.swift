import Catalog
import PolicyDecision

/// What a check of configuration or policies found, for people and for programs.
struct CheckDocument: OutputDocument {
    /// Something that was found, and where.
    struct Problem: Encodable {
        /// `error` or `warning`.
        let severity: String
        /// The file; nothing where it is no file's fault, as with a directory that does not answer.
        let file: String?
        /// The line, from 1.
        let line: Int?
        /// The column in characters, from 1.
        let column: Int?
        let message: String
        let remedy: String?
    }

    /// Whether it may be taken into force: nothing worse than a warning was found.
    private(set) var good = true
    /// The revision of the policies; nothing where they cannot be read.
    private(set) var revision: String?
    /// How many entries the catalogue has.
    private(set) var catalogueEntries: Int?
    /// Errors and warnings.
    private(set) var problems: [Problem] = []
    /// What somebody should know.
    private(set) var notes: [String] = []
    /// What is shown of the problems to people, a line each.
    private var lines: [(isError: Bool, text: String)] = []

    private enum CodingKeys: CodingKey {
        case good, revision, catalogueEntries, problems, notes
    }

    /// Adds what was found in files.
    mutating func add(_ diagnostics: [PolicyDiagnostic]) {
        for diagnostic in diagnostics {
            let place = diagnostic.position
            self.add(
                Problem(
                    severity: diagnostic.severity.rawValue,
                    file: place.file,
                    line: place.line,
                    column: place.column,
                    message: diagnostic.message,
                    remedy: diagnostic.remedy
                ),
                diagnostic.severity,
                diagnostic.description
            )
        }
    }

    /// Adds what has no place in a file.
    mutating func add(_ severity: PolicyDiagnostic.Severity, _ messages: [String]) {
        for message in messages {
            self.add(
                Problem(severity: severity.rawValue, file: nil, line: nil, column: nil, message: message, remedy: nil),
                severity,
                severity == .error ? message : "\(severity.rawValue): \(message)"
            )
        }
    }

    private mutating func add(_ problem: Problem, _ severity: PolicyDiagnostic.Severity, _ line: String) {
        if severity == .error { self.good = false }
        self.problems.append(problem)
        self.lines.append((severity == .error, line))
    }

    /// Adds the policies that could be read.
    mutating func add(revision: String, catalogueEntries: Int) {
        self.revision = revision
        self.catalogueEntries = catalogueEntries
        self.notes.append("policies: revision \(revision), \(catalogueEntries) catalogue entries")
    }

    mutating func add(note: String) { self.notes.append(note) }

    /// What is wrong, a line each.
    var errors: [String] { self.lines.filter(\.isError).map(\.text) }

    /// Shows everything: what is wrong goes where errors go, the rest to the output.
    ///
    /// - Throws: ``Outcome/no(_:)`` when an error was found.
    func show(as output: OutputFormat) throws {
        if output == .json {
            Outcome.write(try self.text(), to: .output)
            guard self.good else { throw Outcome.no() }
            return
        }
        for note in self.notes { Outcome.write(note, to: .output) }
        for line in self.lines where !line.isError { Outcome.write(line.text, to: .error) }
        let errors = self.errors
        guard errors.isEmpty else {
            throw Outcome.no(errors.joined(separator: "\n") + "\n\(errors.count) found")
        }
        Outcome.write("good", to: .output)
    }
}

extension CheckDocument {
    /// Reads, validates and tests the policies of a folder, and adds what came of it.
    mutating func add(policies folder: String) {
        switch PolicyRevision.read(folder) {
        case .failure(let diagnostics): self.add(diagnostics.all)
        case .success(let policies):
            self.add(policies.warnings)
            self.add(revision: policies.revision, catalogueEntries: policies.catalog.entries.count)
        }
    }
}
