import Cedar
import Testing

/// Texts that are made to take time that grows faster than they do are read or refused like any other.
@Suite("Hostile texts")
struct HostileTextTests {
    private static func of(_ piece: String, _ count: Int) -> String { String(repeating: piece, count: count) }

    @Test("An attribute that is not there, of what is not there, is reported once a level")
    func missingChain() throws {
        let schema = try Schema(text: "entity A { a?: A }; action a appliesTo { principal: A, resource: A };")
        let set = try PolicySet(
            parsing: "permit(principal,action,resource) when { principal\(Self.of(".a", 40)) == principal };"
        )
        #expect(schema.validate(set).filter { !$0.isWarning }.count == 40)
    }

    @Test("A path that is tested for is as deep as it is long, and a policy as deep as it has conditions")
    func deepWithoutNesting() {
        let path = "permit(principal,action,resource) when { principal has a\(Self.of(".a", 50_000)) };"
        #expect(throws: SyntaxErrors.self) { try PolicySet(parsing: path) }
        let clauses = "permit(principal,action,resource) \(Self.of("when { true } ", 1_001));"
        #expect(throws: SyntaxErrors.self) { try PolicySet(parsing: clauses) }
    }

    @Test("Errors are listed up to a limit, which is said")
    func manyErrors() throws {
        let errors = try #require(throws: SyntaxErrors.self) { try PolicySet(parsing: Self.of("$ ", 5_000)) }
        #expect(errors.diagnostics.count == 1001)
        #expect(errors.diagnostics.last?.message == "more than 1000 errors; the rest is not listed")
    }
}
