/// Reads policies from their JSON form.
///
/// Source: Cedar language 4.5, "Policy JSON format" (EST).
struct PolicyReader {
    /// Something stands where it can't; the reason has been collected.
    struct Abandoned: Error {}

    let source: SourceText
    private(set) var diagnostics: [SyntaxDiagnostic] = []

    init(source: SourceText) {
        self.source = source
    }

    /// Collects a reason why something can't be read.
    mutating func failure(_ json: JSON, _ message: String, expected: [String] = [], help: String? = nil) -> Abandoned {
        self.diagnostics.note(
            SyntaxDiagnostic(in: self.source, at: json.span, message, expected: expected, help: help)
        )
        return Abandoned()
    }

    /// Reads a policy set.
    mutating func set(_ json: JSON) throws(Abandoned) -> PolicySet {
        try self.check(json, keys: ["staticPolicies", "templates", "templateLinks"])
        guard let policies = json["staticPolicies"]?.object, let templates = json["templates"]?.object,
            let links = json["templateLinks"]?.array
        else {
            let expected = "objects `staticPolicies` and `templates` and an array `templateLinks`, each possibly empty"
            throw self.failure(json, "incomplete policy set", expected: [expected])
        }
        var set = PolicySet()
        for member in policies {
            do throws(Abandoned) { try self.policy(member, into: &set) } catch { continue }
        }
        for member in templates {
            do throws(Abandoned) { try self.template(member, into: &set) } catch { continue }
        }
        for link in links {
            do throws(Abandoned) { try self.link(link, into: &set) } catch { continue }
        }
        return set
    }

    private mutating func policy(_ member: JSON.Member, into set: inout PolicySet) throws(Abandoned) {
        let rule = try self.rule(member.value)
        guard rule.slots.isEmpty else {
            throw self.failure(member.value, "policy `\(member.key)` has slots", help: "move it to `templates`")
        }
        do throws(PolicySetError) {
            try set.add(rule, as: PolicyID(member.key))
        } catch { throw self.failure(member.value, error.description) }
    }

    /// Reads a template, which is one also when it has no slots: it applies only when linked.
    private mutating func template(_ member: JSON.Member, into set: inout PolicySet) throws(Abandoned) {
        let template = Template(id: PolicyID(member.key), rule: try self.rule(member.value))
        do throws(PolicySetError) {
            try set.add(template)
        } catch { throw self.failure(member.value, error.description) }
    }

    private mutating func link(_ json: JSON, into set: inout PolicySet) throws(Abandoned) {
        try self.check(json, keys: ["templateId", "newId", "values"])
        guard let template = json["templateId"]?.string, let id = json["newId"]?.string,
            let members = json["values"]?.object
        else {
            throw self.failure(json, "incomplete link", expected: ["an object with `templateId`, `newId` and `values`"])
        }
        var values: [Slot: EntityUID] = [:]
        for member in members {
            guard let slot = Slot(rawValue: member.key) else {
                throw self.failure(json, "unknown slot `\(member.key)`")
            }
            guard values.updateValue(try self.entity(member.value), forKey: slot) == nil else {
                throw self.failure(json, "slot `\(member.key)` stands here a second time")
            }
        }
        do throws(PolicySetError) {
            try set.link(template: PolicyID(template), as: PolicyID(id), values: values)
        } catch { throw self.failure(json, error.description) }
    }

    /// Reads a policy or template.
    mutating func rule(_ json: JSON) throws(Abandoned) -> Rule {
        try self.check(json, keys: ["effect", "principal", "action", "resource", "conditions", "annotations"])
        guard let word = json["effect"]?.string, let effect = Effect(rawValue: word) else {
            throw self.failure(json, "no effect", expected: ["`permit`", "`forbid`"])
        }
        let principal = try self.scope(json, "principal", slot: .principal)
        let action = try self.actionScope(json)
        let resource = try self.scope(json, "resource", slot: .resource)
        guard let conditionNodes = json["conditions"]?.array else {
            throw self.failure(json, "no conditions", expected: ["`conditions`, possibly empty"])
        }
        guard conditionNodes.count <= Expression.maximumDepth else {
            throw self.failure(json, "more than \(Expression.maximumDepth) conditions", help: "write several policies")
        }
        var conditions: [Condition] = []
        for node in conditionNodes { conditions.append(try self.condition(node)) }
        guard Condition.depth(of: conditions) <= Expression.maximumDepth else {
            throw self.failure(
                json,
                "conditions with more than \(Expression.maximumDepth) expressions in each other when they are joined",
                help: "write several policies, or use a set"
            )
        }
        return Rule(
            annotations: try self.annotations(json),
            effect: effect,
            principal: principal,
            action: action,
            resource: resource,
            conditions: conditions
        )
    }

    private mutating func annotations(_ json: JSON) throws(Abandoned) -> [Annotation] {
        var annotations: [Annotation] = []
        guard let node = json["annotations"] else { return [] }
        guard let members = node.object else {
            throw self.failure(node, "found \(node.kind)", expected: ["an object"])
        }
        var keys: Set<String> = []
        for member in members {
            guard Identifier.isWellFormed(member.key), keys.insert(member.key).inserted else {
                throw self.failure(
                    member.value,
                    "annotation `\(member.key)` is not a name, or stands here a second time"
                )
            }
            switch member.value.node {
            case .null: annotations.append(Annotation(key: member.key, value: nil))
            case .string(let text): annotations.append(Annotation(key: member.key, value: text))
            default: throw self.failure(member.value, "found \(member.value.kind)", expected: ["text", "null"])
            }
        }
        return annotations
    }

