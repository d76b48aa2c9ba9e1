import Profiles
import Testing

@Suite("GraphQL of the one form that is let through")
struct GraphQLOperationTests {
    @Test("A plain query is read")
    func query() throws {
        let text = """
            query GetRun($data: MlflowGetRunInput!, $more: [[String!]]!) @component(name: "MLflow.ExperimentRunTracking") {
              mlflowGetRun(input: $data) { run { info { runId, __typename } } apiError { code } }
            }
            """
        let operation = try GraphQLOperation(text)
        #expect(operation.name == "GetRun")
        #expect(operation.variables == ["data", "more"])
        #expect(operation.selections.map(\.name) == ["mlflowGetRun"])
        #expect(operation.selections[0].arguments == ["input": "data"])
        #expect(operation.selections[0].selections.map(\.name) == ["run", "apiError"])
        #expect(try GraphQLOperation("query{a}").name == nil)
    }

    @Test(
        "Every way to ask for something under another name is refused",
        arguments: [
            ("{ a }", .unexpected("{", expected: "`query`")),
            ("mutation { a }", .unexpected("mutation", expected: "`query`")),
            ("subscription { a }", .unexpected("subscription", expected: "`query`")),
            ("query { x: a }", .unexpected(":", expected: "a name")),
            (
                "query { ...F } fragment F on Q { a }",
                .unexpected(".", expected: "a name or one of { } ( ) [ ] : $ @ !")
            ),
            ("query A { a } query B { b }", .unexpected("query", expected: "the end of the document")),
            (
                "query ($x: I = {runId: \"2\"}) { a(input: $x) }",
                .unexpected("=", expected: "a name or one of { } ( ) [ ] : $ @ !")
            ),
            ("query { a(input: {runId: \"1\"}) }", .unexpected("{", expected: "`$`")),
            ("query { a(input: \"1\") }", .unexpected("\"1\"", expected: "`$`")),
            ("query ($x: I) { a @include(if: $x) }", .unexpected("@", expected: "a name")),
            ("query ($x: I) @skip(if: $x) { a }", .unexpected("skip", expected: "`component`")),
            ("query ($x: I, $x: J) { a }", .repeated("$x")),
            ("query ($x: I, $y: I) { a(input: $x, input: $y) }", .repeated("input")),
            ("query { a { b } a { c } }", .repeated("a")),
            ("query { a # comment\n }", .unexpected("#", expected: "a name or one of { } ( ) [ ] : $ @ !")),
            ("query { a(x: 1) }", .unexpected("1", expected: "a name or one of { } ( ) [ ] : $ @ !")),
            ("query { a(x: \"\\n\") }", .unexpected("\"", expected: "text in quotes without escapes")),
            ("query { a", .unexpected("the end", expected: "a name")),
            ("query { }", .unexpected("}", expected: "a name")),
            ("query () { a }", .unexpected(")", expected: "`$`")),
            ("", .unexpected("the end", expected: "`query`")),
            ("\u{FEFF}query { a }", .unexpected("\u{FEFF}", expected: "a name or one of { } ( ) [ ] : $ @ !")),
        ] as [(String, GraphQLError)]
    )
    func refused(text: String, expected: GraphQLError) {
        #expect(throws: expected) { try GraphQLOperation(text) }
    }

    @Test("Length and depth are bounded")
    func limits() {
        let deep = "query" + String(repeating: "{a", count: 100) + String(repeating: "}", count: 100)
        #expect(throws: GraphQLError.tooDeep(limit: 12)) { try GraphQLOperation(deep) }
        let types = "query ($x: " + String(repeating: "[", count: 100) + "I"
        #expect(throws: GraphQLError.tooDeep(limit: 12)) { try GraphQLOperation(types) }
        let long = "query {" + String(repeating: " ", count: 20_000) + "a}"
        #expect(throws: GraphQLError.tooLong(limit: 16_384)) { try GraphQLOperation(long) }
    }
}
