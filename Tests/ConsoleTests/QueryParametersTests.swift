import Catalog
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
        "What cannot be read, or is said twice, is refused",
        arguments: ["a=%", "a=%4", "a=%zz", "a=%C3%28", "a=1&a=2"]
    )
    func malformed(query: String) {
        #expect(throws: QueryParameters.Malformed.self) { try QueryParameters(query) }
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
