extension Schema {
    /// Reads a schema in Cedar's own syntax.
    ///
    /// - Parameters:
    ///   - text: The schema.
    ///   - name: The name of its file, for messages.
    /// - Throws: Everything that is wrong with it.
    public convenience init(text: String, name: String? = nil) throws(SyntaxErrors) {
        try self.init([SchemaFragment(text: text, name: name)])
    }

    /// Resolves the names of fragments that together make a schema.
    ///
    /// - Parameter fragments: The fragments; a namespace may be spread over several.
    /// - Throws: Every name that is undefined, defined twice, or defined where it would hide another.
    public convenience init(_ fragments: [SchemaFragment]) throws(SyntaxErrors) {
        var resolver = SchemaResolver(fragments)
        let resolved = try resolver.resolve()
        self.init(entityTypes: resolved.entityTypes, actions: resolved.actions, warnings: resolved.warnings)
    }
}

extension SchemaFragment {
    /// Reads a schema in Cedar's own syntax.
    ///
    /// - Parameters:
    ///   - text: The schema.
    ///   - name: The name of its file, for messages.
    /// - Throws: Everything that does not fit the grammar, with line and column.
    public init(text: String, name: String? = nil) throws(SyntaxErrors) {
        var parser = SchemaParser(SourceText(text, name: name))
        self = try parser.parse()
    }
}

extension SchemaFragment {
    /// Reads a schema in its JSON form.
    ///
    /// - Parameters:
    ///   - text: The schema.
    ///   - name: The name of its file, for messages.
    /// - Throws: Everything that does not fit the format, with line and column.
    public init(parsingJSON text: String, name: String? = nil) throws(SyntaxErrors) {
        let source = SourceText(text, name: name)
        try self.init(json: try JSON(parsing: source), source: source)
    }

    /// Reads a schema from JSON that has been read already.
    ///
    /// - Parameters:
    ///   - json: The schema.
    ///   - source: The text that the JSON was read from.
    /// - Throws: Everything that does not fit the format.
    public init(json: JSON, source: SourceText = SourceText("")) throws(SyntaxErrors) {
        var reader = SchemaJSONReader(source)
        self = try reader.fragment(json)
    }
}

extension Schema {
    /// Reads a schema in its JSON form.
    ///
    /// - Parameters:
    ///   - text: The schema.
    ///   - name: The name of its file, for messages.
    /// - Throws: Everything that is wrong with it.
    public convenience init(parsingJSON text: String, name: String? = nil) throws(SyntaxErrors) {
        try self.init([SchemaFragment(parsingJSON: text, name: name)])
    }
}
