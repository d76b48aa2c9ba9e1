import Catalog
import DecisionLog
import PolicyDecision
import Review
import SecurityLabels

extension Console {
    /// `GET /.stile/api/review/queue`: the data sets whose labels stand most in people's way.
    ///
    /// Parameters: `since` (a time, or a span back from now; default 90 days), `limit` (1 to 1,000, default 50).
    func queue(_ parameters: inout QueryParameters) async throws -> ConsoleAnswer {
        let now = self.now()
        let since =
            try parameters.value("since", expected: "a time, or a span back from now such as 30d") {
                Self.instant($0, now: now)
            }
            ?? now.adding(seconds: -90 * 86_400)
        let limit =
            try parameters.value("limit", expected: "a whole number from 1 to 1000") { text in
                Int(text).flatMap { (1...1_000).contains($0) ? $0 : nil }
            } ?? 50
        try parameters.finish()
        let denials = try await self.index.labelDenials(since: since, until: now.adding(seconds: 1))
        let reached = try await self.index.page(DecisionQuery(), order: .newestFirst, after: nil, limit: 0)
        let ranked = ReviewQueue.ranked(
            denials,
            in: self.policies().catalog,
            today: CalendarDate(microsecondsSinceEpoch: now.microseconds)
        )
        return .json(
            QueueDocument(
                items: ranked.prefix(limit).map(QueueDocument.Item.init),
                since: since.description,
                indexed: reached.indexedThrough,
                recorded: self.recorded()
            )
        )
    }
}

/// The queue as it goes over the wire.
private struct QueueDocument: Encodable {
    struct Flip: Encodable {
        var label: String
        var denials: UInt64
    }

    struct Term: Encodable {
        var name: String
        var value: Double
        var meaning: String
    }

    struct Item: Encodable {
        var resource: String
        var title: String
        var owner: String?
        var label: String
        var reason: String?
        var by: String?
        var ageInDays: Int?
        var overdueInDays: Int?
        var people: UInt64
        var denials: UInt64
        var first: String
        var last: String
        var flips: [Flip]
        var terms: [Term]

        init(_ item: ReviewItem) {
            self.resource = item.resource
            self.title = item.title
            self.owner = item.owner?.description
            self.label = item.label.marking
            self.reason = item.reason
            self.by = item.by
            self.ageInDays = item.ageInDays
            self.overdueInDays = item.overdueInDays
            self.people = item.people
            self.denials = item.denials
            self.first = item.first.description
            self.last = item.last.description
            self.flips = item.flips.map { Flip(label: $0.marking, denials: $0.denials) }
            self.terms = item.terms.map { Term(name: $0.name, value: $0.value, meaning: $0.meaning) }
        }
    }

    var items: [Item]
    var since: String
    var indexed: UInt64
    var recorded: UInt64
}