    private mutating func condition(_ json: JSON) throws(Abandoned) -> Condition {
        try self.check(json, keys: ["kind", "body"])
        guard let word = json["kind"]?.string, let kind = Condition.Kind(rawValue: word), let body = json["body"] else {
            throw self.failure(
                json,
                "not a condition",
                expected: ["an object with `kind` (`when` or `unless`) and `body`"]
            )
        }
        return Condition(kind: kind, expression: try self.expression(body))
    }

    private mutating func scope(_ json: JSON, _ key: String, slot: Slot) throws(Abandoned) -> ScopeConstraint {
        guard let node = json[key], let op = node.only("op")?.string else {
            throw self.failure(json, "no `\(key)`", expected: ["an object with `op`"])
        }
        switch op {
        case "All", "all": return .any
        case "==": return .equal(try self.reference(node, slot: slot))
        case "in": return .in(try self.reference(node, slot: slot))
        case "is":
            try self.check(node, keys: ["op", "entity_type", "in"])
            let type = try self.type(node)
            guard let ancestor = node["in"], !ancestor.isNull else { return .is(type) }
            return .isIn(type, try self.reference(ancestor, slot: slot))
        default: throw self.failure(node, "unknown operator `\(op)`", expected: ["`All`", "`==`", "`in`", "`is`"])
        }
    }

    private mutating func reference(_ json: JSON, slot: Slot) throws(Abandoned) -> EntityReference {
        if let node = json["entity"] { return .entity(try self.entity(node)) }
        guard let text = json["slot"]?.string else { throw self.failure(json, "neither `entity` nor `slot`") }
        guard text == slot.rawValue else {
            throw self.failure(json, "unexpected slot `\(text)`", expected: ["`\(slot.rawValue)`"])
        }
        return .slot(slot)
    }

    private mutating func actionScope(_ json: JSON) throws(Abandoned) -> ActionConstraint {
        guard let node = json["action"], let op = node.only("op")?.string else {
            throw self.failure(json, "no `action`", expected: ["an object with `op`"])
        }
        let constraint: ActionConstraint
        switch (op, node["entity"], node["entities"]?.array) {
        case ("All", _, _), ("all", _, _): constraint = .any
        case ("==", let uid?, _): constraint = .equal(try self.entity(uid))
        case ("in", let uid?, _): constraint = .in(try self.entity(uid))
        case ("in", nil, let list?):
            var uids: [EntityUID] = []
            for uid in list { uids.append(try self.entity(uid)) }
            constraint = .inAny(uids)
        default: throw self.failure(node, "not a constraint of actions", expected: ["`All`", "`==`", "`in`"])
        }
        if let stranger = constraint.actions.first(where: { $0.type.basename != "Action" }) {
            throw self.failure(node, "`\(stranger)` is not an action", expected: ["an entity of type `Action`"])
        }
        return constraint
    }

    /// Reads the identity of an entity.
    mutating func entity(_ json: JSON) throws(Abandoned) -> EntityUID {
        var reader = ValueReader(source: self.source)
        guard let uid = reader.entity(json) else {
            for diagnostic in reader.diagnostics { self.diagnostics.note(diagnostic) }
            throw Abandoned()
        }
        return uid
    }

    /// Reads the name of an entity type.
    mutating func type(_ json: JSON) throws(Abandoned) -> EntityTypeName {
        guard let text = json["entity_type"]?.string, let type = Name(text) else {
            throw self.failure(json, "no `entity_type`", expected: ["the name of a type"])
        }
        return type
    }

    /// Refuses anything but an object with some of these keys, each once.
    mutating func check(_ json: JSON, keys: Set<String>) throws(Abandoned) {
        guard let members = json.object else { throw self.failure(json, "found \(json.kind)", expected: ["an object"]) }
        var seen: Set<String> = []
        for member in members {
            guard keys.contains(member.key) else {
                let help = Spelling.closest(to: member.key, in: keys.sorted()).map { "did you mean `\($0)`" }
                throw self.failure(member.value, "unknown key `\(member.key)`", help: help)
            }
            guard seen.insert(member.key).inserted else {
                throw self.failure(member.value, "key `\(member.key)` stands here a second time")
            }
        }
    }
}

extension PolicySet {
    /// Reads a policy set from its JSON form.
    ///
    /// - Parameters:
    ///   - text: An object with `staticPolicies`, `templates` and `templateLinks`.
    ///   - file: The name of the file it comes from, for messages.
    /// - Throws: ``SyntaxErrors`` with everything wrong with it.
    public init(parsingJSON text: String, file: String? = nil) throws(SyntaxErrors) {
        let source = SourceText(text, name: file)
        let json = try JSON(parsing: source)
        var reader = PolicyReader(source: source)
        let set = try? reader.set(json)
        guard let set, reader.diagnostics.isEmpty else { throw SyntaxErrors(reader.diagnostics) }
        self = set
    }
}

extension Rule {
    /// Reads a policy or template from its JSON form.
    ///
    /// - Throws: ``SyntaxErrors`` with everything wrong with it.
    public init(json: JSON) throws(SyntaxErrors) {
        var reader = PolicyReader(source: SourceText(""))
        let rule = try? reader.rule(json)
        guard let rule, reader.diagnostics.isEmpty else { throw SyntaxErrors(reader.diagnostics) }
        self = rule
    }
}
