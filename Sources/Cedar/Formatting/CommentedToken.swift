/// A word with the comments around it.
struct CommentedToken {
    /// The word.
    let text: String
    /// What kind of word.
    let kind: Token.Kind
    /// Comments on the lines above it.
    var leading: [String]
    /// The comment behind it on the same line; empty if there is none.
    var trailing: String

    /// All words of a text without its end, and the comments after the last line of code.
    ///
    /// What stands behind a word on its line belongs to it, what stands on lines of its own belongs to the next word.
    static func all(of source: SourceText) -> (tokens: [CommentedToken], atEnd: [String]) {
        var tokens: [CommentedToken] = []
        var end = 0
        for token in Lexer.tokens(of: source).tokens {
            let gap = source.bytes[end..<Int(token.span.start)]
            var leading = comments(in: gap)
            if !tokens.isEmpty {
                let lineEnd = gap.firstIndex(of: 0x0A) ?? gap.endIndex
                tokens[tokens.count - 1].trailing = trimmed(gap[..<lineEnd])
                leading = comments(in: gap[lineEnd...])
            }
            if token.kind == .end { return (tokens, leading) }
            tokens.append(
                CommentedToken(text: source.text(of: token.span), kind: token.kind, leading: leading, trailing: "")
            )
            end = Int(token.span.end)
        }
        return (tokens, [])
    }

    /// The comments of a stretch of text that has nothing but blanks and comments.
    static func comments(in gap: ArraySlice<UInt8>) -> [String] {
        gap.split { $0 == 0x0A || $0 == 0x0D }.compactMap { line in
            guard let slash = line.firstIndex(of: UInt8(ascii: "/")) else { return nil }
            return self.trimmed(line[slash...])
        }
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> String {
        var scalars = String(decoding: bytes, as: UTF8.self).unicodeScalars[...]
        while let first = scalars.first, first.properties.isWhitespace { scalars.removeFirst() }
        while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
        return String(scalars)
    }
}
