import Cedar
import Testing

@Suite("JSON")
struct JSONTests {
    @Test(
        "What RFC 8259 allows is read",
        arguments: [
            "null", " [1, -0, 2.5e-3, \"\\u00e9\\ud83d\\ude00\\/\\b\", {\"a\": true, \"a\": false}] ",
            "-9223372036854775808", "\"é\"", "{}", "[[]]",
        ]
    )
    func accepted(text: String) throws {
        let json = try JSON(parsing: text)
        #expect(try JSON(parsing: json.text()) == json)
        #expect(try JSON(parsing: json.text(.indented)) == json)
    }

    @Test(
        "Anything else is refused",
        arguments: [
            "", "nul", "[1,]", "{\"a\":1,}", "{a:1}", "01", "1.", ".5", "+1", "\"\\x\"", "\"\n\"", "\"\\ud800\"",
            "\"\\udc00\"", "\"a", "[", "1 2", "'a'",
            "\u{FEFF}1", "1e", "-", "[\"\\u12\"]",
        ]
    )
    func refused(text: String) {
        #expect(throws: SyntaxErrors.self) { try JSON(parsing: text) }
    }

    @Test("Integers of 64 bits are kept exactly, larger numbers as written")
    func numbers() throws {
        #expect(try JSON(parsing: "9223372036854775807") == .integer(.max))
        #expect(try JSON(parsing: "9223372036854775808").text() == "9223372036854775808")
    }

    @Test("Depth is limited")
    func depth() throws {
        _ = try JSON(parsing: String(repeating: "[", count: 100) + String(repeating: "]", count: 100))
        #expect(throws: SyntaxErrors.self) { try JSON(parsing: String(repeating: "[", count: 1_000_000)) }
        #expect(throws: SyntaxErrors.self) { try JSON(parsing: String(repeating: "{\"a\":", count: 1_000_000)) }
    }

    @Test("A policy set goes through JSON unchanged, templates and links too")
    func policies() throws {
        var set = try PolicySet(
            parsing: """
                @id("a") @b permit (principal is A::B in C::"d", action in [Action::"x", Action::"y"], resource)
                when { if context has a.b then -5 < 1 else [1, {"é": ip("::1")}].contains(principal.getTag("t")) }
                unless { resource["x y"] like "a\\*b*" || !(principal is User in Group::"g") };
                forbid (principal == ?principal, action, resource is Doc in ?resource);
                """
        )
        try set.link(
            template: "policy1",
            as: "link",
            values: [.principal: EvaluationTests.anna, .resource: EvaluationTests.anna]
        )
        let json = JSON(set)
        let again = try PolicySet(parsingJSON: json.text(.indented))
        #expect(JSON(again) == json)
        #expect(again.policy("link")?.link?.template == "policy1")
        #expect(json["staticPolicies"]?["policy0"]?["annotations"]?["b"] == JSON(node: .null))
    }

    @Test(
        "JSON that is no policy says what is wrong with it",
        arguments: [
            ("{\"staticPolicie\": {}}", "1:19: unknown key `staticPolicie`; did you mean `staticPolicies`"),
            (
                "{\"staticPolicies\": {\"p\": {\"effect\": \"permt\"}}, \"templates\": {}, \"templateLinks\": []}",
                "1:26: no effect, expected `permit` or `forbid`"
            ),
            (
                "{\"staticPolicies\": {}}",
                "1:1: incomplete policy set, expected objects `staticPolicies` and `templates` and an array `templateLinks`, "
                    + "each possibly empty"
            ),
        ]
    )
    func wrongPolicies(text: String, message: String) throws {
        let errors = try #require(throws: SyntaxErrors.self) { try PolicySet(parsingJSON: text) }
        #expect(errors.description == message)
    }
}
