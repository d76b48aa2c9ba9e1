import Cedar
import Testing

@Suite("Errors in schemas")
struct SchemaErrorTests {
    @Test(
        "What is wrong is said with line, column, what was found and what was expected",
        arguments: [
            ("entity A", ["1:9: unexpected end of the text, expected `;`"]),
            ("entity A in [B,];", ["1:16: unexpected `]`, expected an entity type"]),
            ("entity A { a Long };", ["1:14: unexpected `Long`, expected `:`"]),
            ("entity if;", ["1:8: `if` is a reserved word, expected a name"]),
            ("type Long = String;", ["1:6: `Long` is a keyword of schemas and cannot be the name of a common type"]),
            ("entity A;\nentity A;", ["2:8: entity type `A` is declared twice"]),
            ("@a @a entity A;", ["1:5: annotation `@a` stands here a second time"]),
            ("entity Action;", ["1:8: entity type `Action` cannot be declared, it is the type of actions"]),
            (
                "entity User; entity A { o: Usr };",
                ["1:28: `Usr` has not been declared as a common or entity type; did you mean `User`?"]
            ),
            (
                "action read; action a in raed;",
                ["1:26: action `Action::\"raed\"` has not been declared; did you mean `read`?"]
            ),
            (
                "action a in b; action b in a;",
                [
                    "1:8: action `Action::\"a\"` is in itself, directly or by way of others",
                    "1:23: action `Action::\"b\"` is in itself, directly or by way of others",
                ]
            ),
            (
                "type X = { a: Y }; type Y = X; type Z = X;",
                [
                    "1:6: common type `X` is defined by itself",
                    "1:25: common type `Y` is defined by itself",
                ]
            ),
            (
                "entity B; namespace N { entity B; }",
                ["1:32: `N::B` would hide `B` of the empty namespace; rename one of them"]
            ),
            (
                "action a appliesTo { principal: A }; entity A;",
                [
                    "1:20: `appliesTo` of action `a` has no `resource`; an action that applies to nothing has no `appliesTo`"
                ]
            ),
            (
                "entity A; type C = Long; action a appliesTo { principal: A, resource: A, context: C };",
                ["1:33: context of action `Action::\"a\"` is declared as Long, expected a record"]
            ),
        ] as [(String, [String])]
    )
    func messages(text: String, expected: [String]) {
        #expect(throws: SyntaxErrors.self) { try Schema(text: text) }
        do throws(SyntaxErrors) {
            _ = try Schema(text: text)
        } catch {
            #expect(error.diagnostics.map(\.description) == expected)
        }
    }

    @Test("One pass finds every error, also behind a broken declaration")
    func everyError() {
        let text = """
            namespace N {
              entity A { x: };
              entity B { y: Long };
              action 5;
            }
            entity C { z: Set<> };
            entity if;
            """
        do throws(SyntaxErrors) {
            _ = try Schema(text: text, name: "plant.cedarschema")
            Issue.record("expected errors")
        } catch {
            #expect(error.diagnostics.map(\.position.line) == [2, 4, 6, 7])
            #expect(error.diagnostics.allSatisfy { $0.file == "plant.cedarschema" })
        }
    }

    @Test("Errors in JSON have a place and a suggestion too")
    func errorsInJSON() {
        let text = """
            {"": {"entityTypes": {"User": {"memberOfType": ["Grp"]}},
                  "actions": {"a": {"memberOf": [{"id": "b"}]}}}}
            """
        do throws(SyntaxErrors) {
            _ = try Schema(parsingJSON: text)
            Issue.record("expected errors")
        } catch {
            #expect(
                error.diagnostics.map(\.description) == [
                    "1:48: unknown key `memberOfType`, expected `memberOfTypes`, `shape`, `tags`, `enum`, `annotations`; "
                        + "did you mean `memberOfTypes`?"
                ]
            )
        }
    }

    @Test("What hides a type of the language is allowed, with a warning")
    func warnings() throws {
        let schema = try Schema(text: "entity ipaddr; type A = Long; entity A;")
        #expect(schema.warnings.count == 2)
    }

    @Test("Common types that double each other are refused before they fill the memory")
    func explosion() {
        let doubling = (0..<40).map { "type T\($0) = { a: T\($0 + 1), b: T\($0 + 1) };" }.joined(separator: "\n")
        #expect(throws: SyntaxErrors.self) { try Schema(text: doubling + "type T40 = Long;") }
    }

    @Test("Types in types and types of types are refused beyond a depth, not followed")
    func depth() {
        let nested = String(repeating: "Set<", count: 10_000) + "Long" + String(repeating: ">", count: 10_000)
        #expect(throws: SyntaxErrors.self) { try Schema(text: "type T = \(nested);") }
        let chained = (0..<5000).map { "type T\($0) = { a: T\($0 + 1) };" }.joined()
        #expect(throws: SyntaxErrors.self) { try Schema(text: chained + "type T5000 = Long;") }
    }
}
