import DecisionLog
import Testing

/// Counts against the records themselves: an index keeps several sums of a day that is over, and each question reads the
/// smallest that answers it.
@Suite("Counts", .timeLimit(.minutes(10)))
struct CountTests {
    /// By nothing, by each thing, and by each with the person.
    static let groupings: [[CountGrouping]] =
        [[], [.day, .decision], [.resource, .decision]] + CountGrouping.allCases.map { [$0] }
        + CountGrouping.allCases.filter { $0 != .person }.map { [.person, $0] }

    /// Two days and a bit of a third, so that two are over.
    static func record(_ place: UInt64) -> DecisionRecord {
        let early = Timestamp(microseconds: SampleEntries.midnight.microseconds - 6 * 3_600_000_000)
        return SampleEntries.record(place, time: early.adding(seconds: Int64(place) * 900))
    }

    static let places = 0..<UInt64(125)

    /// What a record is called in a grouping; a decision counts once for each of its policies.
    static func values(_ grouping: CountGrouping, _ record: DecisionRecord) -> [String] {
        let verdict = record.verdict
        return switch grouping {
        case .hour: [String(record.time.description.prefix(13))]
        case .day: [String(record.time.description.prefix(10))]
        case .person: [record.person?.who.name ?? ""]
        case .action: [verdict.action]
        case .resource: [verdict.resource?.name ?? ""]
        case .label: [verdict.label ?? ""]
        case .decision: [verdict.decision.rawValue]
        case .causes: [verdict.causes.description]
        case .flip: [record.explanation?.flips.first?.label ?? ""]
        case .policy: verdict.policies
        case .service: [verdict.service]
        case .mode: [verdict.mode.rawValue]
        }
    }

    /// The groups of the records that a query is about.
    static func expected(_ grouping: [CountGrouping], _ matches: (DecisionRecord, UInt64) -> Bool) -> Set<DecisionCount>
    {
        var sums: [[String]: UInt64] = [:]
        for place in Self.places {
            let record = Self.record(place)
            guard matches(record, place) else { continue }
            let groups = grouping.reduce([[]]) { groups, next in
                groups.flatMap { group in Self.values(next, record).map { group + [$0] } }
            }
            for group in groups { sums[group, default: 0] += 1 }
        }
        return Set(sums.map { DecisionCount(group: $0.key, count: $0.value) })
    }

    static let evening = SampleEntries.midnight.adding(seconds: -3_600)

    struct Question: Sendable {
        var name: String
        var query: DecisionQuery
        var matches: @Sendable (DecisionRecord, UInt64) -> Bool

        init(_ name: String, _ query: DecisionQuery, _ matches: @escaping @Sendable (DecisionRecord, UInt64) -> Bool) {
            (self.name, self.query, self.matches) = (name, query, matches)
        }
    }

    static let questions = [
        Question("everything", DecisionQuery()) { _, _ in true },
        Question("denials", DecisionQuery(decision: .deny)) { _, place in place % 2 == 0 },
        Question("what was allowed", DecisionQuery(decision: .allow)) { _, place in place % 2 == 1 },
        Question("a person", DecisionQuery(person: "anna")) { _, place in place % 3 == 0 },
        Question("a person's denials", DecisionQuery(person: "anna", decision: .deny)) { _, place in place % 6 == 0 },
        Question("a service", DecisionQuery(service: "objects")) { _, place in place % 4 == 3 },
        Question("a cause", DecisionQuery(causes: .role)) { _, place in place % 4 == 2 },
        Question("a revision", DecisionQuery(revision: "r1")) { _, _ in true },
        Question("another revision", DecisionQuery(revision: "r2")) { _, _ in false },
        Question("whole days", DecisionQuery(until: SampleEntries.midnight)) { record, _ in
            record.time < SampleEntries.midnight
        },
        Question("a part of a day", DecisionQuery(since: Self.evening)) { record, _ in record.time >= Self.evening },
    ]

    @Test("are those of the records, whatever is asked", arguments: Store.Kind.available)
    func everyGrouping(kind: Store.Kind) async throws {
        let index = try Store(kind).open()
        try index.ingest(
            Self.places.map { IndexedEntry(index: $0, record: Self.record($0)) },
            next: Self.places.upperBound
        )
        for question in Self.questions {
            for grouping in Self.groupings {
                let found = try await index.counts(question.query, by: grouping, limit: 10_000)
                let expected = Self.expected(grouping, question.matches)
                #expect(Set(found) == expected, "\(question.name), by \(grouping.map(\.rawValue))")
                #expect(found.map(\.count) == found.map(\.count).sorted(by: >))
            }
        }
    }
}
