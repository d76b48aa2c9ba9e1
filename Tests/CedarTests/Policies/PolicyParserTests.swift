import Cedar
import Testing

@Suite("Reading policies")
struct PolicyParserTests {
    @Test(
        "What the language allows is read",
        arguments: [
            "permit (principal, action, resource);",
            "forbid (principal, action, resource,);",
            "@id(\"x\") @if @reason(\"\\u{1F600}\") permit (principal, action, resource);",
            "permit (principal == User::\"a\", action in [Action::\"r\", N::Action::\"w\",], resource is A::B in C::\"d\");",
            "permit (principal in (User::\"a\"), action in [], resource == ?resource);",
            "permit (principal, action, resource) when { if context.a then 1 == 2 else principal has a.b.c } unless { !!true };",
            "permit (principal, action, resource) when { context[\"if\"] like \"\\*a*\" && {\"a b\": 1, principal: 2,} == {} };",
            "permit (principal, action, resource) when { -9223372036854775808 < ---5 };",
            "permit (principal, action, resource) when { principal.hasTag(\"t\") && ip(\"::1\").isInRange(ip()) };",
            "permit (principal, action, resource) when { principal is User in [resource, Group::\"g\"] };",
            "// only a comment",
        ]
    )
    func accepted(text: String) throws {
        _ = try PolicySet(parsing: text)
    }

    @Test(
        "What it does not allow is refused, with place, finding and expectation",
        arguments: [
            ("permit (principal, action);", "1:1: scope without `resource`, expected `principal, action, resource`"),
            ("allow (principal, action, resource);", "1:1: unexpected `allow`, expected `permit` or `forbid`"),
            (
                "permit (principal = User::\"a\", action, resource);",
                "1:19: unexpected `=`, expected `==` or `in` or `is` or `,` or `)`; write `==` to compare"
            ),
            (
                "permit (principal in User, action, resource);",
                "1:22: a type alone is not an entity, expected an entity or `?principal`; write `Type::\"id\"`"
            ),
            (
                "permit (principal == ?resource, action, resource);",
                "1:22: unexpected `?resource`, expected an entity or `?principal`"
            ),
            (
                "permit (principal, action == User::\"a\", resource);",
                "1:27: `User::\"a\"` is not an action, expected an entity of type `Action`"
            ),
            (
                "permit (principal, action, resource) when {};",
                "1:38: `when` has nothing between its braces, expected an expression"
            ),
            (
                "permit (principal, action, resource) when { 1 < 2 < 3 };",
                "1:51: unexpected `<`, expected `&&` or `||`; comparisons don't chain; use parentheses"
            ),
            (
                "permit (principal, action, resource) when { 1 / 2 };",
                "1:47: unexpected `/`, expected `*`; the language has neither division nor remainder"
            ),
            ("permit (principal, action, resource) when { !!!!!true };", "1:45: more than four `!` in a row"),
            (
                "permit (principal, action, resource) when { 9223372036854775808 == 1 };",
                "1:45: `9223372036854775808` is too large for a 64-bit number, expected at most `9223372036854775807`"
            ),
            (
                "permit (principal, action, resource) when { principal.contain(1) };",
                "1:55: there is no method `contain`; did you mean `contains`"
            ),
            (
                "permit (principal, action, resource) when { princpal.a };",
                "1:45: there is no variable `princpal`, expected `principal` or `action` or `resource` or `context`; did you mean `principal`"
            ),
            (
                "permit (principal, action, resource) when { {a: 1, \"a\": 2} == {} };",
                "1:52: attribute `a` stands here a second time"
            ),
            (
                "permit (principal, action, resource) when { ?principal == 1 };",
                "1:45: a slot can't stand in a condition; slots stand in the scope; compare there, or use `principal` or `resource`"
            ),
            ("@a @a permit (principal, action, resource);", "1:4: annotation `@a` stands here a second time"),
            (
                "permit (principal, action, resource) when { \"\\x\" == \"\" };",
                "1:46: `\\x` must be followed by two hex digits"
            ),
            (
                "permit (principal, action, resource) when { context.if };",
                "1:53: `if` is a reserved word; as an attribute it can be written [\"if\"]"
            ),
            (
                "permit (principal, action, resource) when { \"no end };",
                "1:45: text in quotes has no end, expected `\"`"
            ),
        ]
    )
    func refused(text: String, message: String) throws {
        let errors = try #require(throws: SyntaxErrors.self) { try PolicySet(parsing: text) }
        #expect(errors.diagnostics.first?.description == message)
    }

    @Test("Every error of a file is found, each with its file and line")
    func everyError() throws {
        let text = """
            permit (principal, action);
            permit (principal, action, resource) when { context.in || foo(1) };
            forbid (principal, action, resource);
            permit (principal, action, resource) when { true & false };
            """
        let errors = try #require(throws: SyntaxErrors.self) { try PolicySet(parsing: text, file: "rules.cedar") }
        #expect(errors.diagnostics.map(\.position.line) == [1, 2, 2, 4, 4])
        #expect(errors.diagnostics.allSatisfy { $0.file == "rules.cedar" })
    }

    @Test(
        "Depth is limited, and what is too deep is refused without a crash",
        arguments: ["(", "[", "!", "-", "if ", "{a:", "((principal."]
    )
    func depth(opening: String) {
        let text = "permit (principal, action, resource) when { " + String(repeating: opening, count: 100_000) + " };"
        #expect(throws: SyntaxErrors.self) { try PolicySet(parsing: text) }
    }

    @Test("A chain of operators is as deep as it is long", arguments: [" || ", " && ", " + ", " * "])
    func chains(mark: String) throws {
        func text(_ count: Int) -> String {
            "permit (principal, action, resource) when { "
                + Array(repeating: "context.a", count: count).joined(separator: mark) + " };"
        }
        _ = try PolicySet(parsing: text(Int(Expression.maximumDepth) - 10))
        #expect(throws: SyntaxErrors.self) { try PolicySet(parsing: text(50_000)) }
    }

    @Test("Policies are named by number or by annotation, over several files")
    func naming() throws {
        let text = "@id(\"A\") permit (principal, action, resource); permit (principal, action, resource);"
        #expect(try PolicySet(parsing: text).policies.map(\.id) == ["policy0", "policy1"])
        #expect(try PolicySet(parsing: text, naming: .annotation("id")).policies.map(\.id) == ["A", "policy1"])
        let sources = [SourceText(text, name: "a.cedar"), SourceText(text, name: "b.cedar")]
        let errors = try #require(throws: SyntaxErrors.self) {
            try PolicySet(parsing: sources, naming: .requiredAnnotation("id"))
        }
        #expect(errors.diagnostics.map(\.file) == ["a.cedar", "b.cedar", "b.cedar"])
    }

    @Test("A template becomes a policy when every slot is filled, and no other")
    func links() throws {
        var set = try PolicySet(parsing: "permit (principal == ?principal, action, resource in ?resource);")
        let anna = EntityUID(type: user, id: "anna")
        #expect(throws: PolicySetError.missingValue(.resource, of: "policy0")) {
            try set.link(template: "policy0", as: "l", values: [.principal: anna])
        }
        #expect(throws: PolicySetError.unknownTemplate("x")) { try set.link(template: "x", as: "l", values: [:]) }
        try set.link(template: "policy0", as: "l", values: [.principal: anna, .resource: anna])
        #expect(set.policy("l")?.rule.principal == .equal(.entity(anna)))
        #expect(throws: PolicySetError.duplicateID("l")) {
            try set.link(template: "policy0", as: "l", values: [.principal: anna, .resource: anna])
        }
    }
}
