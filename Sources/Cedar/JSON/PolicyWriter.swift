/// Writes policies in their JSON form.
///
/// Source: Cedar language 4.5, "Policy JSON format" (EST).
extension JSON {
    /// The JSON form of a policy set: `staticPolicies`, `templates` and `templateLinks`.
    public init(_ set: PolicySet) {
        let written = set.policies.filter { $0.link == nil }
        self = .object([
            ("templates", .object(set.templates.map { ($0.id.text, JSON($0.rule)) })),
            ("staticPolicies", .object(written.map { ($0.id.text, JSON($0.rule)) })),
            ("templateLinks", .array(set.policies.compactMap { JSON.link($0) })),
        ])
    }

    /// The JSON form of a policy or template without its id.
    public init(_ rule: Rule) {
        var members: [(String, JSON)] = [
            ("effect", .string(rule.effect.rawValue)),
            ("principal", JSON.scope(rule.principal)),
            ("action", JSON.scope(rule.action)),
            ("resource", JSON.scope(rule.resource)),
            ("conditions", .array(rule.conditions.map { JSON.condition($0) })),
        ]
        if !rule.annotations.isEmpty {
            let annotations = rule.annotations.sorted { $0.key < $1.key }
            members.append(
                ("annotations", .object(annotations.map { ($0.key, $0.value.map(JSON.string) ?? JSON(node: .null)) }))
            )
        }
        self = .object(members)
    }

    private static func link(_ policy: Policy) -> JSON? {
        guard let link = policy.link else { return nil }
        let values = link.values.sorted { $0.key < $1.key }.map { ($0.key.rawValue, JSON($0.value)) }
        return .object([
            ("templateId", .string(link.template.text)), ("newId", .string(policy.id.text)),
            ("values", .object(values)),
        ])
    }

    private static func reference(_ reference: EntityReference) -> (String, JSON) {
        switch reference {
        case .entity(let uid): ("entity", JSON(uid))
        case .slot(let slot): ("slot", .string(slot.rawValue))
        }
    }

    private static func scope(_ constraint: ScopeConstraint) -> JSON {
        switch constraint {
        case .any: .object([("op", "All")])
        case .equal(let reference): .object([("op", "=="), self.reference(reference)])
        case .in(let reference): .object([("op", "in"), self.reference(reference)])
        case .is(let type): .object([("op", "is"), ("entity_type", .string(type.text))])
        case .isIn(let type, let reference):
            .object([("op", "is"), ("entity_type", .string(type.text)), ("in", .object([self.reference(reference)]))])
        }
    }

    private static func scope(_ constraint: ActionConstraint) -> JSON {
        switch constraint {
        case .any: .object([("op", "All")])
        case .equal(let uid): .object([("op", "=="), ("entity", JSON(uid))])
        case .in(let uid): .object([("op", "in"), ("entity", JSON(uid))])
        // A list of one is written like its element.
        case .inAny(let uids) where uids.count == 1: .object([("op", "in"), ("entity", JSON(uids[0]))])
        case .inAny(let uids): .object([("op", "in"), ("entities", .array(uids.map { JSON($0) }))])
        }
    }

    private static func condition(_ condition: Condition) -> JSON {
        .object([("kind", .string(condition.kind.rawValue)), ("body", JSON(condition.expression))])
    }
}

extension JSON: ExpressibleByStringLiteral {
    /// Text.
    public init(stringLiteral value: String) {
        self = .string(value)
    }
}
