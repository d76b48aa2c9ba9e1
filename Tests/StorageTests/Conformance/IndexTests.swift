import DecisionLog
import Foundation
import Testing

/// What every database must do, on each of them.
@Suite("An index", .timeLimit(.minutes(20)))
struct IndexTests {
    static let midnight = SampleEntries.midnight

    @Test("Pages give everything once, in order, across days", arguments: Store.Kind.available, [1, 7, 119, 120, 500])
    func paging(kind: Store.Kind, page: Int) async throws {
        let index = try Store(kind).filled()
        #expect(try await index.all(DecisionQuery(), .oldestFirst, page: page).map(\.index) == Array(0..<120))
        #expect(
            try await index.all(DecisionQuery(), .newestFirst, page: page).map(\.index) == (0..<120).reversed()
        )
    }

    @Test("A row says what was recorded", arguments: Store.Kind.available)
    func rows(kind: Store.Kind) async throws {
        let index = try Store(kind).filled()
        let row = try #require(try await index.all(DecisionQuery()).first { $0.index == 4 })
        let record = SampleEntries.record(4)
        #expect(row.id == record.id)
        #expect(row.time == record.time)
        #expect(row.verdict == record.verdict)
        #expect(row.person == record.person?.who)
        #expect(row.path == "/runs/4")
        #expect(row.method == "GET")
        #expect(row.peer == "10.0.0.1")
        #expect(row.flip == "internal")
        #expect(try await index.find(record.id)?.index == 4)
        #expect(try await index.find(DecisionID(time: record.time, random: (1, 2))) == nil)
    }

    /// A query and the places that it must find.
    struct Narrowing: Sendable, CustomTestStringConvertible {
        var name: String
        var query: DecisionQuery
        var matches: @Sendable (UInt64) -> Bool

        init(_ name: String, _ query: DecisionQuery, _ matches: @escaping @Sendable (UInt64) -> Bool) {
            self.name = name
            self.query = query
            self.matches = matches
        }

        var testDescription: String { self.name }
    }

    static let narrowings = [
        Narrowing("person by name", DecisionQuery(person: "anna")) { $0 % 3 == 0 },
        Narrowing("person by id", DecisionQuery(person: "uuid:ben")) { $0 % 3 == 1 },
        Narrowing("nobody", DecisionQuery(person: "zoe")) { _ in false },
        Narrowing("resource by name", DecisionQuery(resource: "set-2")) { $0 % 4 == 2 },
        Narrowing("resource by id", DecisionQuery(resource: "1")) { $0 % 4 == 1 },
        Narrowing("decision", DecisionQuery(decision: .deny)) { $0 % 2 == 0 },
        Narrowing("causes", DecisionQuery(causes: .label)) { $0 % 2 == 0 },
        Narrowing("causes alone", DecisionQuery(causes: .label, causesAlone: true)) { $0 % 4 == 0 },
        Narrowing("policy", DecisionQuery(policy: "PRJ-1")) { $0 % 2 == 1 },
        Narrowing("service", DecisionQuery(service: "objects")) { $0 % 4 == 3 },
        Narrowing("label", DecisionQuery(label: "confidential")) { _ in true },
        Narrowing("mode", DecisionQuery(mode: .shadow)) { _ in false },
        Narrowing("text in path", DecisionQuery(pathContains: "uns/7")) { $0 % 10 == 7 },
        Narrowing("since", DecisionQuery(since: Self.midnight)) { $0 >= 60 },
        Narrowing("until", DecisionQuery(until: Self.midnight)) { $0 < 60 },
        Narrowing("several", DecisionQuery(since: Self.midnight, person: "anna", decision: .deny)) {
            $0 >= 60 && $0 % 6 == 0
        },
    ]

    @Test("Each field of a query narrows it", arguments: Store.Kind.available, Self.narrowings)
    func filters(kind: Store.Kind, narrowing: Narrowing) async throws {
        let index = try Store(kind).filled()
        let found = try await index.all(narrowing.query).map(\.index)
        #expect(found == (0..<120).filter(narrowing.matches))
    }

    @Test("Counts come from roll-ups and add up", arguments: Store.Kind.available)
    func counts(kind: Store.Kind) async throws {
        let index = try Store(kind).filled()
        #expect(try await index.counts(DecisionQuery(), by: [], limit: 9) == [DecisionCount(group: [], count: 120)])
        #expect(
            try await index.counts(DecisionQuery(), by: [.decision, .causes], limit: 9) == [
                DecisionCount(group: ["allow", ""], count: 60), DecisionCount(group: ["deny", "label"], count: 30),
                DecisionCount(group: ["deny", "label,role"], count: 30),
            ]
        )
        #expect(
            try await index.counts(DecisionQuery(decision: .deny), by: [.day], limit: 9) == [
                DecisionCount(group: ["2026-11-23"], count: 30), DecisionCount(group: ["2026-11-24"], count: 30),
            ]
        )
        let policies = try await index.counts(DecisionQuery(person: "anna"), by: [.person, .policy], limit: 9)
        #expect(policies.map(\.group) == [["anna", "CAT-1"], ["anna", "CLR-1"], ["anna", "PRJ-1"]])
        #expect(policies.map(\.count) == [20, 20, 20])
    }

    @Test("Label-only denials of each resource, with persons counted once", arguments: Store.Kind.available)
    func labelDenials(kind: Store.Kind) async throws {
        let index = try Store(kind).filled()
        let denials = try await index.labelDenials(
            since: Timestamp(microseconds: 0),
            until: Self.midnight.adding(seconds: 86_400)
        )
        let only = try #require(denials.first)
        #expect(denials.count == 1)
        #expect(only.resource.name == "set-0")
        #expect(only.label == "confidential")
        #expect(only.persons == 3)
        #expect(only.denials == 30)
        #expect(only.flips == ["internal": 30])
        #expect(only.first == SampleEntries.record(0).time)
        #expect(only.last == SampleEntries.record(116).time)
    }

    @Test("Things of one catalogue entry are one, and their people are counted once", arguments: Store.Kind.available)
    func catalogueEntries(kind: Store.Kind) async throws {
        let index = try Store(kind).open()
        let entries = (0..<12 as Range<UInt64>).map { place in
            var record = SampleEntries.record(place * 4)
            record.verdict.resource?.id = "\(place)"
            record.verdict.resource?.name = "run-\(place)"
            record.verdict.resource?.entry = "press4"
            return IndexedEntry(index: place, record: record)
        }
        try index.ingest(entries, next: 12)
        let denials = try await index.labelDenials(
            since: Timestamp(microseconds: 0),
            until: Self.midnight.adding(seconds: 86_400)
        )
        #expect(denials.map(\.resource.entry) == ["press4"])
        #expect(denials.map(\.persons) == [3])
        #expect(denials.map(\.denials) == [12])
        #expect(
            try await index.counts(DecisionQuery(resource: "press4"), by: [.resource], limit: 9) == [
                DecisionCount(group: ["press4"], count: 12)
            ]
        )
        #expect(try await index.all(DecisionQuery(resource: "run-3")).map(\.index) == [3])
    }

    @Test("The same batch twice counts once, and a restart goes on", arguments: Store.Kind.available)
    func idempotent(kind: Store.Kind) async throws {
        let store = try Store(kind)
        _ = try store.filled(count: 50)
        let index = try store.open()
        #expect(try index.nextIndex() == 50)
        try index.ingest((30..<70).map { SampleEntries.entry($0) }, next: 70)
        try index.ingest((30..<70).map { SampleEntries.entry($0) }, next: 70)
        #expect(try await index.all(DecisionQuery()).map(\.index) == Array(0..<70))
        #expect(try await index.counts(DecisionQuery(), by: [], limit: 1).first?.count == 70)
    }

    @Test("Records whose clocks go back stay in order of the log", arguments: Store.Kind.available)
    func clocks(kind: Store.Kind) async throws {
        let index = try Store(kind).open()
        let offsets: [Int64] = [-10, 5, -3, 8, -7000, 2, 90_000, 3]
        let entries = offsets.enumerated().map { place, seconds in
            SampleEntries.entry(UInt64(place), time: Self.midnight.adding(seconds: seconds))
        }
        for entry in entries { try index.ingest([entry], next: entry.index + 1) }
        for page in 1...9 {
            let found = try await index.all(DecisionQuery(), .newestFirst, page: page)
            #expect(found.map(\.index) == (0..<8).reversed())
        }
        let old = try await index.all(DecisionQuery(until: Self.midnight))
        #expect(old.map(\.index) == [0, 2, 4])
    }

    @Test("Made anew, it is equal", arguments: Store.Kind.available)
    func rebuild(kind: Store.Kind) async throws {
        let index = try Store(kind).filled()
        let (rows, counts) = (
            try await index.all(DecisionQuery()),
            try await index.counts(DecisionQuery(), by: CountGrouping.allCases, limit: 1000)
        )
        try index.reset()
        #expect(try index.nextIndex() == 0)
        #expect(try await index.all(DecisionQuery()).isEmpty)
        try index.ingest((0..<120).map { SampleEntries.entry($0) }, next: 120)
        #expect(try await index.all(DecisionQuery()) == rows)
        #expect(try await index.counts(DecisionQuery(), by: CountGrouping.allCases, limit: 1000) == counts)
    }

    @Test("A forgotten person is nowhere, and still counts", arguments: Store.Kind.available)
    func forgetting(kind: Store.Kind) async throws {
        let store = try Store(kind)
        let index = try store.filled()
        try index.forget(person: "uuid:anna")
        #expect(try await index.all(DecisionQuery(person: "anna")).isEmpty)
        let row = try #require(try await index.all(DecisionQuery()).first)
        #expect(row.person == nil)
        #expect(row.path == nil)
        #expect(row.peer == nil)
        #expect(try await index.counts(DecisionQuery(), by: [], limit: 1).first?.count == 120)
        let again = try store.open()
        #expect(try await again.all(DecisionQuery(person: "uuid:anna")).isEmpty)
        let denials = try await again.labelDenials(
            since: Timestamp(microseconds: 0),
            until: Self.midnight.adding(seconds: 86_400)
        )
        #expect(denials.first?.persons == 3)
    }

    @Test("Removed days are gone, later ones stay", arguments: Store.Kind.available)
    func retention(kind: Store.Kind) async throws {
        let index = try Store(kind).filled()
        #expect(try index.removeDays(before: Self.midnight.day) == [Self.midnight.day.adding(days: -1)])
        #expect(try await index.all(DecisionQuery()).map(\.index) == Array(60..<120))
        #expect(try await index.counts(DecisionQuery(), by: [], limit: 1).first?.count == 60)
        #expect(try index.nextIndex() == 120)
    }
}
