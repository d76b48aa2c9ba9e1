extension PolicyValidator {
    /// Types, actions and enumerated entities that the schema does not declare.
    func nameProblems(of rule: Rule) -> [Typechecker.Finding] {
        var findings: [Typechecker.Finding] = []
        for constraint in [rule.principal, rule.resource] {
            switch constraint {
            case .is(let type), .isIn(let type, _): findings += self.problems(of: type, at: .none)
            default: break
            }
            if let uid = constraint.reference?.entity { findings += self.problems(of: uid, at: .none) }
        }
        for uid in rule.action.actions { findings += self.problems(of: uid, at: .none) }
        for condition in rule.conditions {
            condition.expression.forEachPart { part in
                switch part.node {
                case .literal(.entity(let uid)): findings += self.problems(of: uid, at: part.span)
                case .is(_, let type, _): findings += self.problems(of: type, at: part.span)
                default: break
                }
            }
        }
        return findings
    }

    /// The problem of a type that the schema does not declare.
    func unrecognized(_ type: EntityTypeName, at span: SourceSpan) -> Typechecker.Finding {
        let suggestion = self.suggestions.closest(
            to: type.text,
            among: .entityTypes,
            self.schema.entityTypes.keys.map(\.text)
        )
        return Typechecker.Finding(problem: .unrecognizedEntityType(type, suggestion: suggestion), span: span)
    }

    private func problems(of type: EntityTypeName, at span: SourceSpan) -> [Typechecker.Finding] {
        self.schema.knows(type) ? [] : [self.unrecognized(type, at: span)]
    }

    private func problems(of uid: EntityUID, at span: SourceSpan) -> [Typechecker.Finding] {
        if uid.type.isActionType {
            guard self.schema.actions[uid] == nil else { return [] }
            let suggestion = self.suggestions.closest(
                to: uid.description,
                among: .actions,
                self.schema.actions.keys.map(\.description)
            )
            return [Typechecker.Finding(problem: .unrecognizedAction(uid, suggestion: suggestion), span: span)]
        }
        guard let type = self.schema.entityTypes[uid.type] else { return [self.unrecognized(uid.type, at: span)] }
        guard !type.allows(id: uid.id) else { return [] }
        let suggestion = self.suggestions.closest(to: uid.id, among: .ids(of: uid.type), type.ids ?? [])
            .map { EntityUID(type: uid.type, id: $0).description }
        return [Typechecker.Finding(problem: .undeclaredEnumeratedEntity(uid, suggestion: suggestion), span: span)]
    }

    /// Texts with characters that turn the direction of writing, by which a policy can look like another.
    func bidirectionalTexts(of rule: Rule) -> [Typechecker.Finding] {
        var findings: [Typechecker.Finding] = []
        for condition in rule.conditions {
            condition.expression.forEachPart { part in
                for text in part.ownTexts where text.unicodeScalars.contains(where: \.turnsDirection) {
                    findings.append(Typechecker.Finding(problem: .bidirectionalText(text), span: part.span))
                }
            }
        }
        return findings
    }
}

extension Expression {
    /// Calls `body` with this expression and every one in it.
    func forEachPart(_ body: (Expression) -> Void) {
        var waiting = [self]
        while let next = waiting.popLast() {
            body(next)
            waiting += next.parts.reversed()
        }
    }

    /// The expressions directly in this one.
    var parts: [Expression] {
        switch self.node {
        case .literal, .variable, .slot, .unknown: []
        case .and(let a, let b), .or(let a, let b), .binary(_, let a, let b): [a, b]
        case .conditional(let a, then: let b, else: let c): [a, b, c]
        case .unary(_, let a), .attribute(let a, _), .has(let a, _), .like(let a, _), .is(let a, _, in: nil): [a]
        case .is(let a, _, in: let b?): [a, b]
        case .set(let elements): elements
        case .record(let fields): fields.map(\.value)
        case .call(_, let arguments): arguments
        }
    }

    /// The texts that are written in this expression itself.
    fileprivate var ownTexts: [String] {
        switch self.node {
        case .literal(.string(let text)): [text]
        case .literal(.entity(let uid)): [uid.id]
        case .attribute(_, let name): [name]
        case .has(_, let names): names
        case .record(let fields): fields.map(\.key)
        case .like(_, let pattern):
            [
                pattern.elements.reduce(into: "") { text, element in
                    if case .scalar(let scalar) = element { text.unicodeScalars.append(scalar) }
                }
            ]
        default: []
        }
    }
}

extension Unicode.Scalar {
    /// Whether this is a control character of the bidirectional algorithm.
    ///
    /// Source: Unicode Standard Annex #9, section 2; CVE-2021-42574.
    fileprivate var turnsDirection: Bool {
        (0x202A...0x202E).contains(self.value) || (0x2066...0x2069).contains(self.value)
    }
}
