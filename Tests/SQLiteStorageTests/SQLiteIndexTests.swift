import DecisionLog
import Foundation
import SQLiteStorage
import Testing

@Suite("The index in SQLite")
struct SQLiteIndexTests {
    /// A folder of this test's own, gone afterwards.
    final class Folder {
        let path = FileManager.default.temporaryDirectory.appending(path: "stile-index-\(UUID())").path

        deinit { try? FileManager.default.removeItem(atPath: self.path) }
    }

    static let midnight = Timestamp("2026-11-24") ?? Timestamp(microseconds: 0)

    static let people = ["anna", "ben", "carla"]

    /// One entry: every field follows from its place, so that a test can say what a query must find.
    static func entry(_ place: UInt64, time: Timestamp? = nil) -> IndexedEntry {
        IndexedEntry(index: place, record: Self.record(place, time: time))
    }

    static func record(_ place: UInt64, time: Timestamp? = nil) -> DecisionRecord {
        let number = Int(place)
        // A minute each, from an hour before midnight on: two days.
        let time = time ?? Timestamp(microseconds: Self.midnight.microseconds + (Int64(place) - 60) * 60_000_000)
        let isDeny = number % 2 == 0
        let resource = RecordedResource(
            service: "mlflow",
            kind: "experiment",
            id: "\(number % 4)",
            name: "set-\(number % 4)"
        )
        var verdict = Verdict(
            gateway: "plant-1",
            service: number % 4 == 3 ? "objects" : "mlflow",
            decision: isDeny ? .deny : .allow,
            causes: isDeny ? (number % 4 == 0 ? .label : [.label, .role]) : [],
            action: "read",
            resource: resource,
            label: "confidential",
            origin: "catalog",
            policies: isDeny ? ["CLR-1", "CAT-1"] : ["PRJ-1"],
            revision: "r1"
        )
        verdict.status = isDeny ? 403 : nil
        let name = Self.people[number % 3]
        let who = RecordedPerson(id: "uuid:\(name)", name: name, clearance: "internal")
        return DecisionRecord(
            id: DecisionID(time: time, random: (UInt16(number), place &* 0x9E37_79B9_7F4A_7C15)),
            time: time,
            micros: 5,
            verdict: verdict,
            person: PersonPart(
                who: who,
                trace: RequestTrace(peer: "10.0.0.1", method: "GET", path: "/runs/\(number % 10)")
            ),
            explanation: isDeny ? Explanation(flips: [Explanation.Flip(label: "internal")]) : nil
        )
    }

    static func filled(_ folder: Folder, count: UInt64 = 120, batch: UInt64 = 7) throws -> SQLiteIndex {
        let index = try SQLiteIndex(folder: folder.path)
        var next = try index.nextIndex()
        while next < count {
            let end = min(count, next + batch)
            try index.ingest((next..<end).map { Self.entry($0) }, next: end)
            next = end
        }
        return index
    }

    static func all(
        _ index: SQLiteIndex,
        _ query: DecisionQuery,
        _ order: QueryOrder = .oldestFirst,
        page: Int = 11
    )
        async throws -> [DecisionRow]
    {
        var rows: [DecisionRow] = []
        var cursor: QueryCursor?
        repeat {
            let found = try await index.page(query, order: order, after: cursor, limit: page)
            #expect(found.rows.count <= page)
            rows += found.rows
            cursor = found.next
        } while cursor != nil
        return rows
    }

