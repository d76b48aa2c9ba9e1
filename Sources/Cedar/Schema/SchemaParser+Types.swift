extension SchemaParser {
    /// A type.
    mutating func type() throws(Abandoned) -> SchemaType {
        if self.reader.isAt(.leftBrace) { return try self.record() }
        if self.reader.isAt(word: "Set"), self.reader.peek().kind == .mark(.less) {
            self.reader.advance()
            self.reader.advance()
            let element = try self.nested { parser throws(Abandoned) in try parser.type() }
            try self.reader.expect(.greater)
            return .set(element)
        }
        return .entityOrCommon(try self.path(expected: "a type"))
    }

    /// A record type.
    mutating func record() throws(Abandoned) -> SchemaType {
        try self.openBrace()
        let type = try self.nested { parser throws(Abandoned) in
            var attributes: [SchemaAttribute] = []
            var places: [ExactText: Int] = [:]
            while !parser.reader.isAt(.rightBrace) {
                let attribute = try parser.attribute()
                // The language lets a record declare an attribute again; the later word stands.
                if let place = places[ExactText(attribute.name)] {
                    attributes[place] = attribute
                } else {
                    places[ExactText(attribute.name)] = attributes.count
                    attributes.append(attribute)
                }
                if parser.reader.isAt(.rightBrace) { break }
                guard parser.reader.accept(.comma) else { throw parser.reader.unexpected(expected: ["`,`", "`}`"]) }
            }
            return SchemaType.record(attributes)
        }
        try self.closeBrace()
        return type
    }

    private mutating func attribute() throws(Abandoned) -> SchemaAttribute {
        let annotations = try self.annotations()
        let (name, span) = try self.nameOrString(expected: "the name of an attribute")
        let isOptional = self.reader.accept(.question)
        try self.reader.expect(.colon)
        return SchemaAttribute(
            name: name,
            type: try self.type(),
            isRequired: !isOptional,
            annotations: annotations,
            span: span
        )
    }

    /// `A`, `A::B` or a list of them in brackets, which may be empty.
    mutating func entityTypeNames() throws(Abandoned) -> [NameReference] {
        guard self.reader.accept(.leftBracket) else { return [try self.path(expected: "an entity type")] }
        if self.reader.accept(.rightBracket) { return [] }
        let names = try self.list { parser throws(Abandoned) in try parser.path(expected: "an entity type") }
        try self.reader.expect(.rightBracket)
        return names
    }

    private mutating func nested<T>(_ read: (inout SchemaParser) throws(Abandoned) -> T) throws(Abandoned) -> T {
        try self.reader.descend()
        defer { self.reader.ascend() }
        return try read(&self)
    }
}
