import Testing

@testable import Cedar

/// Texts that are made to take time that grows faster than they do are read or refused like any other.
@Suite("Hostile texts")
struct HostileTextTests {
    private static func of(_ piece: String, _ count: Int) -> String { String(repeating: piece, count: count) }

    @Test("An attribute that is not there, of what is not there, is reported once a level")
    func missingChain() throws {
        let schema = try Schema(text: "entity A { a?: A }; action a appliesTo { principal: A, resource: A };")
        let set = try PolicySet(
            parsing: "permit(principal,action,resource) when { principal\(Self.of(".a", 40)) == principal };"
        )
        #expect(schema.validate(set).filter { !$0.isWarning }.count == 40)
    }

    @Test("A path that is tested for is as deep as it is long, and a policy as deep as it has conditions")
    func deepWithoutNesting() {
        let path = "permit(principal,action,resource) when { principal has a\(Self.of(".a", 50_000)) };"
        #expect(throws: SyntaxErrors.self) { try PolicySet(parsing: path) }
        let clauses = "permit(principal,action,resource) \(Self.of("when { true } ", 300));"
        #expect(throws: SyntaxErrors.self) { try PolicySet(parsing: clauses) }
    }

    @Test("Errors are listed up to a limit, which is said")
    func manyErrors() throws {
        let errors = try #require(throws: SyntaxErrors.self) { try PolicySet(parsing: Self.of("$ ", 5_000)) }
        #expect(errors.diagnostics.count == 1001)
        #expect(errors.diagnostics.last?.message == "more than 1000 errors; the rest is not listed")
    }

    @Test("Tests that stand for several are compiled once, however they lie in each other")
    func compiledOnce() throws {
        func instructions(_ condition: String) throws -> Int {
            let text = "permit(principal,action,resource) when { \(condition) };"
            return Authorizer(try PolicySet(parsing: text)).program.instructions.count
        }
        func nested(_ test: String, _ depth: Int) -> String {
            Self.of("(if ", depth) + "true" + Self.of(" then principal else resource) \(test)", depth)
        }
        for test in ["is User in context.g", "has a.b.c"] {
            let (half, whole) = (try instructions(nested(test, 30)), try instructions(nested(test, 60)))
            #expect(whole <= 2 * half + 10, "`\(test)` takes \(half) instructions, and \(whole) when twice as deep")
        }
        let path = try instructions("context has a\(Self.of(".a", 200))")
        #expect(path == 2)
        // A constant replaces what it was made of.
        let constant = try instructions("\(Self.of("[", 100))1\(Self.of("]", 100)) == context.x")
        #expect(constant == 3)
    }

    @Test("Tests that stand for several are checked, reduced and written once, however they lie in each other")
    func walkedOnce() throws {
        let schema = try Schema(
            text: """
                entity User in User { a?: User };
                action view appliesTo { principal: User, resource: User };
                """
        )
        let tests = ["is User in principal", "has a.a", "has a.a.a"]
        for test in tests {
            let condition = Self.of("(if ", 60) + "true" + Self.of(" then principal else resource) \(test)", 60)
            let set = try PolicySet(parsing: "permit(principal,action,resource) when { \(condition) };")
            #expect(schema.validate(set).filter { !$0.isWarning }.isEmpty)
            _ = schema.validate(set, maximumLevel: 1)
            let partial = try PartialAuthorizer(schema, set)
            let question = PartialRequest(principal: .unknown(nil), action: nil, resource: .unknown(nil))
            #expect(partial.evaluate(question, Entities()).count == 1)
            // What is written is longer than what was read by a bounded factor.
            #expect(JSON(set).text().utf8.count < 5_000_000)
        }
    }

    @Test("A conditional that its types decide is looked at once")
    func decidedConditionals() throws {
        let schema = try Schema(
            text: "entity User { n: Long }; action view appliesTo { principal: User, resource: User };"
        )
        let condition = Self.of("(if true then ", 60) + "principal" + Self.of(" else resource)", 60) + ".n == 1"
        let set = try PolicySet(parsing: "permit(principal,action,resource) when { \(condition) };")
        #expect(schema.validate(set, maximumLevel: 1).filter { !$0.isWarning }.isEmpty)
        let partial = try PartialAuthorizer(schema, set)
        let question = PartialRequest(principal: .unknown(nil), action: nil, resource: .unknown(nil))
        #expect(partial.evaluate(question, Entities()).first?.residuals.count == 1)
    }

    @Test("A misspelt word is looked for once, and so many words and no more")
    func suggestions() {
        let suggestions = Suggestions()
        var searches = 0
        func candidates() -> [String] {
            searches += 1
            return ["alpha"]
        }
        for _ in 0..<3 {
            #expect(suggestions.closest(to: "alpah", among: .types, candidates()) == "alpha")
        }
        #expect(searches == 1)
        for number in 0..<1_000 { _ = suggestions.closest(to: "alph\(number)", among: .types, candidates()) }
        #expect(searches == Suggestions.limit)
    }

    @Test("A schema made of mistakes, of attributes or of types in each other is read or refused")
    func schemas() throws {
        let unknown = (0..<5_000).map { "entity A\($0) { x: Unknown\($0) };" }.joined()
        #expect(throws: SyntaxErrors.self) { try Schema(text: unknown) }
        let wide = (0..<20_000).map { "a\($0): Long" }.joined(separator: ", ")
        #expect(try Schema(text: "entity A { \(wide) };").entityTypes.count == 1)
        let chain = (0..<20_000).map { "type T\($0) = T\($0 + 1);" }.joined() + "type T20000 = T20000;"
        let errors = try #require(throws: SyntaxErrors.self) { try Schema(text: chain) }
        #expect(errors.diagnostics.count == 1)
        let names = (0..<400).map { "E\($0)" }
        let tangle = names.map { "entity \($0) in [\(names.joined(separator: ", "))];" }.joined()
        #expect(throws: SyntaxErrors.self) { try Schema(text: tangle) }
    }

    @Test("Entities in each other are taken in as far as their memberships can be held")
    func longChains() throws {
        let type = try #require(Name("E"))
        func chain(_ length: Int) -> [Entity] {
            (0..<length).map { number in
                let parents = number == 0 ? [] : [EntityUID(type: type, id: "\(number - 1)")]
                return Entity(uid: EntityUID(type: type, id: "\(number)"), parents: parents)
            }
        }
        let entities = try Entities(chain(1_000))
        #expect(entities.entity(EntityUID(type: type, id: "999"))?.ancestors.count == 999)
        #expect(throws: EntitiesError.tooManyMemberships) { try Entities(chain(5_000)) }
    }
}