    @Test("Pages give everything once, in order, across days", arguments: [1, 7, 119, 120, 500])
    func paging(page: Int) async throws {
        let folder = Folder()
        let index = try Self.filled(folder)
        #expect(try await Self.all(index, DecisionQuery(), .oldestFirst, page: page).map(\.index) == Array(0..<120))
        #expect(
            try await Self.all(index, DecisionQuery(), .newestFirst, page: page).map(\.index) == (0..<120).reversed()
        )
        #expect(FileManager.default.fileExists(atPath: folder.path + "/day-2026-11-23.sqlite"))
        #expect(FileManager.default.fileExists(atPath: folder.path + "/day-2026-11-24.sqlite"))
    }

    @Test("A row says what was recorded")
    func rows() async throws {
        let folder = Folder()
        let index = try Self.filled(folder)
        let row = try #require(try await Self.all(index, DecisionQuery()).first { $0.index == 4 })
        let record = Self.record(4)
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

    @Test("Each field of a query narrows it", arguments: Self.narrowings)
    func filters(narrowing: Narrowing) async throws {
        let folder = Folder()
        let index = try Self.filled(folder)
        let found = try await Self.all(index, narrowing.query).map(\.index)
        #expect(found == (0..<120).filter(narrowing.matches))
    }

    @Test("Counts come from roll-ups and add up")
    func counts() async throws {
        let folder = Folder()
        let index = try Self.filled(folder)
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

    @Test("Label-only denials of each resource, with persons counted once")
    func labelDenials() async throws {
        let folder = Folder()
        let index = try Self.filled(folder)
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
        #expect(only.first == Self.record(0).time)
        #expect(only.last == Self.record(116).time)
    }

    @Test("Things of one catalogue entry are one, and their people are counted once")
    func catalogueEntries() async throws {
        let folder = Folder()
        let index = try SQLiteIndex(folder: folder.path)
        let entries = (0..<12 as Range<UInt64>).map { place in
            var record = Self.record(place * 4)
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
        #expect(try await Self.all(index, DecisionQuery(resource: "run-3")).map(\.index) == [3])
    }

    @Test("The same batch twice counts once, and a restart goes on")
    func idempotent() async throws {
        let folder = Folder()
        _ = try Self.filled(folder, count: 50)
        let index = try SQLiteIndex(folder: folder.path)
        #expect(try index.nextIndex() == 50)
        try index.ingest((30..<70).map { Self.entry($0) }, next: 70)
        try index.ingest((30..<70).map { Self.entry($0) }, next: 70)
        #expect(try await Self.all(index, DecisionQuery()).map(\.index) == Array(0..<70))
        #expect(try await index.counts(DecisionQuery(), by: [], limit: 1).first?.count == 70)
    }

    @Test("Records whose clocks go back stay in order of the log")
    func clocks() async throws {
        let folder = Folder()
        let index = try SQLiteIndex(folder: folder.path)
        let offsets: [Int64] = [-10, 5, -3, 8, -7000, 2, 90_000, 3]
        let entries = offsets.enumerated().map { place, seconds in
            Self.entry(UInt64(place), time: Self.midnight.adding(seconds: seconds))
        }
        for entry in entries { try index.ingest([entry], next: entry.index + 1) }
        for page in 1...9 {
            let found = try await Self.all(index, DecisionQuery(), .newestFirst, page: page)
            #expect(found.map(\.index) == (0..<8).reversed())
        }
        let old = try await Self.all(index, DecisionQuery(until: Self.midnight))
        #expect(old.map(\.index) == [0, 2, 4])
    }

    @Test("Made anew, it is equal")
    func rebuild() async throws {
        let folder = Folder()
        let index = try Self.filled(folder)
        let (rows, counts) = (
            try await Self.all(index, DecisionQuery()),
            try await index.counts(DecisionQuery(), by: CountGrouping.allCases, limit: 1000)
        )
        try index.reset()
        #expect(try index.nextIndex() == 0)
        #expect(try await Self.all(index, DecisionQuery()).isEmpty)
        try index.ingest((0..<120).map { Self.entry($0) }, next: 120)
        #expect(try await Self.all(index, DecisionQuery()) == rows)
        #expect(try await index.counts(DecisionQuery(), by: CountGrouping.allCases, limit: 1000) == counts)
    }

    @Test("A forgotten person is nowhere, and still counts")
    func forgetting() async throws {
        let folder = Folder()
        let index = try Self.filled(folder)
        try index.forget(person: "uuid:anna")
        #expect(try await Self.all(index, DecisionQuery(person: "anna")).isEmpty)
        let row = try #require(try await Self.all(index, DecisionQuery()).first)
        #expect(row.person == nil)
        #expect(row.path == nil)
        #expect(row.peer == nil)
        #expect(try await index.counts(DecisionQuery(), by: [], limit: 1).first?.count == 120)
        let again = try SQLiteIndex(folder: folder.path)
        #expect(try await Self.all(again, DecisionQuery(person: "uuid:anna")).isEmpty)
        let denials = try await again.labelDenials(
            since: Timestamp(microseconds: 0),
            until: Self.midnight.adding(seconds: 86_400)
        )
        #expect(denials.first?.persons == 3)
    }

    @Test("Removed days are gone, later ones stay")
    func retention() async throws {
        let folder = Folder()
        let index = try Self.filled(folder)
        #expect(try index.removeDays(before: Self.midnight.day) == [Self.midnight.day.adding(days: -1)])
        #expect(try await Self.all(index, DecisionQuery()).map(\.index) == Array(60..<120))
        #expect(try await index.counts(DecisionQuery(), by: [], limit: 1).first?.count == 60)
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/day-2026-11-23.sqlite"))
        #expect(try index.nextIndex() == 120)
    }
}
