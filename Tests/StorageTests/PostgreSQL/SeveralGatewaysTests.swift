import DecisionLog
import Foundation
import PostgreSQLStorage
import Testing

@Suite(
    "Several gateways, one PostgreSQL",
    .enabled(if: PostgreSQLServer.isInstalled, Comment(rawValue: PostgreSQLServer.missing)),
    .timeLimit(.minutes(20))
)
struct SeveralGatewaysTests {
    static let names = ["plant-1", "plant-2", "plant-3"]

    static func entry(_ place: UInt64, of gateway: String) -> IndexedEntry {
        var record = SampleEntries.record(place)
        record.verdict.gateway = gateway
        record.id = DecisionID(high: record.id.high, low: record.id.low ^ UInt64(gateway.utf8.last ?? 0) << 56)
        return IndexedEntry(index: place, record: record)
    }

    /// Feeds each gateway's entries, all at once.
    static func feed(_ store: Store, from first: UInt64 = 0, to count: UInt64) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for name in Self.names {
                group.addTask {
                    let index = try store.open(gateway: name)
                    var next = first
                    while next < count {
                        let end = min(count, next + 50)
                        try index.ingest((next..<end).map { Self.entry($0, of: name) }, next: end)
                        next = end
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test("They write at once, nothing is lost, doubled or mixed up")
    func atOnce() async throws {
        let store = try Store(.postgresql)
        try await Self.feed(store, to: 700)
        let index = try store.open(gateway: "plant-2")
        #expect(try index.nextIndex() == 700)
        for order in [QueryOrder.oldestFirst, .newestFirst] {
            let rows = try await index.all(DecisionQuery(), order, page: 97)
            #expect(rows.count == 2100)
            #expect(Set(rows.map(\.id)).count == 2100)
            for name in Self.names {
                let places = rows.filter { $0.verdict.gateway == name }.map(\.index)
                #expect(places == (order == .oldestFirst ? Array(0..<700) : (0..<700).reversed()))
            }
            #expect(
                zip(rows, rows.dropFirst()).allSatisfy {
                    order == .oldestFirst ? $0.time <= $1.time : $0.time >= $1.time
                }
            )
        }
        #expect(try await index.counts(DecisionQuery(), by: [], limit: 1).first?.count == 2100)
        let people = try await index.counts(DecisionQuery(), by: [.person], limit: 9)
        #expect(people.map(\.count).reduce(0, +) == 2100)
        #expect(people.count == 3)
    }

    @Test("The index's end is a cursor behind which comes what is new, of every gateway, once")
    func following() async throws {
        let store = try Store(.postgresql)
        try await Self.feed(store, to: 60)
        let index = try store.open(gateway: "plant-2")
        let end = try #require(try await index.page(DecisionQuery(), order: .newestFirst, after: nil, limit: 1).end)
        try await Self.feed(store, from: 60, to: 80)
        let page = try await index.page(DecisionQuery(), order: .oldestFirst, after: QueryCursor("\(end)"), limit: 100)
        #expect(page.rows.count == 60)
        #expect(page.rows.allSatisfy { $0.index >= 60 })
        let later = try await index.page(DecisionQuery(), order: .oldestFirst, after: page.end, limit: 100)
        #expect(later.rows.isEmpty)
    }

    @Test("A gateway that makes its part anew leaves the others'")
    func reset() async throws {
        let store = try Store(.postgresql)
        try await Self.feed(store, to: 120)
        let index = try store.open(gateway: "plant-1")
        let before = try await index.all(page: 500)
        try index.reset()
        #expect(try await index.all(page: 500).count == 240)
        try index.ingest((0..<120).map { Self.entry($0, of: "plant-1") }, next: 120)
        #expect(try await index.all(page: 500) == before)
    }

    @Test("Who is forgotten through one gateway is forgotten at all of them")
    func forgetting() async throws {
        let store = try Store(.postgresql)
        try await Self.feed(store, to: 120)
        let (one, other) = (try store.open(gateway: "plant-1"), try store.open(gateway: "plant-2"))
        // Both know the person in memory.
        #expect(try await other.all(DecisionQuery(person: "anna"), page: 500).count == 120)
        _ = try other.nextIndex()
        try one.forget(person: "uuid:anna")
        #expect(try await other.all(DecisionQuery(person: "anna"), page: 500).isEmpty)
        // What comes later about the same person is a new person's.
        try other.ingest((120..<126).map { Self.entry($0, of: "plant-2") }, next: 126)
        #expect(try await one.all(DecisionQuery(person: "anna"), page: 500).map(\.index) == [120, 123])
        #expect(try await one.counts(DecisionQuery(), by: [], limit: 1).first?.count == 366)
    }

    @Test("A name that another log has is refused")
    func sameName() throws {
        let configuration = try PostgreSQLServer.shared.database()
        _ = try PostgreSQLIndex(configuration, gateway: "stile", log: "key A").nextIndex()
        #expect(throws: IndexFailure.self) {
            try PostgreSQLIndex(configuration, gateway: "stile", log: "key B").nextIndex()
        }
        #expect(try PostgreSQLIndex(configuration, gateway: "stile", log: "key A").nextIndex() == 0)
        // Its key may change, while both the new and the old one count.
        let changing = PostgreSQLIndex(configuration, gateway: "stile", log: "key C", formerly: ["key A"])
        #expect(try changing.nextIndex() == 0)
        #expect(try PostgreSQLIndex(configuration, gateway: "stile", log: "key C").nextIndex() == 0)
        #expect(throws: IndexFailure.self) {
            try PostgreSQLIndex(configuration, gateway: "stile", log: "key A").nextIndex()
        }
    }

    @Test("Partitions are made ahead, and removed by retention, a gateway's own only")
    func partitions() async throws {
        let configuration = try PostgreSQLServer.shared.database()
        let database = try #require(configuration.connection.split(separator: "=").last.map(String.init))
        for name in ["plant-1", "plant-2"] {
            let index = PostgreSQLIndex(configuration, gateway: name, log: name)
            try index.ingest((0..<120).map { Self.entry($0, of: name) }, next: 120)
        }
        func partitions() throws -> [String] {
            let all = try PostgreSQLServer.shared.sql(
                "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE 'rows\\_%' ORDER BY 1",
                in: database
            )
            return all.split(separator: "\n").map(String.init)
        }
        let days = ["20261123", "20261124", "20261125", "20261126"]
        #expect(try partitions() == ["1", "2"].flatMap { gateway in days.map { "rows_\(gateway)_\($0)" } })
        let index = PostgreSQLIndex(configuration, gateway: "plant-1", log: "plant-1")
        #expect(
            try index.removeDays(before: SampleEntries.midnight.day) == [SampleEntries.midnight.day.adding(days: -1)]
        )
        #expect(try partitions().contains("rows_1_20261123") == false)
        #expect(try partitions().contains("rows_2_20261123"))
        // Whoever looks into the database sees rows as rows.
        let seen = try PostgreSQLServer.shared.sql(
            "SELECT count(*) FROM stile.rows r JOIN stile.verdicts v ON v.number = r.verdict WHERE v.decision = 'deny'",
            in: database
        )
        #expect(seen == "90\n")
    }
}
