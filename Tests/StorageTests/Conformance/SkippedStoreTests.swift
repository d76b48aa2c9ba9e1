import Testing

@Suite("Databases that are not here")
struct SkippedStoreTests {
    @Test(
        "PostgreSQL is tested",
        .enabled(if: PostgreSQLServer.isInstalled, Comment(rawValue: PostgreSQLServer.missing))
    )
    func postgresql() { #expect(Store.Kind.available.contains(.postgresql)) }
}
