import Cedar
import Testing

@Suite("Evaluation")
struct EvaluationTests {
    static let anna = EntityUID(type: user, id: "anna")
    static let request = Request(
        principal: anna,
        action: EntityUID(type: known("Action"), id: "read"),
        resource: EntityUID(type: known("Doc"), id: "plan"),
        context: [
            "a": .long(1), "r": .record([("x", .record([("y", .bool(true))]))]), "s": .set([.long(1), .string("x")]),
        ]
    )
    static let entities: Entities = {
        let group = EntityUID(type: known("Group"), id: "g")
        let list = [
            Entity(uid: anna, attributes: ["age": .long(7)], tags: ["t": .string("v")], parents: [group]),
            Entity(uid: group, parents: [EntityUID(type: known("Group"), id: "all")]),
        ]
        return (try? Entities(list)) ?? Entities()
    }()

    static func evaluate(_ text: String) throws -> Value {
        try ExpressionTextTests.expression(text).evaluate(self.request, self.entities)
    }

    @Test(
        "What is true is true",
        arguments: [
            "1 + 2 * 3 == 7", "-9223372036854775808 + 9223372036854775807 == -1", "true || 1 == \"never looked at\".x",
            "!(false && context.missing)", "if false then context.missing else true",
            "context has r.x.y && context.r.x.y",
            "!(context has r.z.y)", "principal in Group::\"all\"",
            "principal in [Group::\"x\", Group::\"g\"]",
            "!(Group::\"all\" in Group::\"g\")", "Nobody::\"x\" in Nobody::\"x\"", "principal is User in Group::\"g\"",
            "!(resource has age)",
            "principal.hasTag(\"t\") && principal.getTag(\"t\") == \"v\"", "!resource.hasTag(\"t\")",
            "context.s.containsAll([1])",
            "[1, 2, 2] == [2, 1]", "[].containsAll([]) && ![].containsAny([1])", "[].isEmpty()", "[[1]].contains([1])",
            "\"a*b\" like \"a\\*b\" && !(\"axb\" like \"a\\*b\")", "\"\" like \"*\" && !(\"a\" like \"\")",
            "\"aaab\" like \"*a*b\"",
            "1 != \"1\" && !(1 == true)", "{a: 1, b: 2} == {b: 2, a: 1}", "decimal(\"1.0\") == decimal(\"1.0000\")",
            "decimal(\"-1.5\").lessThan(decimal(\"1.5\"))", "datetime(\"2024-01-01\") < datetime(\"2024-01-02\")",
            "datetime(\"2024-01-01\").offset(duration(\"1d\")) == datetime(\"2024-01-02\")",
            "duration(\"36h\").toDays() == 1",
            "ip(\"10.0.0.1\").isInRange(ip(\"10.0.0.0/8\"))", "ip(\"127.0.0.1\") != ip(\"127.0.0.1/24\")",
        ]
    )
    func truths(text: String) throws {
        #expect(try Self.evaluate(text) == .bool(true))
    }

    @Test(
        "What has no value says why",
        arguments: [
            ("9223372036854775807 + 1", .overflow(.add(.max, 1))),
            ("-9223372036854775808 - 1", .overflow(.subtract(.min, 1))),
            ("4611686018427387904 * 2", .overflow(.multiply(4_611_686_018_427_387_904, 2))),
            ("-(-9223372036854775808)", .overflow(.negate(.min))),
            ("1 + \"a\"", .type(expected: [.long], found: .string)),
            ("true && 1", .type(expected: [.bool], found: .long)),
            ("1 || true", .type(expected: [.bool], found: .long)),
            ("context.missing", .missingRecordAttribute("missing")),
            ("principal.missing", .missingAttribute("missing", of: anna)),
            ("resource.x", .missingEntity(EntityUID(type: known("Doc"), id: "plan"))),
            ("principal.getTag(\"x\")", .missingTag("x", of: anna)),
            ("principal in [Group::\"g\", 1]", .type(expected: [.entity(nil)], found: .long)),
            ("context has a.b.c", .type(expected: [.record, .entity(nil)], found: .long)),
            ("ip(\"1.2.3\")", .extension(.ip, reason: "`1.2.3` is not a well-formed value")),
            ("ip()", .arity(.ip, found: 0)),
            ("\"a\" < \"b\"", .type(expected: [.long, .extension(.datetime), .extension(.duration)], found: .string)),
        ] as [(String, EvaluationError)]
    )
    func errors(text: String, expected: EvaluationError) {
        #expect(throws: expected) { try Self.evaluate(text) }
    }

    @Test("A pattern takes time in proportion, not exponential")
    func patterns() throws {
        let text =
            "\"" + String(repeating: "a", count: 5_000) + "\" like \"" + String(repeating: "a*", count: 50) + "b\""
        #expect(try Self.evaluate(text) == .bool(false))
    }
}
