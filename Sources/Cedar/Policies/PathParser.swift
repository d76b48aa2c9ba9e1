/// Reads names and entities: identifiers joined by `::`, ended by an identifier or a string.
///
/// Source: Cedar language 4.5, grammar, "Path" and "Entity".
extension PolicyParser {
    /// What a path turned out to be.
    enum Path {
        case name(Name)
        case entity(EntityUID)
    }

    /// Reads a path; the current word is an identifier.
    mutating func path() throws(TokenReader.Abandoned) -> Path {
        var text = ""
        while true {
            guard self.reader.current.kind == .identifier else { throw self.reader.unexpected(expected: ["a name"]) }
            text += self.namePart()
            guard self.reader.accept(.doubleColon) else { return .name(Name(unchecked: text)) }
            if self.reader.current.kind == .string {
                let id = self.reader.unescaped(self.reader.advance())
                return .entity(EntityUID(type: Name(unchecked: text), id: id))
            }
            guard self.reader.current.kind == .identifier else {
                throw self.reader.unexpected(expected: ["a name", "an id in quotes"])
            }
            text += "::"
        }
    }

    /// Reads a name.
    mutating func name() throws(TokenReader.Abandoned) -> Name {
        guard self.reader.current.kind == .identifier else { throw self.reader.unexpected(expected: ["a type"]) }
        let start = self.reader.current.span
        guard case .name(let name) = try self.path() else {
            self.reader.report(
                start.joined(to: self.reader.previousSpan),
                "an entity stands where a type should",
                expected: ["a type"]
            )
            throw TokenReader.Abandoned()
        }
        return name
    }

    /// Reads an identifier that can't be a reserved word, as an attribute or a part of a name.
    mutating func namePart() -> String {
        let token = self.reader.advance()
        let text = self.reader.text(token)
        if !Identifier.isUsable(text) {
            self.reader.report(
                token.span,
                "`\(text)` is a reserved word",
                help: "as an attribute it can be written [\"\(text)\"]"
            )
        }
        return text
    }

    /// Runs `body` one level deeper, which fails when that is too deep.
    mutating func deeper<Result>(
        _ body: (inout PolicyParser) throws(TokenReader.Abandoned) -> Result
    ) throws(TokenReader.Abandoned) -> Result {
        try self.reader.descend()
        defer { self.reader.ascend() }
        return try body(&self)
    }
}
