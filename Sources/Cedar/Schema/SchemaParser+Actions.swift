extension SchemaParser {
    /// What follows `action`: one declaration for each of its names.
    mutating func actions(_ annotations: SchemaAnnotations) throws(Abandoned) -> [ActionDeclaration] {
        let names = try self.list { parser throws(Abandoned) in
            try parser.nameOrString(expected: "the name of an action")
        }
        let parents = self.reader.accept(word: "in") ? try self.actionGroups() : nil
        var scope = ActionDeclaration.Scope(principals: [], resources: [], context: .emptyRecord)
        if self.reader.accept(word: "appliesTo") { scope = try self.actionScope(of: names[0].text) }
        if self.reader.accept(word: "attributes") {
            try self.openBrace()
            try self.closeBrace()
        }
        try self.reader.expect(.semicolon)
        return names.map { name in
            ActionDeclaration(id: name.text, span: name.span, parents: parents, scope: scope, annotations: annotations)
        }
    }

    private mutating func actionGroups() throws(Abandoned) -> [ActionDeclaration.Parent] {
        guard self.reader.accept(.leftBracket) else { return [try self.actionGroup()] }
        let groups = try self.list { parser throws(Abandoned) in try parser.actionGroup() }
        try self.reader.expect(.rightBracket)
        return groups
    }

    /// `name`, `"name"` or `Path::"name"`.
    private mutating func actionGroup() throws(Abandoned) -> ActionDeclaration.Parent {
        let start = self.reader.current.span
        guard self.reader.current.kind == .identifier, self.reader.peek().kind == .mark(.doubleColon) else {
            let (id, span) = try self.nameOrString(expected: "the name of an action")
            return ActionDeclaration.Parent(type: nil, id: id, span: span)
        }
        var parts = [try self.identifier()]
        while true {
            try self.reader.expect(.doubleColon)
            if self.reader.current.kind == .string { break }
            parts.append(try self.identifier())
        }
        let type = NameReference(Name(unchecked: parts.joined(separator: "::")), at: start)
        let id = try self.string()
        return ActionDeclaration.Parent(type: type, id: id, span: start.joined(to: self.reader.previousSpan))
    }

    /// `{ principal: .., resource: .., context: .. }`, in any order, each at most once.
    private mutating func actionScope(of action: String) throws(Abandoned) -> ActionDeclaration.Scope {
        let start = self.reader.current.span
        try self.openBrace()
        var principals: [NameReference]?
        var resources: [NameReference]?
        var context: SchemaType?
        repeat {
            let span = self.reader.current.span
            if self.reader.accept(word: "principal") {
                try self.reader.expect(.colon)
                self.refuseRepetition(principals != nil, of: "principal", in: action, at: span)
                principals = try self.applicableTypes("principal", of: action, at: span)
            } else if self.reader.accept(word: "resource") {
                try self.reader.expect(.colon)
                self.refuseRepetition(resources != nil, of: "resource", in: action, at: span)
                resources = try self.applicableTypes("resource", of: action, at: span)
            } else if self.reader.accept(word: "context") {
                try self.reader.expect(.colon)
                self.refuseRepetition(context != nil, of: "context", in: action, at: span)
                context = try self.contextType()
            } else {
                throw self.reader.unexpected(expected: ["`principal`", "`resource`", "`context`"])
            }
            guard self.reader.accept(.comma) else { break }
        } while !self.reader.isAt(.rightBrace)
        try self.closeBrace()
        for (kind, types) in [("principal", principals), ("resource", resources)] where types == nil {
            self.reader.report(
                start,
                "`appliesTo` of action `\(action)` has no `\(kind)`",
                help: "an action that applies to nothing has no `appliesTo`"
            )
        }
        return ActionDeclaration.Scope(
            principals: principals ?? [],
            resources: resources ?? [],
            context: context ?? .emptyRecord
        )
    }

    private mutating func applicableTypes(
        _ kind: String,
        of action: String,
        at span: SourceSpan
    ) throws(Abandoned) -> [NameReference] {
        let names = try self.entityTypeNames()
        if names.isEmpty {
            self.reader.report(
                span,
                "`\(kind)` of action `\(action)` lists no entity type",
                help: "an action that applies to nothing has no `appliesTo`"
            )
        }
        return names
    }

    private mutating func contextType() throws(Abandoned) -> SchemaType {
        if self.reader.isAt(.leftBrace) { return try self.record() }
        return .common(try self.path(expected: "a record or a common type"))
    }

    private mutating func refuseRepetition(_ isRepeated: Bool, of kind: String, in action: String, at span: SourceSpan)
    {
        guard isRepeated else { return }
        self.reader.report(span, "action `\(action)` says `\(kind)` twice")
    }
}
