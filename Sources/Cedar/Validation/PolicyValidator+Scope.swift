extension PolicyValidator {
    /// Whether no action can be asked by the principals about the resources of a scope.
    func applicationProblem(of rule: Rule) -> ValidationProblem? {
        let actions = self.actions(in: rule.action)
        let isApplicable = actions.contains { action in
            action.principalTypes.contains { self.allows(rule.principal, $0) }
                && action.resourceTypes.contains { self.allows(rule.resource, $0) }
        }
        guard !isApplicable else { return nil }
        return .noApplicableAction(
            inFixesPrincipal: self.isFixedByIn(rule.principal, actions.map(\.principalTypes)),
            inFixesResource: self.isFixedByIn(rule.resource, actions.map(\.resourceTypes))
        )
    }

    /// The declared actions that a scope allows.
    private func actions(in constraint: ActionConstraint) -> [Schema.Action] {
        switch constraint {
        case .any:
            return Array(self.schema.actions.values)
        case .equal(let uid):
            return self.schema.actions[uid].map { [$0] } ?? []
        case .in(let uid):
            return self.members(of: [uid])
        case .inAny(let uids):
            return self.members(of: uids)
        }
    }

    private func members(of groups: [EntityUID]) -> [Schema.Action] {
        var members: Set<EntityUID> = []
        for group in groups {
            // One unknown action makes the whole list meaningless.
            guard let action = self.schema.actions[group] else { return [] }
            members.insert(group)
            members.formUnion(action.descendants)
        }
        return members.compactMap { self.schema.actions[$0] }
    }

    /// Whether entities of a type can satisfy a constraint.
    private func allows(_ constraint: ScopeConstraint, _ type: EntityTypeName) -> Bool {
        switch constraint {
        case .any, .equal(.slot), .in(.slot): self.schema.entityTypes[type] != nil
        case .equal(.entity(let uid)): uid.type == type
        case .in(.entity(let uid)): self.isMember(type, of: uid.type)
        case .is(let wanted), .isIn(let wanted, .slot): wanted == type && self.schema.knows(type)
        case .isIn(let wanted, .entity(let uid)): wanted == type && self.isMember(type, of: uid.type)
        }
    }

    private func isMember(_ type: EntityTypeName, of group: EntityTypeName) -> Bool {
        type == group || self.schema.entityTypes[group]?.descendants.contains(type) == true
    }

    /// Whether `in` instead of `==` would let some of these types satisfy a constraint that none satisfies now.
    private func isFixedByIn(_ constraint: ScopeConstraint, _ types: [[EntityTypeName]]) -> Bool {
        guard case .equal(.entity(let uid)) = constraint, let group = self.schema.entityTypes[uid.type] else {
            return false
        }
        let all = types.joined()
        return !all.contains(uid.type) && all.contains { group.descendants.contains($0) }
    }
}

extension Rule {
    /// Everything that the rule asks for, as one expression: its scope, then its conditions.
    var wholeCondition: Expression {
        let scope = [
            self.principal.expression(about: .principal),
            self.action.expression,
            self.resource.expression(about: .resource),
        ]
        return self.joined(scope, before: self.joinedConditions)
    }

    /// The conditions as one expression, `true` when there are none.
    var joinedConditions: Expression {
        let conditions = self.conditions.map { condition in
            switch condition.kind {
            case .when: condition.expression
            case .unless: Expression(.unary(.not, condition.expression), span: condition.span)
            }
        }
        guard let last = conditions.last else { return Expression(.literal(.bool(true)), span: self.span) }
        return self.joined(conditions.dropLast(), before: last)
    }

    /// Joins conditions from the right, as the reference joins them.
    private func joined(_ parts: some BidirectionalCollection<Expression>, before last: Expression) -> Expression {
        parts.reversed().reduce(last) { Expression(.and($1, $0), span: self.span) }
    }
}

extension ScopeConstraint {
    /// The constraint as a condition on a variable.
    func expression(about variable: Variable) -> Expression {
        let subject = Expression(.variable(variable))
        func named(_ reference: EntityReference) -> Expression {
            switch reference {
            case .entity(let uid): Expression(.literal(.entity(uid)))
            case .slot(let slot): Expression(.slot(slot))
            }
        }
        switch self {
        case .any: return Expression(.literal(.bool(true)))
        case .equal(let reference): return Expression(.binary(.equal, subject, named(reference)))
        case .in(let reference): return Expression(.binary(.in, subject, named(reference)))
        case .is(let type): return Expression(.is(subject, type, in: nil))
        case .isIn(let type, let reference): return Expression(.is(subject, type, in: named(reference)))
        }
    }
}

extension ActionConstraint {
    /// The constraint as a condition on the action.
    var expression: Expression {
        let subject = Expression(.variable(.action))
        func literal(_ uid: EntityUID) -> Expression { Expression(.literal(.entity(uid))) }
        switch self {
        case .any: return Expression(.literal(.bool(true)))
        case .equal(let uid): return Expression(.binary(.equal, subject, literal(uid)))
        case .in(let uid): return Expression(.binary(.in, subject, literal(uid)))
        case .inAny(let uids): return Expression(.binary(.in, subject, Expression(.set(uids.map(literal)))))
        }
    }
}
