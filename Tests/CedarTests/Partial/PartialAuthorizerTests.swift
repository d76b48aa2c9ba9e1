import Cedar
import Testing

@testable import Cedar

@Suite("Partial evaluation")
struct PartialAuthorizerTests {
    @Test(
        "What remains of a condition is only what depends on the unknown",
        arguments: [
            // condition, what remains with the resource unknown and anna asking with mfa
            ("context.mfa", "permits"),
            ("!context.mfa", "nothing"),
            ("context.mfa && resource.size > 3", "resource.size > 3"),
            ("resource.size > 3 && context.mfa", "resource.size > 3"),
            ("!context.mfa && resource.size > 3", "nothing"),
            ("context.mfa || resource.size > 3", "permits"),
            ("resource.owner == principal", "resource.owner == User::\"anna\""),
            ("resource.size > principal.age + 1", "resource.size > 31"),
            ("principal in Group::\"all\"", "permits"),
            ("principal in Group::\"none\"", "nothing"),
            ("resource is Photo", "permits"),
            ("resource is Album || resource.size > 1", "resource.size > 1"),
            ("resource in Group::\"all\"", "nothing"),
            ("resource in Album::\"root\"", "resource in Album::\"root\""),
            ("principal.roles.containsAll(resource.labels)", "[\"cook\"].containsAll(resource.labels)"),
            ("if context.mfa then resource.size == 1 else resource.size == 2", "resource.size == 1"),
            ("{a: resource, b: principal.age}.b == 30", "permits"),
            ("principal has boss && principal.boss.ok", "nothing"),
            ("context has n && context.n == 1", "nothing"),
            // What may fail is kept, so that it fails when its turn comes.
            ("resource.size + 1 > 0 && !context.mfa", "resource.size + 1 > 0 && false"),
        ]
    )
    func residuals(condition: String, expected: String) throws {
        let schema = try PhotoHouse.schema()
        let text = "permit(principal, action == Action::\"view\", resource is Photo) when { \(condition) };"
        let authorizer = try PartialAuthorizer(schema, PolicySet(parsing: text))
        let request = PartialRequest(
            principal: .known(try PhotoHouse.uid("User", "anna")),
            action: try PhotoHouse.uid("Action", "view"),
            resource: .unknown(Name("Photo")),
            context: ["mfa": .bool(true)]
        )
        let answers = authorizer.evaluate(request, try PhotoHouse.entities())
        let answer = try #require(answers.first)
        #expect(answers.count == 1)
        switch expected {
        case "permits": #expect(answer.decision == .allow)
        case "nothing": #expect(answer.decision == .deny)
        default:
            let wanted = try PolicySet(parsing: "permit(principal, action, resource) when { \(expected) };")
            #expect(answer.decision == nil)
            #expect(answer.residuals.map(\.condition) == wanted.policies[0].rule.conditions.map(\.expression.plain))
        }
    }

    @Test("A policy that fails whatever the unknown is, is reported and skipped")
    func failures() throws {
        let text = "forbid(principal, action, resource) when { 9223372036854775807 + principal.age > 0 };"
        let authorizer = try PartialAuthorizer(PhotoHouse.schema(), PolicySet(parsing: text))
        let request = PartialRequest(
            principal: .known(try PhotoHouse.uid("User", "anna")),
            action: try PhotoHouse.uid("Action", "print"),
            resource: .unknown(nil)
        )
        let answer = try #require(authorizer.evaluate(request, PhotoHouse.entities()).first)
        #expect(answer.failures.map(\.policy) == ["policy0"])
        #expect(answer.decision == .deny)
    }

    @Test("Attributes of the context may be unknown one by one")
    func context() throws {
        let text =
            "permit(principal, action == Action::\"view\", resource) when { context has n && context.n == 1 && context.mfa };"
        let authorizer = try PartialAuthorizer(PhotoHouse.schema(), PolicySet(parsing: text))
        var request = PartialRequest(
            principal: .known(try PhotoHouse.uid("User", "anna")),
            action: try PhotoHouse.uid("Action", "view"),
            resource: .known(try PhotoHouse.uid("Photo", "a")),
            context: ["mfa": .bool(true)],
            openContext: .attributes(["n"])
        )
        let entities = try PhotoHouse.entities()
        #expect(authorizer.evaluate(request, entities).first?.decision == nil)
        request.context = ["mfa": .bool(false)]
        #expect(authorizer.evaluate(request, entities).first?.decision == .deny)
        request.context = ["n": .long(2)]
        request.openContext = .rest
        #expect(authorizer.evaluate(request, entities).first?.decision == .deny)
    }

    @Test("With types and action left open there is an answer for each combination")
    func environments() throws {
        let authorizer = try PartialAuthorizer(
            PhotoHouse.schema(),
            PolicySet(parsing: "permit(principal, action, resource);")
        )
        let request = PartialRequest(principal: .unknown(nil), action: nil, resource: .unknown(nil), openContext: .rest)
        #expect(authorizer.evaluate(request, Entities()).count == 5)
    }

    @Test("Policies that are not valid are refused")
    func invalid() throws {
        let policies = try PolicySet(parsing: "permit(principal, action, resource) when { principal.nope };")
        let schema = try PhotoHouse.schema()
        #expect(throws: PartialAuthorizer.InvalidPolicies.self) { try PartialAuthorizer(schema, policies) }
    }
}

extension Expression {
    /// `a > b` as the language defines it, which is how residuals are written.
    fileprivate var plain: Expression {
        switch self.node {
        case .binary(.greater, let a, let b):
            Expression(.unary(.not, Expression(.binary(.lessOrEqual, a.plain, b.plain))))
        case .and(let a, let b): Expression(.and(a.plain, b.plain))
        default: self
        }
    }
}
