import Cedar

/// Laws of policies as text and as JSON.
enum PolicyLaws {
    /// From this depth on, the parentheses that writing adds may be more than reading takes.
    private static let deepest: Int32 = 40

    static func violation(by text: String) -> String? {
        guard let set = try? PolicySet(parsing: text) else { return nil }
        guard let formatted = try? PolicySet.formatted(text) else { return "what can be read can't be laid out" }
        guard let again = try? PolicySet(parsing: formatted) else { return "the layout can't be read:\n\(formatted)" }
        guard again.policies == set.policies, again.templates == set.templates else {
            return "the layout means something else:\n\(formatted)"
        }
        guard (try? PolicySet.formatted(formatted)) == formatted else {
            return "the layout is not stable:\n\(formatted)"
        }
        return self.violation(by: set)
    }

    static func violation(byJSON text: String) -> String? {
        guard let set = try? PolicySet(parsingJSON: text) else { return nil }
        let json = JSON(set)
        guard let again = try? PolicySet(parsingJSON: json.text()) else {
            return "what was written can't be read:\n\(json.text())"
        }
        guard JSON(again) == json else { return "written and read, it is another set:\n\(json.text())" }
        return self.violation(by: set)
    }

    /// Laws of any set: JSON both ways, expressions both ways, and that deciding and explaining agree.
    private static func violation(by set: PolicySet) -> String? {
        let json = JSON(set)
        guard let again = try? PolicySet(parsingJSON: json.text()), JSON(again) == json else {
            return "written as JSON and read, it is another set:\n\(json.text())"
        }
        for policy in set.policies {
            for condition in policy.rule.conditions where condition.expression.depth < self.deepest {
                if let violation = self.violation(by: condition.expression) { return violation }
            }
        }
        let authorizer = Authorizer(set)
        let decision = authorizer.decide(World.request, World.entities)
        let explanation = authorizer.explain(World.request, World.entities)
        guard explanation.decision == decision.decision,
            explanation.determining.map(\.policy.id) == decision.determining
        else {
            return "the explanation explains another decision"
        }
        for id in set.policies.map(\.id) {
            guard let outcome = authorizer.outcome(of: id, World.request, World.entities) else {
                return "policy `\(id)` is in the set and not in its authorizer"
            }
            let isSatisfied = decision.permits.contains(id) || decision.forbids.contains(id)
            let hasFailed = decision.failures.contains { $0.policy == id }
            switch outcome {
            case .satisfied where isSatisfied && !hasFailed: break
            case .failed where hasFailed && !isSatisfied: break
            case .outOfScope where !isSatisfied && !hasFailed: break
            case .unsatisfied where !isSatisfied && !hasFailed: break
            default: return "policy `\(id)` alone is \(outcome), among the others not"
            }
        }
        return nil
    }

    private static func violation(by expression: Expression) -> String? {
        let text = "permit (principal, action, resource) when { \(expression) };"
        guard let set = try? PolicySet(parsing: text), let policy = set.policies.first else {
            return "can't be read:\n\(text)"
        }
        // Constants of JSON and `-` before a number are written in the one way that text has.
        guard let again = policy.rule.conditions.first?.expression, again.description == expression.description else {
            return "means something else:\n\(text)"
        }
        return nil
    }
}

/// A small world to decide in.
enum World {
    static let request = Request(
        principal: uid("User", "a"),
        action: uid("Action", "b"),
        resource: uid("Doc", "c"),
        context: ["n": .long(1), "s": .set([.long(1)]), "r": .record([("x", .bool(true))]), "t": .string("text")]
    )

    static let entities: Entities = {
        let user = Entity(
            uid: uid("User", "a"),
            attributes: ["n": .long(7)],
            tags: ["t": .string("v")],
            parents: [uid("Group", "g")]
        )
        let document = Entity(uid: uid("Doc", "c"), attributes: ["owner": .entity(uid("User", "a"))])
        return (try? Entities([user, document])) ?? Entities()
    }()

    private static func uid(_ type: String, _ id: String) -> EntityUID {
        guard let type = Name(type) else { fatalError("`\(type)` is not a name") }
        return EntityUID(type: type, id: id)
    }
}
