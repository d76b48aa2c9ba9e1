import Testing

@testable import Profiles

@Suite("Parameters of a query")
struct QueryParametersTests {
    @Test(
        "Values are decoded once",
        arguments: [
            ("a=1", ["1"]),
            ("a=1&a=2", ["1", "2"]),
            ("%61=1", ["1"]),
            ("a=x+y%20z", ["x y z"]),
            ("a=%2531", ["%31"]),
            ("a=%C3%A4", ["ä"]),
            ("a", [""]),
            ("a==b", ["=b"]),
            ("&&a=1&", ["1"]),
            ("a=1;a=2", ["1;a=2"]),
            ("A=1&a[]=2&b=a", []),
            ("", []),
        ]
    )
    func values(query: String, expected: [String]) throws {
        #expect(try QueryParameters(Array(query.utf8)).values(of: "a") == expected)
    }

    @Test("What decoders guess about is refused", arguments: ["a=%", "a=%4", "a=%zz", "a=%C3", "%ff=1", "a=1&b=%80"])
    func malformed(query: String) {
        #expect(throws: RouteRefusal.self) { try QueryParameters(Array(query.utf8)) }
    }

    @Test("A flood of parameters is refused")
    func flood() {
        let query = String(repeating: "a=1&", count: QueryParameters.maximumCount + 1)
        #expect(throws: RouteRefusal.self) { try QueryParameters(Array(query.utf8)) }
    }

    @Test("An encoded value reads back as itself", arguments: ["", "a b&c=d", "ä/%", "\u{0}\n~-._", "日本"])
    func roundTrip(value: String) throws {
        #expect(try QueryParameters(Array("a=\(percentEncoded(value))".utf8)).values(of: "a") == [value])
    }
}
