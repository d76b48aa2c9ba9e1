import Cedar
import Testing

@Suite("Explaining")
struct ExplanationTests {
    static let policies = """
        @id("CLR-1") forbid (principal, action, resource) when { context.rank > principal.age }
        unless { context has grant };
        @id("CAT-1")
        forbid (principal, action, resource) unless { context.need.containsAll(["x", "y", "z"]) };
        @id("P") permit (principal, action, resource) when { principal.age == 7 && context.rank < 3 && context.mfa };
        @id("Q") permit (principal, action == Action::"write", resource);
        """

    static func explain(_ context: RecordValue) throws -> Explanation {
        let set = try PolicySet(parsing: self.policies, naming: .annotation("id"))
        var request = EvaluationTests.request
        request.context = context
        return Authorizer(set).explain(request, EvaluationTests.entities)
    }

    @Test("A forbid names the comparison that made it, with its values and place")
    func comparison() throws {
        let explanation = try Self.explain([
            "rank": .long(9), "need": .set([.string("x"), .string("y"), .string("z")]), "mfa": .bool(true),
        ])
        let forbid = try #require(explanation.determining.first)
        #expect(explanation.determining.map(\.policy.id) == ["CLR-1"])
        let fact = try #require(forbid.facts.first)
        #expect(fact.condition.description == "context.rank > principal.age")
        #expect(fact.operands.map(\.value) == [.long(9), .long(7)])
        #expect(forbid.position(of: fact.condition) == SourcePosition(line: 1, column: 58))
        #expect(forbid.facts.last?.condition.description == "context has grant")
    }

    @Test("What is missing from a set is named")
    func missing() throws {
        let explanation = try Self.explain(["rank": .long(1), "need": .set([.string("y")]), "mfa": .bool(true)])
        #expect(explanation.determining.first?.facts.first?.missing == [.string("x"), .string("z")])
    }

    @Test("A default deny names the first failing conjunct of every permit in scope, and which scopes don't match")
    func defaultDeny() throws {
        let need: Value = .set([.string("x"), .string("y"), .string("z")])
        let explanation = try Self.explain(["rank": .long(4), "need": need, "mfa": .bool(true)])
        #expect(explanation.decision == .deny && explanation.determining.isEmpty)
        #expect(explanation.nearest.map(\.policy.id) == ["P", "Q"])
        #expect(explanation.nearest.first?.failingConjunct?.description == "context.rank < 3")
        #expect(explanation.nearest.last?.outcome == .outOfScope([.action]))
        let failed = try Self.explain(["rank": .long(1), "need": need])
        #expect(failed.failed.map(\.policy.id) == ["P"])
        #expect(failed.failed.first?.failingConjunct?.description == "context.mfa")
    }
}
