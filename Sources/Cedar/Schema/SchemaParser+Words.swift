extension SchemaParser {
    /// Items with commas between them, at least one.
    mutating func list<T>(_ item: (inout SchemaParser) throws(Abandoned) -> T) throws(Abandoned) -> [T] {
        var items = [try item(&self)]
        while self.reader.accept(.comma) { items.append(try item(&self)) }
        return items
    }

    /// `@name` and `@name("text")`, any number of them.
    mutating func annotations() throws(Abandoned) -> SchemaAnnotations {
        var annotations: SchemaAnnotations = [:]
        while self.reader.accept(.at) {
            guard self.reader.current.kind == .identifier else {
                throw self.reader.unexpected(expected: ["the name of an annotation"])
            }
            let word = self.reader.advance()
            var value = ""
            if self.reader.accept(.leftParenthesis) {
                value = try self.string()
                try self.reader.expect(.rightParenthesis)
            }
            let name = self.reader.text(word)
            if annotations.updateValue(value, forKey: name) != nil {
                self.reader.report(word.span, "annotation `@\(name)` stands here a second time")
            }
        }
        return annotations
    }

    /// One identifier that is no reserved word.
    mutating func identifier(expected: String = "a name") throws(Abandoned) -> String {
        guard self.reader.current.kind == .identifier else { throw self.reader.unexpected(expected: [expected]) }
        let word = self.reader.advance()
        let text = self.reader.text(word)
        if Identifier.reservedWords.contains(text) {
            self.reader.report(word.span, "`\(text)` is a reserved word", expected: [expected])
        }
        return text
    }

    /// The name that a declaration gives to a type.
    mutating func declaredName() throws(Abandoned) -> NameReference {
        let span = self.reader.current.span
        let text = try self.identifier()
        if text == Identifier.reservedNamespace {
            self.reader.report(span, "the name `\(text)` is kept for the language")
        }
        return NameReference(Name(unchecked: text), at: span)
    }

    /// Reads `A::B::C`.
    mutating func path(expected: String = "a name") throws(Abandoned) -> NameReference {
        let start = self.reader.current.span
        var text = try self.identifier(expected: expected)
        while self.reader.accept(.doubleColon) { text += "::" + (try self.identifier()) }
        return NameReference(Name(unchecked: text), at: start.joined(to: self.reader.previousSpan))
    }

    /// An identifier or a text in quotes.
    mutating func nameOrString(expected: String) throws(Abandoned) -> (text: String, span: SourceSpan) {
        let span = self.reader.current.span
        if self.reader.current.kind == .string { return (try self.string(), span) }
        return (try self.identifier(expected: expected), span)
    }

    /// A text in quotes, its escapes read.
    mutating func string() throws(Abandoned) -> String {
        guard self.reader.current.kind == .string else { throw self.reader.unexpected(expected: ["text in quotes"]) }
        return self.reader.unescaped(self.reader.advance())
    }

    /// Opens what stands in braces.
    mutating func openBrace() throws(Abandoned) {
        try self.reader.expect(.leftBrace)
        self.openBraces += 1
    }

    /// Closes it.
    mutating func closeBrace() throws(Abandoned) {
        try self.reader.expect(.rightBrace)
        self.openBraces -= 1
    }

    /// Skips to where the next declaration may begin: after a `;` outside braces, or at the end of the namespace.
    mutating func recover(insideNamespace: Bool) {
        var braces = self.openBraces
        self.openBraces = 0
        while !self.reader.isAtEnd {
            if self.reader.isAt(.leftBrace) { braces += 1 }
            if self.reader.isAt(.rightBrace) {
                if braces == 0, insideNamespace { return }
                braces = max(0, braces - 1)
            }
            let isOver = braces == 0 && self.reader.isAt(.semicolon)
            self.reader.advance()
            if isOver { return }
        }
    }

    /// Reports what is declared twice: namespaces, and entity types, common types and actions of one namespace.
    mutating func checkDeclarations(_ namespaces: [NamespaceDeclaration]) {
        var seen: Set<Name> = []
        for namespace in namespaces {
            if let name = namespace.name, !seen.insert(name.name).inserted {
                self.reader.report(name.span, "namespace `\(name.name)` is declared twice")
            }
        }
    }
}
