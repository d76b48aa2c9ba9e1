/// The reader behind ``GraphQLOperation``.
struct GraphQLParser {
    private let tokens: [GraphQLToken]
    private var position = 0

    init(_ document: String) throws(GraphQLError) {
        guard document.utf8.count <= GraphQLOperation.maximumLength else {
            throw .tooLong(limit: GraphQLOperation.maximumLength)
        }
        self.tokens = try GraphQLToken.tokens(of: document)
    }

    mutating func operation() throws(GraphQLError) -> GraphQLOperation {
        guard self.next() == .name("query") else { throw self.unexpected("`query`") }
        var name: String?
        if case .name(let text)? = self.peek {
            name = text
            self.position += 1
        }
        let variables = self.skip("(") ? try self.variables() : []
        while self.skip("@") { try self.directive() }
        let selections = try self.selections(depth: 1)
        guard self.peek == nil else {
            self.position += 1
            throw self.unexpected("the end of the document")
        }
        return GraphQLOperation(name: name, variables: variables, selections: selections)
    }

    private mutating func variables() throws(GraphQLError) -> [String] {
        var variables: [String] = []
        repeat {
            try self.expect("$")
            let name = try self.name()
            guard !variables.contains(name) else { throw .repeated("$" + name) }
            variables.append(name)
            try self.expect(":")
            try self.type(depth: 1)
        } while !self.skip(")")
        return variables
    }

    private mutating func type(depth: Int) throws(GraphQLError) {
        guard depth <= GraphQLOperation.maximumDepth else { throw .tooDeep(limit: GraphQLOperation.maximumDepth) }
        if self.skip("[") {
            try self.type(depth: depth + 1)
            try self.expect("]")
        } else {
            _ = try self.name()
        }
        _ = self.skip("!")
    }

    private mutating func directive() throws(GraphQLError) {
        // The one directive of MLflow's interface; `skip` and `include` would depend on variables.
        guard try self.name() == "component" else { throw self.unexpected("`component`") }
        guard self.skip("(") else { return }
        _ = try self.name()
        try self.expect(":")
        guard case .string? = self.next() else { throw self.unexpected("text in quotes") }
        try self.expect(")")
    }

    private mutating func selections(depth: Int) throws(GraphQLError) -> [GraphQLOperation.Field] {
        guard depth <= GraphQLOperation.maximumDepth else { throw .tooDeep(limit: GraphQLOperation.maximumDepth) }
        try self.expect("{")
        var fields: [GraphQLOperation.Field] = []
        var names: Set<String> = []
        repeat {
            let name = try self.name()
            // Two fields of one name are merged by the server: here, each stands alone.
            guard names.insert(name).inserted else { throw .repeated(name) }
            let arguments = self.skip("(") ? try self.arguments() : [:]
            let selections = self.peek == .punctuator("{") ? try self.selections(depth: depth + 1) : []
            fields.append(GraphQLOperation.Field(name: name, arguments: arguments, selections: selections))
        } while !self.skip("}")
        return fields
    }

    private mutating func arguments() throws(GraphQLError) -> [String: String] {
        var arguments: [String: String] = [:]
        repeat {
            let name = try self.name()
            try self.expect(":")
            try self.expect("$")
            guard arguments.updateValue(try self.name(), forKey: name) == nil else { throw .repeated(name) }
        } while !self.skip(")")
        return arguments
    }

    // MARK: - Tokens

    private var peek: GraphQLToken? { self.position < self.tokens.count ? self.tokens[self.position] : nil }

    private mutating func next() -> GraphQLToken? {
        defer { self.position += 1 }
        return self.peek
    }

    private mutating func name() throws(GraphQLError) -> String {
        guard case .name(let name)? = self.next() else { throw self.unexpected("a name") }
        return name
    }

    private mutating func skip(_ punctuator: Unicode.Scalar) -> Bool {
        guard self.peek == .punctuator(punctuator) else { return false }
        self.position += 1
        return true
    }

    private mutating func expect(_ punctuator: Unicode.Scalar) throws(GraphQLError) {
        guard self.next() == .punctuator(punctuator) else { throw self.unexpected("`\(punctuator)`") }
    }

    /// The error for the token that was just taken.
    private func unexpected(_ expected: String) -> GraphQLError {
        let index = self.position - 1
        let found = self.tokens.indices.contains(index) ? self.tokens[index].text : "the end"
        return .unexpected(found, expected: expected)
    }
}
