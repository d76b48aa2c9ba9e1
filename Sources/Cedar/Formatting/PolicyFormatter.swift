/// Lays policies out in the one canonical form, comments kept.
///
/// Works on words and not on the tree, since parentheses and spellings that the tree forgets are the author's. The form is that of
/// the `cedar format` command: formatting what is formatted changes nothing.
struct PolicyFormatter {
    static let width = 80
    static let indentation = 2

    private var tokens: [CommentedToken]
    private var index = 0

    init(_ tokens: [CommentedToken]) {
        self.tokens = tokens
    }

    var isAtEnd: Bool { self.index >= self.tokens.count }

    /// The text of the current word; empty at the end.
    var current: String { self.isAtEnd ? "" : self.tokens[self.index].text }

    var currentKind: Token.Kind { self.isAtEnd ? .end : self.tokens[self.index].kind }

    /// The text of the word after the current one.
    var next: String { self.index + 1 < self.tokens.count ? self.tokens[self.index + 1].text : "" }

    /// Whether the current word is this mark or word, and not text in quotes.
    func isAt(_ text: String) -> Bool {
        self.current == text
    }

    /// Steps over the current word and gives it back.
    mutating func take() -> CommentedToken {
        defer { self.index += 1 }
        guard !self.isAtEnd else { return CommentedToken(text: "", kind: .end, leading: [], trailing: "") }
        return self.tokens[self.index]
    }

    /// The current word with its comments, followed by `next` unless a comment follows it.
    mutating func word(then next: LayoutDocument = .empty) -> LayoutDocument {
        let token = self.take()
        return .sequence([Self.leading(token.leading), Self.text(token), Self.trailing(token, then: next)])
    }

    /// Steps over a comma that closes a list; its comments move to the word after it.
    mutating func dropTrailingComma() {
        guard self.isAt(",") else { return }
        let comma = self.take()
        guard !self.isAtEnd else { return }
        // Behind a word a comment keeps the carriage returns in it; on lines of their own they are comments by themselves.
        let moved = comma.leading + CommentedToken.comments(in: Array(comma.trailing.utf8)[...])
        self.tokens[self.index].leading.insert(contentsOf: moved, at: 0)
    }

    /// Takes the comments above the current word away from it.
    mutating func takeLeadingComments() -> LayoutDocument {
        guard !self.isAtEnd else { return .empty }
        defer { self.tokens[self.index].leading = [] }
        return Self.leading(self.tokens[self.index].leading)
    }

    /// The word itself; numbers without needless zeros.
    static func text(_ token: CommentedToken) -> LayoutDocument {
        guard token.kind == .number, let number = UInt64(token.text) else { return .text(token.text) }
        return .text(String(number))
    }

    /// Comments on lines of their own.
    static func leading(_ comments: [String]) -> LayoutDocument {
        guard !comments.isEmpty else { return .empty }
        return .sequence([.hardBreak] + comments.flatMap { [LayoutDocument.text($0), .hardBreak] })
    }

    /// The comment behind a word, or what follows the word without one.
    static func trailing(_ token: CommentedToken, then next: LayoutDocument) -> LayoutDocument {
        guard !token.trailing.isEmpty else { return next }
        return .sequence([.text(" "), .text(token.trailing), .hardBreak])
    }
}

extension PolicyFormatter {
    /// The layout of one policy.
    mutating func policy() -> LayoutDocument {
        var parts: [LayoutDocument] = []
        while self.isAt("@") { parts.append(self.annotation()) }
        parts.append(self.takeLeadingComments())
        let effect = self.word()
        parts.append(.group(.sequence([effect, .line, self.word()])))
        parts.append(self.scope())
        let close = self.take()
        let hasConditions = !self.isAt(";")
        parts += [
            Self.leading(close.leading), Self.text(close),
            Self.trailing(close, then: hasConditions ? .hardBreak : .empty),
        ]
        while !self.isAt(";"), !self.isAtEnd {
            parts.append(self.condition())
            if !self.isAt(";") { parts.append(.hardBreak) }
        }
        parts.append(self.word())
        return .sequence(parts)
    }

    private mutating func annotation() -> LayoutDocument {
        var parts = [self.word(), self.word()]
        if self.isAt("(") {
            parts += [self.word(), self.word(), self.word(then: .hardBreak)]
        } else {
            parts.append(.hardBreak)
        }
        return .sequence(parts)
    }

    /// The three variables: on one line if none asks for anything, each on its own line otherwise.
    private mutating func scope() -> LayoutDocument {
        let isOpen = self.scopeIsOpen
        var parts: [LayoutDocument] = []
        for number in 0..<3 {
            parts.append(self.variable())
            if number < 2 { parts.append(self.word(then: isOpen ? .text(" ") : .hardBreak)) }
        }
        self.dropScopeComma()
        if isOpen { return .group(.nest(Self.indentation, .sequence(parts))) }
        return .sequence([.nest(Self.indentation, .sequence([.hardBreak] + parts)), .hardBreak])
    }

    /// Steps over a comma behind the resource; its comments become those of the parenthesis, or go above it if that has some of its own.
    private mutating func dropScopeComma() {
        guard self.isAt(","), self.index + 1 < self.tokens.count else { return }
        let (comma, close) = (self.tokens[self.index], self.tokens[self.index + 1])
        guard close.leading.isEmpty, close.trailing.isEmpty else { return self.dropTrailingComma() }
        self.index += 1
        self.tokens[self.index].leading = comma.leading
        self.tokens[self.index].trailing = comma.trailing
    }

    private var scopeIsOpen: Bool {
        let words = self.tokens[self.index...].prefix(6).map(\.text)
        return words.count == 6 && words[1] == "," && words[3] == "," && (words[5] == ")" || words[5] == ",")
    }

    private mutating func variable() -> LayoutDocument {
        let variable = self.take()
        let start: [LayoutDocument] = [Self.text(variable), Self.trailing(variable, then: .empty)]
        var type: LayoutDocument = .empty
        if self.isAt("is") {
            let word = LayoutDocument.group(.sequence([.line, self.word()]))
            type = .group(.nest(Self.indentation, .sequence([word, .line, self.sum()])))
        }
        if self.isAt(",") || self.isAt(")") { return .sequence([Self.leading(variable.leading)] + start + [type]) }
        let left = LayoutDocument.group(.sequence(start + [type, .line, self.word()]))
        let right = LayoutDocument.nest(Self.indentation, .sequence([.line, self.expression()]))
        return .sequence([Self.leading(variable.leading), .group(.sequence([left, right]))])
    }

    private mutating func condition() -> LayoutDocument {
        let keyword = self.take()
        let brace = self.take()
        let comments = self.takeLeadingComments()
        let body = LayoutDocument.group(self.expression())
        let inner: [LayoutDocument] = [
            .nest(Self.indentation, .sequence([Self.trailing(brace, then: .line), comments, body])), .line, self.word(),
        ]
        let braces: [LayoutDocument] = [Self.leading(brace.leading), Self.text(brace), .group(.sequence(inner))]
        let clause: [LayoutDocument] = [Self.text(keyword), Self.trailing(keyword, then: .line)] + braces
        return .sequence([Self.leading(keyword.leading), .group(.sequence(clause))])
    }
}
