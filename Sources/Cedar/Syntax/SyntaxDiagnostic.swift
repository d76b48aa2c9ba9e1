/// One thing wrong with a text: where, what was found, what was expected, and what would help.
public struct SyntaxDiagnostic: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file's name, if the text came from one.
    public let file: String?
    /// Where in the text.
    public let span: SourceSpan
    /// Where in the text, as people count it.
    public let position: SourcePosition
    /// What is wrong, in lower case with text of the user in backticks.
    public let message: String
    /// What stood there, if that says something the message doesn't.
    public let found: String?
    /// What could have stood there.
    public let expected: [String]
    /// What to do about it.
    public let help: String?

    /// Describes an error in `source`.
    public init(
        in source: SourceText,
        at span: SourceSpan,
        _ message: String,
        found: String? = nil,
        expected: [String] = [],
        help: String? = nil
    ) {
        self.file = source.name
        self.span = span
        self.position = source.position(at: span.start)
        self.message = message
        self.found = found
        self.expected = expected
        self.help = help
    }

    /// One line: `file:line:column: message, found, expected; help`.
    public var description: String {
        var line = (self.file.map { "\($0):" } ?? "") + "\(self.position): \(self.message)"
        if let found { line += ", found \(found)" }
        if !self.expected.isEmpty { line += ", expected \(self.expected.joined(separator: " or "))" }
        if let help { line += "; \(help)" }
        return line
    }
}

extension [SyntaxDiagnostic] {
    /// How many errors of one text are listed.
    ///
    /// People mend the first few and ask again; a text made of errors must not cost a hundred times its size.
    static var limit: Int { 1000 }

    /// Adds an error unless the list is full, which is said once.
    mutating func note(_ diagnostic: @autoclosure () -> SyntaxDiagnostic) {
        guard self.count <= Self.limit else { return }
        self.append(self.count < Self.limit ? diagnostic() : diagnostic().last)
    }
}

extension SyntaxDiagnostic {
    /// What stands in a full list for this error and all behind it.
    fileprivate var last: SyntaxDiagnostic {
        SyntaxDiagnostic(copy: self, message: "more than \([SyntaxDiagnostic].limit) errors; the rest is not listed")
    }

    private init(copy: SyntaxDiagnostic, message: String) {
        self.file = copy.file
        self.span = copy.span
        self.position = copy.position
        self.message = message
        self.found = nil
        self.expected = []
        self.help = nil
    }
}

/// Everything wrong with a text, in the order of the text.
public struct SyntaxErrors: Error, Hashable, Sendable, CustomStringConvertible {
    /// At least one diagnostic, and a thousand or so at most.
    public let diagnostics: [SyntaxDiagnostic]

    /// Collects diagnostics and sorts them by place.
    public init(_ diagnostics: [SyntaxDiagnostic]) {
        self.diagnostics = diagnostics.sorted { ($0.span.start, $0.span.end) < ($1.span.start, $1.span.end) }
    }

    /// Takes diagnostics of several texts, in the order of the texts.
    init(inOrder diagnostics: [SyntaxDiagnostic]) {
        self.diagnostics = diagnostics
    }

    /// One line for each.
    public var description: String {
        self.diagnostics.map(\.description).joined(separator: "\n")
    }
}
