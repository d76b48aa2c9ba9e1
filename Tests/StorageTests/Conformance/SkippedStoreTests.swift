import Testing

@Suite("Databases that are not here")
struct SkippedStoreTests {
    @Test(
        "PostgreSQL is tested",
        .enabled(if: PostgreSQLServer.shared != nil, Comment(rawValue: PostgreSQLServer.missing))
    )
    func postgresql() { #expect(Store.Kind.available.contains(.postgresql)) }
}
