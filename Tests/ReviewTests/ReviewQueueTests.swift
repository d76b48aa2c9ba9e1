import Catalog
import DecisionLog
import Review
import SecurityLabels
import Testing

@Suite("The review queue")
struct ReviewQueueTests {
    static let today = CalendarDate("2026-11-23") ?? CalendarDate(daysSinceEpoch: 0)

    static func catalog() throws -> Catalog {
        let scheme = try Scheme(
            levels: ["public", "internal", "confidential"],
            categories: ["customer-x": CategoryDefinition(title: "Customer X")],
            reviewEvery: 365
        )
        func entry(
            _ id: String,
            _ marking: String,
            at: String?,
            reason: String?,
            owner: String?,
            reviewBy: String? = nil
        ) throws -> CatalogEntry {
            CatalogEntry(
                id: id,
                kind: .dataset,
                title: id,
                owner: owner.flatMap(Owner.init),
                label: LabelAssignment(
                    label: try scheme.label(marking: marking),
                    reason: reason,
                    at: at.flatMap { CalendarDate($0) },
                    reviewBy: reviewBy.flatMap { CalendarDate($0) }
                ),
                position: SourcePosition(file: "c.yaml")
            )
        }
        return try Catalog(
            entries: [
                entry("meters", "confidential", at: "2021-03-15", reason: nil, owner: nil, reviewBy: "2022-03-15"),
                entry(
                    "forces",
                    "confidential//customer-x",
                    at: "2026-02-01",
                    reason: "contract",
                    owner: "group:owners"
                ),
                entry("defects", "internal", at: "2026-05-20", reason: "no customer data", owner: "group:owners"),
            ],
            scheme: scheme
        )
    }

    static func denials(
        _ entry: String?,
        label: String,
        people: UInt64,
        denials: UInt64? = nil,
        flips: [String: UInt64] = ["internal": 1]
    ) -> LabelDenials {
        LabelDenials(
            resource: RecordedResource(service: "mlflow", kind: "experiment", id: "1", name: entry, entry: entry),
            label: label,
            persons: people,
            denials: denials ?? people,
            flips: flips,
            first: Timestamp(microseconds: 0),
            last: Timestamp(microseconds: 1)
        )
    }

    @Test("More people come before more denials, and a tie goes to the older label")
    func order() throws {
        let ranked = ReviewQueue.ranked(
            [
                Self.denials("defects", label: "internal", people: 2, denials: 9_000, flips: ["public": 2]),
                Self.denials("meters", label: "confidential", people: 5),
                Self.denials("forces", label: "confidential//customer-x", people: 5, flips: ["confidential": 5]),
            ],
            in: try Self.catalog(),
            today: Self.today
        )
        #expect(ranked.map(\.resource) == ["meters", "forces", "defects"])
    }

    @Test("Beside each stand the label's age, its owner and its reason, or that there is none")
    func beside() throws {
        let ranked = ReviewQueue.ranked(
            [Self.denials("meters", label: "confidential", people: 5)],
            in: try Self.catalog(),
            today: Self.today
        )
        let item = try #require(ranked.first)
        #expect(item.ageInDays == 2_079)
        #expect(item.overdueInDays == 1_714)
        #expect(item.owner == nil && item.reason == nil)
        #expect(item.flips == [.init(marking: "internal", denials: 1)])
        let numbers = Dictionary(item.terms.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        #expect(numbers == ["people": 5, "denials": 5, "no-reason": 1, "no-owner": 1, "overdue": 1_714])
    }

    @Test(
        "What has no place in the queue",
        arguments: [
            ("nobody was denied", ReviewQueueTests.denials("meters", label: "confidential", people: 0)),
            ("no catalogue entry", ReviewQueueTests.denials(nil, label: "confidential", people: 5)),
            ("the entry is gone", ReviewQueueTests.denials("presses", label: "confidential", people: 5)),
            ("the label was lowered since", ReviewQueueTests.denials("defects", label: "confidential", people: 5)),
            (
                "no relaxation would do",
                ReviewQueueTests.denials("meters", label: "confidential", people: 5, flips: [:])
            ),
        ]
    )
    func noPlace(why: String, denials: LabelDenials) throws {
        #expect(ReviewQueue.ranked([denials], in: try Self.catalog(), today: Self.today) == [])
    }
}
