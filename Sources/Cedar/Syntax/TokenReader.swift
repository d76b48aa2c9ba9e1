/// Walks over the words of a text and collects what is wrong with it.
///
/// The parsers of policies and of schemas are built on it. A parser that can't go on throws ``Abandoned`` after it has reported why;
/// whoever knows a safe place further on catches it and goes on from there.
struct TokenReader {
    /// The current construct can't be read on; the reason has been reported.
    struct Abandoned: Error {}

    /// How deep constructs may lie in each other: enough for people and generators, and for a stack of 512 KiB.
    static let maximumDepth = 128

    let source: SourceText
    private let tokens: [Token]
    private var index = 0
    private var depth = 0
    private(set) var diagnostics: [SyntaxDiagnostic]

    init(_ source: SourceText) {
        self.source = source
        (self.tokens, self.diagnostics) = Lexer.tokens(of: source)
    }

    /// The word to be read next.
    var current: Token { self.tokens[self.index] }

    /// Where the word read last stands.
    var previousSpan: SourceSpan { self.tokens[max(0, self.index - 1)].span }

    var isAtEnd: Bool { self.current.kind == .end }

    /// The word after the current one, or further on.
    func peek(_ ahead: Int = 1) -> Token {
        self.tokens[min(self.index + ahead, self.tokens.count - 1)]
    }

    /// The text of a word.
    func text(_ token: Token) -> String {
        self.source.text(of: token.span)
    }

    /// Steps over the current word; the end stays.
    @discardableResult
    mutating func advance() -> Token {
        let token = self.current
        if !self.isAtEnd { self.index += 1 }
        return token
    }

    /// Whether the current word is a mark.
    func isAt(_ mark: Token.Mark) -> Bool {
        self.current.kind == .mark(mark)
    }

    /// Whether the current word is this identifier.
    func isAt(word: StaticString) -> Bool {
        self.isAt(word: word, ahead: 0)
    }

    /// Whether a word further on is this identifier.
    func isAt(word: StaticString, ahead: Int) -> Bool {
        let token = self.peek(ahead)
        guard token.kind == .identifier, Int(token.span.end - token.span.start) == word.utf8CodeUnitCount else {
            return false
        }
        return self.text(token) == "\(word)"
    }

    /// Steps over a mark if it is the current word.
    mutating func accept(_ mark: Token.Mark) -> Bool {
        guard self.isAt(mark) else { return false }
        self.advance()
        return true
    }

    /// Steps over an identifier if it is the current word.
    mutating func accept(word: StaticString) -> Bool {
        guard self.isAt(word: word) else { return false }
        self.advance()
        return true
    }

    /// Steps over a mark.
    ///
    /// - Throws: ``Abandoned`` if the current word is another.
    @discardableResult
    mutating func expect(_ mark: Token.Mark) throws(Abandoned) -> Token {
        guard self.isAt(mark) else { throw self.unexpected(expected: ["`\(mark.rawValue)`"]) }
        return self.advance()
    }

    /// Enters a construct that may hold others of its kind; ``ascend()`` leaves it.
    ///
    /// - Throws: ``Abandoned`` if that is too deep.
    mutating func descend() throws(Abandoned) {
        guard self.depth < TokenReader.maximumDepth else {
            self.report(self.current.span, "nested deeper than \(TokenReader.maximumDepth) levels")
            throw Abandoned()
        }
        self.depth += 1
    }

    /// Leaves a construct entered with ``descend()``.
    mutating func ascend() {
        self.depth -= 1
    }

    /// Reports that the current word can't stand where it stands.
    mutating func unexpected(expected: [String], help: String? = nil) -> Abandoned {
        // What the lexer could not read has been reported already.
        let message = self.isAtEnd ? "unexpected end of the text" : "unexpected `\(self.text(self.current))`"
        self.report(self.current.span, message, expected: expected, help: help)
        return Abandoned()
    }

    /// Reports something wrong.
    mutating func report(
        _ span: SourceSpan,
        _ message: String,
        found: String? = nil,
        expected: [String] = [],
        help: @autoclosure () -> String? = nil
    ) {
        let source = self.source
        self.diagnostics.note(
            SyntaxDiagnostic(in: source, at: span, message, found: found, expected: expected, help: help())
        )
    }

    /// Steps over everything up to and including the next `mark`, or the end.
    mutating func skip(past mark: Token.Mark) {
        while !self.isAtEnd {
            if self.advance().kind == .mark(mark) { return }
        }
    }

    /// Reads the text of a string word, reporting wrong escapes.
    mutating func unescaped(_ token: Token) -> String {
        switch Escapes.text(of: self.inside(token)) {
        case .success(let text): return text
        case .failure(let failures):
            self.report(failures, in: token)
            return ""
        }
    }

    /// Reads the pattern of a string word, reporting wrong escapes.
    mutating func pattern(_ token: Token) -> Pattern {
        switch Escapes.pattern(of: self.inside(token)) {
        case .success(let elements):
            return Pattern(elements.map { $0.isBareStar ? .wildcard : .scalar($0.scalar) })
        case .failure(let failures):
            self.report(failures, in: token)
            return Pattern([])
        }
    }

    private func inside(_ token: Token) -> ArraySlice<UInt8> {
        self.source.bytes[Int(token.span.start) + 1..<Int(token.span.end) - 1]
    }

    private mutating func report(_ failures: Escapes.Failures, in token: Token) {
        for failure in failures.failures {
            let start = Int(token.span.start) + 1 + failure.range.lowerBound
            self.report(SourceSpan(start: start, end: start + failure.range.count), failure.message)
        }
    }
}
