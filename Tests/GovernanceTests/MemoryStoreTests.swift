import GovernanceConformance
import Testing

@Suite("Governed state in memory")
struct MemoryStoreTests {
    @Test("The store of the other tests does what every store does", arguments: StoreFact.all)
    func facts(fact: StoreFact) async throws {
        let seen = try await fact.check(MemoryGovernanceStore())
        #expect(seen == nil)
    }
}
