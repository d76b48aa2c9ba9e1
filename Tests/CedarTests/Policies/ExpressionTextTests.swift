import Cedar
import Testing

@Suite("Expressions as text")
struct ExpressionTextTests {
    @Test(
        "An expression is written with the parentheses that it needs",
        arguments: [
            "1 + 2 * 3", "(1 + 2) * 3", "1 - (2 - 3)", "$a == ($b == $c)", "$a && ($b || $c)", "$a && $b || $c",
            "($a || $b) && $c",
            "!($a && $b)", "!$a", "-(5)", "(-5).x", "if $a then $b else $c", "(if $a then $b else $c) == $d",
            "$a has b.c",
            "$a has \"b c\"", "$a[\"if\"].b", "$a is A::B in [$c, $d]", "$a.containsAll([1, \"x\"])",
            "ip(\"::1\").isInRange($b)",
            "{\"a b\": 1, c: {}} == $d", "$a like \"x\\**\"", "$a.isEmpty()", "A::\"\\\"\" in $a", "($a == $b).c",
        ]
    )
    func text(text: String) throws {
        let source = text.split(separator: "$", omittingEmptySubsequences: false).joined(separator: "context.")
        #expect(try Self.expression(source).description == source)
    }

    static func expression(_ text: String) throws -> Expression {
        let set = try PolicySet(parsing: "permit (principal, action, resource) when { \(text) };")
        return try #require(set.policies.first?.rule.conditions.first?.expression)
    }

    @Test("A read set names what is read, and the whole where the whole is")
    func readSets() throws {
        let text = """
            permit (principal, action, resource) when { context.grant.rank > principal.clearance && context has mfa.time };
            permit (principal, action, resource) when { resource == principal.owner };
            """
        let read = ReadSet(try PolicySet(parsing: text))
        #expect(read.attributes(of: .context) == ["grant", "mfa"])
        #expect(read.attributes(of: .principal) == ["clearance", "owner"])
        #expect(read.attributes(of: .resource) == nil)
        #expect(read.attributes(of: .action) == [])
        #expect(read.reads(.context, ["grant"]) && read.reads(.context, ["grant", "rank", "x"]))
        #expect(!read.reads(.context, ["purpose"]))
    }
}
