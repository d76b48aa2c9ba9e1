import Cedar
import Testing

/// The deepest that is read can be walked with the stack of a small thread by everything that walks, and one level more is not read.
@Suite("Depth", .serialized)
struct DepthTests {
    /// Texts that lie in each other as deep as `depth`.
    private static let nestings: [(name: String, text: @Sendable (Int) -> String)] = [
        ("parentheses", { of("(", $0) + "true" + of(")", $0) }),
        ("negations", { of("!(", $0) + "true" + of(")", $0) }),
        ("signs", { of("-(", $0) + "context.n" + of(")", $0) + " == 1" }),
        ("sets", { of("[", $0) + "context.n" + of("]", $0) + ".isEmpty()" }),
        ("constant sets", { of("[", $0) + "1" + of("]", $0) + ".isEmpty()" }),
        ("records", { of("{a: ", $0) + "context.n" + of("}", $0) + ".a == context.n" }),
        ("conditionals", { of("if context.n == 1 then (", $0) + "true" + of(") else false", $0) }),
        ("tests", { of("if context.n == 1 then false else (", $0) + "true" + of(")", $0) }),
        ("conjunctions", { of("true && (", $0) + "context.n == 1" + of(")", $0) }),
        ("calls", { of("context.s.contains(", $0) + "context.n" + of(")", $0) }),
        ("methods", { of("[1].containsAll([", $0) + "context.n" + of("])", $0) }),
        (
            "moments",
            {
                of("datetime(\"2024-01-01\").offset(duration(\"1d\")).toTime() == (", 1) + of("(", $0)
                    + "duration(\"1h\")" + of(")", $0) + ")"
            }
        ),
        ("chains of &&", { "context.n == 1" + of(" && context.n == 1", $0) }),
        ("chains of ||", { "context.n == 1" + of(" || context.n == 1", $0) }),
        ("sums", { "context.n" + of(" + context.n", $0) + " == 7" }),
        ("attributes", { "principal" + of(".a", $0) + " == principal" }),
        ("paths", { "principal has a" + of(".a", $0) }),
        ("safe paths", { "principal has a" + of(".a", $0) + " && principal" + of(".a", $0) + " == principal" }),
        ("memberships", { of("(if ", $0) + "true" + of(" then principal else principal) is User in principal", $0) }),
        ("paths in each other", { of("(if ", $0) + "true" + of(" then principal else principal) has a.a", $0) }),
    ]

    private static func of(_ piece: String, _ count: Int) -> String { String(repeating: piece, count: count) }

    private static let schema = """
        entity User { a?: User, n: Long };
        action view appliesTo { principal: User, resource: User, context: { n: Long, s: Set<Long> } };
        """

    /// What walks over conditions.
    private static let walks: [(name: String, walk: @Sendable (PolicySet, Schema, String) -> Void)] = [
        ("parse", { _, _, text in _ = try? PolicySet(parsing: text) }),
        ("format", { _, _, text in _ = try? PolicySet.formatted(text) }),
        ("hash", { set, _, _ in _ = Set(set.policies).contains(set.policies[0]) }),
        ("write", { set, _, _ in _ = JSON(set).text(.indented) }),
        ("text", { set, _, _ in _ = set.policies.map { $0.conditions.map(\.expression.description) } }),
        ("json", { set, _, _ in _ = try? PolicySet(parsingJSON: JSON(set).text()) }),
        ("reads", { set, _, _ in _ = ReadSet(set) }),
        ("strict", { set, schema, _ in _ = schema.validate(set) }),
        ("permissive", { set, schema, _ in _ = schema.validate(set, mode: .permissive) }),
        ("levels", { set, schema, _ in _ = schema.validate(set, maximumLevel: 1) }),
        ("compile", { set, _, _ in _ = Authorizer(set) }),
        ("decide", { set, _, _ in _ = Authorizer(set).decide(request, entities) }),
        ("explain", { set, _, _ in _ = Authorizer(set).explain(request, entities) }),
        (
            "partial",
            { set, schema, _ in
                guard let partial = try? PartialAuthorizer(schema, set) else { return }
                let question = PartialRequest(
                    principal: .unknown(nil),
                    action: request.action,
                    resource: .known(request.resource),
                    openContext: .rest
                )
                for answer in partial.evaluate(question, entities) { _ = answer.completed(by: request, entities) }
            }
        ),
    ]
    private static let user = EntityUID(type: name("User"), id: "a")
    private static let request = Request(
        principal: user,
        action: EntityUID(type: name("Action"), id: "view"),
        resource: user,
        context: ["n": .long(1), "s": .set([.long(1)])]
    )
    private static let entities =
        (try? Entities([Entity(uid: user, attributes: ["a": .entity(user), "n": .long(1)])])) ?? Entities()

    private static func name(_ text: String) -> Name {
        guard let name = Name(text) else { preconditionFailure("`\(text)` is a name") }
        return name
    }

    /// What the deepest input may take of a stack: frames of builds for debugging are many times larger.
    private static var most: Int {
        #if DEBUG
        4 * StackUse.small
        #else
        StackUse.small * 7 / 8
        #endif
    }

    /// The greatest depth at which something can be read, found by halves; `nil` if there is no limit.
    private static func deepest(_ canBeRead: (Int) -> Bool) -> Int? {
        var (readable, unreadable) = (0, 2_000)
        guard !canBeRead(unreadable) else { return nil }
        while unreadable - readable > 1 {
            let middle = (readable + unreadable) / 2
            if canBeRead(middle) { readable = middle } else { unreadable = middle }
        }
        return readable
    }

