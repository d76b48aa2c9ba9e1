/// Reads the parenthesis after `permit` or `forbid`.
///
/// Source: Cedar language 4.5, grammar, "Scope".
extension PolicyParser {
    /// A scope as read.
    struct Scope {
        var principal = ScopeConstraint.any
        var action = ActionConstraint.any
        var resource = ScopeConstraint.any
    }

    /// Reads `principal`, `action`, `resource` with their constraints, up to and including the closing parenthesis.
    mutating func scope(afterEffect start: SourceSpan) throws(TokenReader.Abandoned) -> Scope {
        var scope = Scope()
        let variables: [Variable] = [.principal, .action, .resource]
        var found = 0
        while !self.reader.accept(.rightParenthesis) {
            guard found < variables.count else {
                throw self.reader.unexpected(
                    expected: ["`)`"],
                    help: "a scope is `principal, action, resource`; conditions go into `when`"
                )
            }
            guard self.reader.current.kind == .identifier,
                self.reader.text(self.reader.current) == variables[found].rawValue
            else {
                throw self.reader.unexpected(expected: ["`\(variables[found].rawValue)`"])
            }
            self.reader.advance()
            switch variables[found] {
            case .principal: scope.principal = try self.entityConstraint(slot: .principal)
            case .resource: scope.resource = try self.entityConstraint(slot: .resource)
            default: scope.action = try self.actionConstraint()
            }
            found += 1
            if self.reader.isAt(.rightParenthesis) { continue }
            guard self.reader.accept(.comma) else { throw self.reader.unexpected(expected: ["`,`", "`)`"]) }
        }
        guard found == variables.count else {
            self.reader.report(
                start.joined(to: self.reader.previousSpan),
                "scope without `\(variables[found].rawValue)`",
                expected: ["`principal, action, resource`"]
            )
            throw TokenReader.Abandoned()
        }
        return scope
    }

    private mutating func entityConstraint(slot: Slot) throws(TokenReader.Abandoned) -> ScopeConstraint {
        if self.reader.accept(word: "is") {
            let type = try self.name()
            if self.reader.accept(word: "in") { return .isIn(type, try self.reference(slot: slot)) }
            if self.reader.isAt(.equal) {
                throw self.reader.unexpected(
                    expected: ["`in`"],
                    help: "`==` names one entity, so its type needs no `is`"
                )
            }
            return .is(type)
        }
        if self.reader.accept(.equal) { return .equal(try self.reference(slot: slot)) }
        if self.reader.accept(word: "in") {
            let reference = try self.reference(slot: slot)
            if self.reader.isAt(word: "is") {
                throw self.reader.unexpected(expected: ["`,`"], help: "write `is T in E`")
            }
            return .in(reference)
        }
        if self.reader.isAt(.comma) || self.reader.isAt(.rightParenthesis) { return .any }
        throw self.unexpectedConstraint(["`==`", "`in`", "`is`"])
    }

    private mutating func unexpectedConstraint(_ expected: [String]) -> TokenReader.Abandoned {
        let help: String? =
            switch self.reader.current.kind {
            case .mark(.colon): "write `is T` to ask for a type"
            case .mark(.assign): "write `==` to compare"
            default: nil
            }
        return self.reader.unexpected(expected: expected + ["`,`", "`)`"], help: help)
    }

    private mutating func actionConstraint() throws(TokenReader.Abandoned) -> ActionConstraint {
        let start = self.reader.current.span
        let constraint: ActionConstraint
        if self.reader.accept(.equal) {
            constraint = .equal(try self.entity(expected: "an action"))
        } else if self.reader.accept(word: "in") {
            constraint = try self.actions()
        } else if self.reader.isAt(.comma) || self.reader.isAt(.rightParenthesis) {
            return .any
        } else {
            throw self.unexpectedConstraint(["`==`", "`in`"])
        }
        for uid in constraint.actions where uid.type.basename != "Action" {
            self.reader.report(
                start.joined(to: self.reader.previousSpan),
                "`\(uid)` is not an action",
                expected: ["an entity of type `Action`"]
            )
        }
        return constraint
    }

    /// Reads one action or a list of them.
    private mutating func actions() throws(TokenReader.Abandoned) -> ActionConstraint {
        if self.reader.accept(.leftParenthesis) {
            let constraint = try self.deeper { parser throws(TokenReader.Abandoned) in try parser.actions() }
            try self.reader.expect(.rightParenthesis)
            return constraint
        }
        guard self.reader.accept(.leftBracket) else {
            return .in(try self.entity(expected: "an action or a list of actions"))
        }
        var actions: [EntityUID] = []
        while !self.reader.accept(.rightBracket) {
            actions.append(try self.entity(expected: "an action"))
            if self.reader.accept(.rightBracket) { break }
            guard self.reader.accept(.comma) else { throw self.reader.unexpected(expected: ["`,`", "`]`"]) }
        }
        return .inAny(actions)
    }

    /// Reads an entity or the slot that may stand here.
    private mutating func reference(slot: Slot) throws(TokenReader.Abandoned) -> EntityReference {
        if self.reader.accept(.leftParenthesis) {
            let reference = try self.deeper { parser throws(TokenReader.Abandoned) in try parser.reference(slot: slot) }
            try self.reader.expect(.rightParenthesis)
            return reference
        }
        guard self.reader.current.kind == .slot else {
            return .entity(try self.entity(expected: "an entity or `\(slot.rawValue)`"))
        }
        guard self.reader.text(self.reader.current) == slot.rawValue else {
            throw self.reader.unexpected(expected: ["an entity", "`\(slot.rawValue)`"])
        }
        self.reader.advance()
        return .slot(slot)
    }

    /// Reads `Type::"id"`.
    private mutating func entity(expected: String) throws(TokenReader.Abandoned) -> EntityUID {
        if self.reader.accept(.leftParenthesis) {
            let uid = try self.deeper { parser throws(TokenReader.Abandoned) in try parser.entity(expected: expected) }
            try self.reader.expect(.rightParenthesis)
            return uid
        }
        guard self.reader.current.kind == .identifier else {
            throw self.reader.unexpected(expected: [expected], help: "an entity is written `Type::\"id\"`")
        }
        guard case .entity(let uid) = try self.path() else {
            self.reader.report(
                self.reader.previousSpan,
                "a type alone is not an entity",
                expected: [expected],
                help: "write `Type::\"id\"`"
            )
            throw TokenReader.Abandoned()
        }
        return uid
    }
}
