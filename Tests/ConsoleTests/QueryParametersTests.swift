import Catalog
import DecisionLog
import Testing

@testable import Console

@Suite("The console's queries")
struct QueryParametersTests {
    @Test(
        "A parameter is read as it was meant",
        arguments: [
            ("a=1", "1"), ("a=press%204", "press 4"), ("a=press+4", "press 4"), ("a=L%C3%BCder", "Lüder"),
            ("b=2&a=1", "1"),
            ("a=x=y", "x=y"),
        ]
    )
    func read(query: String, value: String) throws {
        var parameters = try QueryParameters(query)
        #expect(parameters.text("a") == value)
    }

    @Test(
        "What cannot be read, is said twice, or says nothing is refused",
        arguments: ["a=%", "a=%4", "a=%zz", "a=%C3%28", "a=1&a=2", "a=", "b=1&a", "="]
    )
    func malformed(query: String) {
        #expect(throws: QueryParameters.Malformed.self) { try QueryParameters(query) }
    }

    @Test(
        "A filter that would let through everything, or nothing, says so",
        arguments: [
            ("person=", "found `person` with nothing in it"), ("cause=,", "found `,` as `cause`"),
            ("cause-alone=true", "found `cause-alone` without `cause`"),
            ("since=1h&until=2h", "found `since` at 2026-11-26T11:00:00.000000Z, not before `until`"),
            ("since=2026-11-26&until=2026-11-26", "not before `until`"),
        ]
    )
    func filters(query: String, problem: String) throws {
        let noon = try #require(Timestamp("2026-11-26T12:00:00Z"))
        let malformed = #expect(throws: QueryParameters.Malformed.self) {
            var parameters = try QueryParameters(query)
            _ = try Console.query(&parameters, now: noon)
        }
        #expect(malformed?.description.contains(problem) == true, "\(malformed as Any)")
    }

    @Test("A misspelt filter is refused, not ignored")
    func unknown() throws {
        var parameters = try QueryParameters("persn=anna")
        _ = parameters.text("person")
        #expect(throws: QueryParameters.Malformed(description: "unknown parameter `persn`, expected some of `person`"))
        {
            try parameters.finish()
        }
    }

    @Test(
        "Only what the console has is a question",
        arguments: [
            ("GET", "/.stile/api/decisions", "decision-log"), ("GET", "/.stile/api/decisions/counts", "decision-log"),
            ("GET", "/.stile/api/review/queue", "review-queue"), ("POST", "/.stile/api/decisions", nil),
            ("GET", "/.stile/api/decisions/", nil), ("GET", "/", nil),
        ] as [(String, String, String?)]
    )
    func questions(method: String, path: String, kind: String?) {
        #expect(Console.question(method: method, path: path)?.resource.kind == kind)
    }
}
