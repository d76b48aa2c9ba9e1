import Cedar
import Testing

@Suite("Types of conditions")
struct TypecheckerTests {
    @Test(
        "What can fail with a type error is found",
        arguments: [
            // condition, what is wrong in strict mode, what in permissive mode
            ("principal.age > 17", [], []),
            ("principal.nmae == \"a\"", ["attribute `nmae` on entity type `User` not found"], nil),
            (
                "principal.boss.ok",
                ["unable to guarantee safety of access to optional attribute `boss` on entity type `User`"], nil
            ),
            ("principal has boss && principal.boss.ok", [], []),
            (
                "principal has boss || principal.boss.ok",
                ["unable to guarantee safety of access to optional attribute `boss` on entity type `User`"], nil
            ),
            ("context has rec.y && context.rec.y == \"\"", [], []),
            ("principal.hasTag(\"t\") && principal.getTag(\"t\").isEmpty()", [], []),
            (
                "principal.hasTag(\"t\") && principal.getTag(\"u\").isEmpty()",
                ["unable to guarantee safety of access to tag `\"u\"` on entity type `User`"], nil
            ),
            ("principal.roles == []", ["empty set literals are forbidden in policies"], []),
            ("principal.name == 1", ["the types Long and String are not compatible"], []),
            ("[1, \"a\"].contains(1)", ["the types Long and String are not compatible"], nil),
            (
                "[principal, principal.address].isEmpty()",
                ["the types User and {street: String,zip?: Long,} are not compatible"], nil
            ),
            (
                "ip(principal.name).isIpv4()",
                ["extension constructors may not be called with non-literal expressions"], []
            ),
            (
                "ip(\"10.0.0\").isIpv4()",
                ["error during extension function argument validation: failed to parse as IP address: `\"10.0.0\"`"],
                nil
            ),
            ("principal.age + \"1\" == 2", ["unexpected type: expected Long but saw String"], nil),
            (
                "principal.name < \"b\"", ["unexpected type: expected datetime, or duration, or Long but saw String"],
                nil
            ),
            ("if context.mfa then principal.ok else 1 == 1", [], []),
            (
                "(if context.mfa then principal else resource) == principal",
                [
                    "the types Photo and User are not compatible", "the types Album and User are not compatible",
                ], []
            ),
            ("principal is Photo && principal.nope", [], []),
            ("resource in Group::\"x\" && principal.nope", [], []),
            ("false && principal.nope", [], []),
            ("principal in Usr::\"x\"", ["unrecognized entity type `Usr`"], nil),
            ("action == Action::\"veiw\"", ["unrecognized action `Action::\"veiw\"`"], nil),
            (
                "resource in Level::\"hihg\"",
                [
                    "entity `Level::\"hihg\"` is of an enumerated entity type, but `\"hihg\"` is not declared as a valid eid"
                ], nil
            ),
        ] as [(String, [String], [String]?)]
    )
    func conditions(condition: String, strict: [String], permissive: [String]?) throws {
        let schema = try PhotoHouse.schema()
        let text = "permit(principal, action in Action::\"any\", resource) when { \(condition) };"
        let policies = try PolicySet(parsing: text)
        #expect(Self.errors(schema, policies, .strict) == Set(strict))
        #expect(Self.errors(schema, policies, .permissive) == Set(permissive ?? strict))
    }

    /// The errors without the words in front that name the policy.
    static func errors(_ schema: Schema, _ policies: PolicySet, _ mode: ValidationMode) -> Set<String> {
        Set(
            schema.validate(policies, mode: mode).filter { !$0.isWarning }.map { diagnostic in
                diagnostic.message.replacing("for policy `policy0`, ", with: "").replacing(
                    "for policy `policy0`: ",
                    with: ""
                )
            }
        )
    }

    @Test(
        "A scope that fits no request is found, with what would fix it",
        arguments: [
            ("principal is Photo, action, resource", nil),
            ("principal == Group::\"g\", action, resource", "try replacing `==` with `in` in the principal clause"),
            ("principal, action, resource == Level::\"low\"", "try replacing `==` with `in` in the resource clause"),
            ("principal, action == Action::\"print\", resource is Album", nil),
        ] as [(String, String?)]
    )
    func scopes(scope: String, help: String?) throws {
        let found = try PhotoHouse.schema().validate(PolicySet(parsing: "permit(\(scope));"))
        let problem = try #require(found.first { !$0.isWarning })
        #expect(problem.message.hasSuffix("unable to find an applicable action given the policy scope constraints"))
        #expect(problem.help == help)
    }

    @Test("Problems have the place of the expression and a suggestion")
    func places() throws {
        let text = "permit(principal, action, resource)\nwhen { principal.ok &&\n  principal.nmae == \"\" };"
        let policies = try PolicySet(parsing: text, file: "rules.cedar")
        let found = try PhotoHouse.schema().validate(policies)
        #expect(
            found.map(\.description) == [
                "rules.cedar:3:3: for policy `policy0`, attribute `nmae` on entity type `User` not found; "
                    + "did you mean `name`?"
            ]
        )
    }

    @Test("A policy that applies to no request is a warning, not an error")
    func impossible() throws {
        let policies = try PolicySet(parsing: "permit(principal, action, resource) when { principal is Photo };")
        let found = try PhotoHouse.schema().validate(policies)
        #expect(found.map(\.problem) == [.impossiblePolicy])
        #expect(found.map(\.isWarning) == [true])
    }

    @Test("Text that turns the direction of writing is a warning")
    func direction() throws {
        let text = "permit(principal, action, resource) when { principal.name == \"a\u{202E}b\" };"
        let found = try PhotoHouse.schema().validate(PolicySet(parsing: text))
        #expect(found.map(\.problem) == [.bidirectionalText("a\u{202E}b")])
    }

    @Test("Templates are checked for every type that a slot can stand for, links for their entities")
    func templates() throws {
        let schema = try PhotoHouse.schema()
        var policies = try PolicySet(
            parsing: "permit(principal in ?principal, action, resource in ?resource) when { principal.ok };"
        )
        #expect(schema.validate(policies).isEmpty)
        try policies.link(
            template: "policy0",
            as: "link",
            values: [
                .principal: try PhotoHouse.uid("Photo", "a"), .resource: try PhotoHouse.uid("Albm", "a"),
            ]
        )
        let found = schema.validate(policies)
        #expect(found.map(\.policy) == ["link", "link"])
        #expect(found.contains { $0.message == "for policy `link`, unrecognized entity type `Albm`" })
    }
}
