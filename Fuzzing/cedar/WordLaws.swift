import Cedar

/// Laws of cutting text into words.
enum WordLaws {
    static func violation(by text: String) -> String? {
        let source = SourceText(text)
        let (tokens, diagnostics) = Lexer.tokens(of: source)
        if let violation = self.orderViolation(tokens, source) { return violation }
        for diagnostic in diagnostics {
            guard 0 <= diagnostic.span.start, diagnostic.span.start <= diagnostic.span.end,
                Int(diagnostic.span.end) <= source.bytes.count
            else { return "`\(diagnostic)` is about \(diagnostic.span), outside of the text" }
        }
        // What was skipped with a report need not be skipped between other words.
        guard diagnostics.isEmpty else { return nil }
        let words = tokens.map { source.text(of: $0.span) }
        for separator in [" ", " // \"'`\r", "\u{2028}", "\n\t"] {
            let again = SourceText(words.joined(separator: separator))
            let (tokensAgain, diagnosticsAgain) = Lexer.tokens(of: again)
            guard diagnosticsAgain.isEmpty, tokensAgain.map(\.kind) == tokens.map(\.kind),
                tokensAgain.map({ again.text(of: $0.span) }) == words
            else { return "with \(separator.debugDescription) between them, the words are others" }
        }
        return nil
    }

    /// Words follow each other, each in the text and none empty but the last.
    private static func orderViolation(_ tokens: [Token], _ source: SourceText) -> String? {
        guard let last = tokens.last, last.kind == .end, Int(last.span.start) == source.bytes.count else {
            return "the last word is not the end of the text"
        }
        var end: Int32 = 0
        var place = SourcePosition(line: 1, column: 1)
        for token in tokens {
            guard end <= token.span.start, token.span.start <= token.span.end else { return "\(token) is out of order" }
            guard token.span.start < token.span.end || token.kind == .end else { return "\(token) is empty" }
            let next = source.position(at: token.span.start)
            guard (next.line, next.column) >= (place.line, place.column) else {
                return "\(token) is placed before \(place)"
            }
            (end, place) = (token.span.end, next)
        }
        return nil
    }
}