    private static func policy(_ condition: String) -> String {
        "permit (principal is User, action, resource) when { \(condition) };"
    }

    @Test("A condition", arguments: Self.nestings.indices)
    func condition(index: Int) throws {
        let nesting = Self.nestings[index]
        let depth = try #require(
            Self.deepest { (try? PolicySet(parsing: Self.policy(nesting.text($0)))) != nil },
            "\(nesting.name) have no limit"
        )
        #expect(depth >= 60, "\(nesting.name) are limited too much")
        try self.walkAll(Self.policy(nesting.text(depth)), nesting.name)
    }

    @Test("Many conditions, the last of them deep")
    func clauses() throws {
        @Sendable func text(_ count: Int) -> String {
            "permit (principal is User, action, resource) \(Self.of("unless { context.n == 2 } ", count))"
                + "when { \(Self.of("true && (", 100))context.n == 1\(Self.of(")", 100)) };"
        }
        let count = try #require(Self.deepest { (try? PolicySet(parsing: text($0))) != nil })
        #expect(count >= 100)
        try self.walkAll(text(count), "clauses")
    }

    private func walkAll(_ text: String, _ name: String) throws {
        let schema = try Schema(text: Self.schema)
        let set = try PolicySet(parsing: text)
        for walk in Self.walks {
            let (_, bytes) = StackUse.measured { walk.walk(set, schema, text) }
            #expect(bytes <= Self.most, "\(walk.name) of \(name)")
        }
    }

    @Test("A schema", arguments: [("Set<", "Long", ">"), ("{a: ", "Long", "}"), ("Set<{a?: ", "User", "}>")])
    func schema(open: String, inner: String, close: String) throws {
        @Sendable func text(_ depth: Int) -> String {
            "entity User { x: \(Self.of(open, depth))\(inner)\(Self.of(close, depth)) };"
                + "action view appliesTo { principal: User, resource: User, context: { t: String } };"
        }
        let depth = try #require(Self.deepest { (try? Schema(text: text($0))) != nil })
        #expect(depth >= 60)
        let condition = "principal.x == resource.x && [principal.x].contains(resource.x)"
        let set = try PolicySet(parsing: Self.policy(condition))
        let (failure, bytes) = StackUse.measured { () -> String? in
            do {
                let fragment = try SchemaFragment(text: text(depth))
                // JSON lies deeper in itself than what it stands for, and is read from memory here, not from text.
                let json = try SchemaFragment(json: fragment.json)
                let schema = try Schema([try SchemaFragment(text: json.text)])
                return schema.validate(set).filter { !$0.isWarning }.first?.description
            } catch {
                return "\(error)"
            }
        }
        #expect(failure == nil)
        #expect(bytes <= Self.most)
    }

    @Test("A value of entities and contexts", arguments: [("[", "]"), ("{\"a\": ", "}")])
    func value(open: String, close: String) throws {
        @Sendable func text(_ depth: Int) -> String {
            "[{\"uid\": {\"type\": \"User\", \"id\": \"a\"}, \"parents\": [],"
                + "\"attrs\": {\"x\": \(Self.of(open, depth))1\(Self.of(close, depth))}}]"
        }
        let depth = try #require(Self.deepest { (try? Entities(parsing: text($0))) != nil })
        #expect(depth >= 60)
        let set = try PolicySet(parsing: "permit (principal, action, resource) when { [principal.x] == [resource.x] };")
        let (failure, bytes) = StackUse.measured { () -> String? in
            do {
                let entities = try Entities(parsing: text(depth))
                guard let entity = entities.entity(Self.user) else { return "not there" }
                let again = try Entities(json: .array([JSON(entity)]))
                guard again.entity(entity.uid) == entity else { return "came back changed" }
                return Authorizer(set).decide(Self.request, entities).decision == .allow ? nil : "not decided"
            } catch {
                return "\(error)"
            }
        }
        #expect(failure == nil)
        #expect(bytes <= Self.most)
    }

    @Test(
        "JSON of policies",
        arguments: [("{\"!\": {\"arg\": ", "{\"Value\": true}", "}}"), ("{\"Set\": [", "{\"Value\": 1}", "]}")]
    )
    func json(open: String, inner: String, close: String) throws {
        @Sendable func text(_ depth: Int) -> String {
            "{\"templates\": {}, \"templateLinks\": [], \"staticPolicies\": {\"p\": {\"effect\": \"permit\", \"principal\":"
                + "{\"op\": \"All\"}, \"action\": {\"op\": \"All\"}, \"resource\": {\"op\": \"All\"}, \"conditions\": [{\"kind\": \"when\","
                + "\"body\": \(Self.of(open, depth))\(inner)\(Self.of(close, depth))}]}}}"
        }
        let depth = try #require(Self.deepest { (try? PolicySet(parsingJSON: text($0))) != nil })
        #expect(depth >= 50)
        let (isEqual, bytes) = StackUse.measured { () -> Bool in
            guard let set = try? PolicySet(parsingJSON: text(depth)) else { return false }
            return (try? PolicySet(parsingJSON: JSON(set).text()))?.policies == set.policies
        }
        #expect(isEqual)
        #expect(bytes <= Self.most)
    }
}
