import Governance
import Testing

@Suite("Token scopes")
struct TokenScopeTests {
    @Test(
        "A scope covers what it names, and nothing else",
        arguments: [
            // scope, action, service, kind, covered
            (["mlflow:read"], "read", "mlflow", "experiment", true),
            (["mlflow:read"], "write", "mlflow", "experiment", false),
            (["mlflow:read"], "read", "objects", "experiment", false),
            (["mlflow:*"], "delete", "mlflow", "run", true),
            (["*:read"], "read", "objects", "bucket", true),
            (["*:read"], "write", "objects", "bucket", false),
            (["*:*"], "administer", "anything", "thing", true),
            (["mlflow:read", "mlflow:write"], "write", "mlflow", "run", true),
            // Whatever it says, a token makes, lists and takes back no tokens.
            (["*:*"], "create", "console", "own-tokens", false),
            (["console:*"], "read", "console", "all-tokens", false),
            (["console:*"], "read", "console", "decision-log", true),
        ]
    )
    func covers(scope: [String], action: String, service: String, kind: String, isCovered: Bool) throws {
        #expect(try TokenScope(scope).covers(action, service: service, kind: kind) == isCovered)
    }

    @Test(
        "A scope that is almost right is an error",
        arguments: [
            ([], .empty),
            ([""], .malformed("")),
            (["mlflow"], .malformed("mlflow")),
            (["mlflow:"], .malformed("mlflow:")),
            ([":read"], .malformed(":read")),
            (["mlflow:read:write"], .malformed("mlflow:read:write")),
            (["mlflow: read"], .malformed("mlflow: read")),
            (["ml*:read"], .malformed("ml*:read")),
            (["mlflow:read", "mlflow,read"], .malformed("mlflow,read")),
            (["mlflow\u{0}:read"], .malformed("mlflow\u{0}:read")),
            ((0..<33).map { "s\($0):read" }, .tooMany(33)),
        ] as [([String], TokenScopeError)]
    )
    func malformed(scope: [String], expected: TokenScopeError) {
        #expect(throws: expected) { try TokenScope(scope) }
    }

    @Test("Names that mean nothing here are refused, and the known ones told")
    func unknown() throws {
        let services: Set<String> = ["mlflow", "console"]
        let actions: Set<String> = ["read", "write"]
        try TokenScope(["*:read", "mlflow:*"]).check(services: services, actions: actions)
        #expect(throws: TokenScopeError.unknownService("mlfow", known: ["console", "mlflow"])) {
            try TokenScope(["mlfow:read"]).check(services: services, actions: actions)
        }
        #expect(throws: TokenScopeError.unknownAction("red", known: ["read", "write"])) {
            try TokenScope(["mlflow:red"]).check(services: services, actions: actions)
        }
    }

    @Test("The order in which items are given makes no difference, and twice is once")
    func order() throws {
        let scope = try TokenScope(["b:read", "a:write", "b:read"])
        #expect(scope == (try TokenScope(["a:write", "b:read"])))
        #expect(scope.text == "a:write b:read")
        #expect(try TokenScope(scope.text.split(separator: " ").map(String.init)) == scope)
    }
}
