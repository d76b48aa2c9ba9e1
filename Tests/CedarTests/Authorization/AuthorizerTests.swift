import Cedar
import Testing

@Suite("Deciding")
struct AuthorizerTests {
    static let policies = """
        @id("read") permit (principal in Group::"all", action == Action::"read", resource);
        @id("own") permit (principal, action, resource) when { resource.owner == principal };
        @id("night") forbid (principal, action, resource) when { context.hour < 6 };
        @id("docs") forbid (principal is User in Group::"all", action in [Action::"write"], resource is Doc);
        @id("none") permit (principal, action in [], resource);
        """

    static func authorizer(_ text: String = policies) throws -> Authorizer {
        Authorizer(try PolicySet(parsing: text, naming: .annotation("id")))
    }

    static func request(_ action: String, hour: Int64?) -> Request {
        var request = EvaluationTests.request
        request.action = EntityUID(type: known("Action"), id: action)
        if let hour { request.context["hour"] = .long(hour) }
        return request
    }

    @Test(
        "A forbid beats every permit, and nothing is allowed that nothing permits",
        arguments: [
            // action, hour, decision, determining, failing
            ("read", 9, .allow, ["read"], ["own"]),
            ("read", 3, .deny, ["night"], ["own"]),
            ("read", nil, .allow, ["read"], ["night", "own"]),
            ("write", 9, .deny, ["docs"], ["own"]),
            ("list", 9, .deny, [], ["own"]),
        ] as [(String, Int64?, Decision, [String], [String])]
    )
    func decisions(action: String, hour: Int64?, decision: Decision, determining: [String], failing: [String]) throws {
        let response = try Self.authorizer().decide(Self.request(action, hour: hour), EvaluationTests.entities)
        #expect(response.decision == decision)
        #expect(response.determining.map(\.text).sorted() == determining)
        #expect(response.failures.map(\.policy.text).sorted() == failing)
    }

    @Test("A forbid that can't be evaluated is told apart from a permit")
    func failedForbids() throws {
        let authorizer = try Self.authorizer()
        #expect(authorizer.decide(Self.request("read", hour: nil), EvaluationTests.entities).hasFailedForbid)
        #expect(!authorizer.decide(Self.request("read", hour: 9), EvaluationTests.entities).hasFailedForbid)
    }

    @Test("Each policy alone says what it says among the others")
    func outcomes() throws {
        let authorizer = try Self.authorizer()
        func outcome(_ id: PolicyID, _ request: Request) throws -> PolicyOutcome {
            try #require(authorizer.outcome(of: id, request, EvaluationTests.entities))
        }
        #expect(try outcome("read", Self.request("read", hour: 9)) == .satisfied)
        #expect(try outcome("read", Self.request("write", hour: 9)) == .outOfScope([.action]))
        #expect(try outcome("night", Self.request("read", hour: 9)) == .unsatisfied(condition: 0))
        #expect(try outcome("night", Self.request("read", hour: nil)) == .failed(.missingRecordAttribute("hour")))
    }

    @Test("A policy that is not there says nothing, and one alone is explained as among the others")
    func alone() throws {
        let authorizer = try Self.authorizer()
        let request = Self.request("read", hour: 9)
        #expect(authorizer.outcome(of: "nope", request, EvaluationTests.entities) == nil)
        #expect(authorizer.explain(policy: "nope", request, EvaluationTests.entities) == nil)
        let explanation = authorizer.explain(request, EvaluationTests.entities)
        #expect(authorizer.explain(policy: "read", request, EvaluationTests.entities) == explanation.determining.first)
    }

    @Test("The index finds what trying every policy finds")
    func index() throws {
        // Every scope form about a small world, crossed.
        let principals = [
            "principal", "principal == User::\"anna\"", "principal in Group::\"g\"", "principal in Group::\"x\"",
            "principal is User", "principal is Doc", "principal is User in Group::\"all\"",
            "principal is Doc in Group::\"all\"", "principal in User::\"anna\"",
        ]
        let actions = [
            "action", "action == Action::\"read\"", "action in Action::\"read\"",
            "action in [Action::\"write\", Action::\"read\"]", "action == Action::\"write\"",
        ]
        let resources = [
            "resource", "resource == Doc::\"plan\"", "resource is Doc", "resource in Doc::\"plan\"",
            "resource is User in Doc::\"plan\"", "resource in Folder::\"f\"",
        ]
        let text = principals.flatMap { principal in
            actions.flatMap { action in resources.map { "permit (\(principal), \(action), \($0));" } }
        }.joined(separator: "\n")
        let authorizer = try Self.authorizer(text)
        let request = Self.request("read", hour: nil)
        let permits = Set(authorizer.decide(request, EvaluationTests.entities).permits)
        for policy in authorizer.policies {
            #expect(
                permits.contains(policy.id) == policy.rule.scopeMismatches(request, EvaluationTests.entities).isEmpty
            )
        }
        #expect(permits.count == 6 * 4 * 4)
    }

    @Test("A workspace forgets one decision at the next")
    func workspace() throws {
        let authorizer = try Self.authorizer()
        let workspace = DecisionWorkspace()
        #expect(authorizer.decide(Self.request("read", hour: 3), EvaluationTests.entities, in: workspace) == .deny)
        #expect(workspace.forbids.count == 1 && workspace.permits.count == 1)
        #expect(authorizer.decide(Self.request("list", hour: 9), EvaluationTests.entities, in: workspace) == .deny)
        #expect(workspace.forbids.isEmpty && workspace.permits.isEmpty)
        #expect(
            try Self.authorizer("permit (principal, action, resource);").decide(
                Self.request("x", hour: 9),
                Entities(),
                in: workspace
            ) == .allow
        )
    }
}
