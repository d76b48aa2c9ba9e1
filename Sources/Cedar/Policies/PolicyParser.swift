/// Reads policies and templates from Cedar text.
///
/// One pass over the words, no backtracking. After an error inside a policy the reading goes on behind its semicolon, so that every
/// broken policy of a file is reported; what is merely meaningless (a reserved word, an unknown function) doesn't stop the reading at all.
///
/// Source: Cedar language 4.5, grammar, "Policy".
struct PolicyParser {
    var reader: TokenReader

    init(_ source: SourceText) {
        self.reader = TokenReader(source)
    }

    /// Reads all policies up to the end of the text.
    ///
    /// - Throws: ``SyntaxErrors`` with everything wrong with the text.
    mutating func rules() throws(SyntaxErrors) -> [Rule] {
        var rules: [Rule] = []
        while !self.reader.isAtEnd {
            do throws(TokenReader.Abandoned) {
                rules.append(try self.rule())
            } catch {
                self.reader.skip(past: .semicolon)
            }
        }
        guard self.reader.diagnostics.isEmpty else { throw SyntaxErrors(self.reader.diagnostics) }
        return rules
    }

    private mutating func rule() throws(TokenReader.Abandoned) -> Rule {
        let start = self.reader.current.span
        let annotations = try self.annotations()
        let effect = try self.effect()
        let effectSpan = self.reader.previousSpan
        try self.reader.expect(.leftParenthesis)
        let scope = try self.scope(afterEffect: effectSpan)
        var conditions: [Condition] = []
        while self.reader.current.kind == .identifier {
            let span = self.reader.current.span
            conditions.append(try self.condition())
            guard conditions.count <= Expression.maximumDepth else {
                self.reader.report(span, "more than \(Expression.maximumDepth) conditions", help: Self.shallower)
                throw TokenReader.Abandoned()
            }
        }
        if Condition.depth(of: conditions) > Expression.maximumDepth {
            self.reader.report(
                start,
                "conditions with more than \(Expression.maximumDepth) operators in each other when they are joined",
                help: Self.shallower
            )
        }
        guard self.reader.accept(.semicolon) else {
            throw self.reader.unexpected(expected: ["`when`", "`unless`", "`;`"])
        }
        return Rule(
            annotations: annotations,
            effect: effect,
            principal: scope.principal,
            action: scope.action,
            resource: scope.resource,
            conditions: conditions,
            span: start.joined(to: self.reader.previousSpan),
            source: self.reader.source
        )
    }

    private static let shallower = "write several policies, or use a set"

    /// Reads `@key("value")`, any number of times, every key once.
    private mutating func annotations() throws(TokenReader.Abandoned) -> [Annotation] {
        var annotations: [Annotation] = []
        var keys: Set<String> = []
        while self.reader.isAt(.at) {
            let start = self.reader.advance().span
            guard self.reader.current.kind == .identifier else {
                throw self.reader.unexpected(expected: ["the name of an annotation"])
            }
            let key = self.reader.text(self.reader.advance())
            var value: String?
            if self.reader.accept(.leftParenthesis) {
                guard self.reader.current.kind == .string else {
                    throw self.reader.unexpected(expected: ["text in quotes"])
                }
                value = self.reader.unescaped(self.reader.advance())
                try self.reader.expect(.rightParenthesis)
            }
            let span = start.joined(to: self.reader.previousSpan)
            if !keys.insert(key).inserted {
                self.reader.report(span, "annotation `@\(key)` stands here a second time")
            }
            annotations.append(Annotation(key: key, value: value, span: span))
        }
        return annotations
    }

    private mutating func effect() throws(TokenReader.Abandoned) -> Effect {
        if self.reader.current.kind == .identifier, let effect = Effect(rawValue: self.reader.text(self.reader.current))
        {
            self.reader.advance()
            return effect
        }
        throw self.reader.unexpected(expected: ["`permit`", "`forbid`"])
    }

    private mutating func condition() throws(TokenReader.Abandoned) -> Condition {
        let word = self.reader.current
        guard let kind = Condition.Kind(rawValue: self.reader.text(word)) else {
            throw self.reader.unexpected(expected: ["`when`", "`unless`", "`;`"])
        }
        self.reader.advance()
        try self.reader.expect(.leftBrace)
        if self.reader.isAt(.rightBrace) {
            self.reader.report(
                word.span,
                "`\(kind.rawValue)` has nothing between its braces",
                expected: ["an expression"]
            )
            self.reader.advance()
            throw TokenReader.Abandoned()
        }
        let expression = try self.expression()
        try self.reader.expect(.rightBrace)
        return Condition(kind: kind, expression: expression, span: word.span.joined(to: self.reader.previousSpan))
    }
}
