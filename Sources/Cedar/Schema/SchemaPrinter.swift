extension SchemaFragment {
    /// The schema in Cedar's own syntax, in a canonical form.
    ///
    /// Namespaces, types, actions and attributes stand in alphabetical order, one attribute a line, so that two schemas
    /// that say the same are the same text. A type that only the JSON form tells apart from others of its name is
    /// written by its full name.
    public var text: String {
        var printer = SchemaPrinter()
        let namespaces = self.namespaces.sorted { ($0.name?.name.text ?? "") < ($1.name?.name.text ?? "") }
        return namespaces.map { printer.namespace($0) }.joined(separator: "\n")
    }
}

/// Writes schemas in Cedar's own syntax.
struct SchemaPrinter {
    private var indentation = ""

    /// A namespace with all its declarations.
    mutating func namespace(_ namespace: NamespaceDeclaration) -> String {
        guard let name = namespace.name else { return self.declarations(of: namespace) }
        let head = self.annotations(namespace.annotations) + "namespace \(name.name) {\n"
        return head + self.indented { $0.declarations(of: namespace) } + "}\n"
    }

    private mutating func declarations(of namespace: NamespaceDeclaration) -> String {
        var declarations: [String] = []
        for type in namespace.commonTypes.sorted(by: { $0.name.name < $1.name.name }) {
            declarations.append(
                self.annotations(type.annotations) + self.line("type \(type.name.name) = \(self.type(type.type));")
            )
        }
        for type in namespace.entityTypes.sorted(by: { $0.name.name < $1.name.name }) {
            declarations.append(
                self.annotations(type.annotations) + self.line("entity \(type.name.name)\(self.body(of: type));")
            )
        }
        for action in namespace.actions.sorted(by: { $0.id.precedesExactly($1.id) }) {
            declarations.append(
                self.annotations(action.annotations)
                    + self.line("action \(Escapes.quoted(action.id))\(self.body(of: action));")
            )
        }
        return declarations.joined(separator: "\n")
    }

    private mutating func body(of type: EntityTypeDeclaration) -> String {
        switch type.kind {
        case .enumerated(let ids):
            return " enum [\(ids.map { Escapes.quoted($0) }.joined(separator: ", "))]"
        case .standard(let parents, let shape, let tags):
            var body = parents.isEmpty ? "" : " in " + Self.list(parents.map(\.name.text))
            if !shape.isEmptyRecord { body += " = " + self.type(shape) }
            if let tags { body += " tags " + self.type(tags) }
            return body
        }
    }

    private mutating func body(of action: ActionDeclaration) -> String {
        var body = ""
        if let parents = action.parents, !parents.isEmpty {
            body +=
                " in "
                + Self.list(
                    parents.map { parent in
                        (parent.type.map { "\($0.name)::" } ?? "") + Escapes.quoted(parent.id)
                    }
                )
        }
        // Without principals or resources the action applies to nothing, which is written by leaving this out.
        guard let scope = action.scope, !scope.principals.isEmpty, !scope.resources.isEmpty else { return body }
        body += " appliesTo {\n"
        body += self.indented { printer in
            let principals = printer.line("principal: \(Self.list(scope.principals.map(\.name.text))),")
            let resources = printer.line("resource: \(Self.list(scope.resources.map(\.name.text))),")
            return principals + resources + printer.line("context: \(printer.type(scope.context))")
        }
        return body + self.indentation + "}"
    }

    /// A type, its first line without indentation.
    private mutating func type(_ type: SchemaType) -> String {
        switch type {
        case .boolean: return "__cedar::Bool"
        case .long: return "__cedar::Long"
        case .string: return "__cedar::String"
        case .extension(let name): return "__cedar::\(name.name)"
        case .entity(let name), .entityOrCommon(let name), .common(let name): return name.name.text
        case .set(let element): return "Set<\(self.type(element))>"
        case .record(let attributes):
            guard !attributes.isEmpty else { return "{}" }
            let sorted = attributes.sorted { $0.name.precedesExactly($1.name) }
            let lines = self.indented { printer in
                sorted.enumerated().map { index, attribute in
                    let name = Identifier.isUsable(attribute.name) ? attribute.name : Escapes.quoted(attribute.name)
                    let mark = attribute.isRequired ? "" : "?"
                    let comma = index + 1 < sorted.count ? "," : ""
                    return printer.annotations(attribute.annotations)
                        + printer.line("\(name)\(mark): \(printer.type(attribute.type))\(comma)")
                }.joined()
            }
            return "{\n" + lines + self.indentation + "}"
        }
    }

    private func annotations(_ annotations: SchemaAnnotations) -> String {
        annotations.sorted { $0.key < $1.key }
            .map { self.line("@\($0.key)" + "(\(Escapes.quoted($0.value)))") }
            .joined()
    }

    private func line(_ text: String) -> String { self.indentation + text + "\n" }

    private mutating func indented(_ body: (inout SchemaPrinter) -> String) -> String {
        self.indentation += "  "
        defer { self.indentation.removeLast(2) }
        return body(&self)
    }

    private static func list(_ items: [String]) -> String { "[\(items.joined(separator: ", "))]" }
}
