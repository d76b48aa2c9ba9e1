package import Catalog
package import DecisionLog
import SecurityLabels

/// The data sets whose labels stand most in people's way, first those that keep out the most.
///
/// The rank is relief: how many *distinct* people were denied for the label alone, that is, while a rule already permits what
/// they asked. It says nothing about whether the label is right. Denials are not evidence of that, however many; they say
/// what a review would be worth. So one person who asks a thousand times weighs as much as one who asks once, and people
/// without a role weigh nothing.
package enum ReviewQueue {
    /// Ranks the data sets.
    ///
    /// - Parameters:
    ///   - denials: The denials for the label alone, from the log's roll-ups.
    ///   - catalog: The catalogue in force: labels that have been lowered since are gone from the queue.
    ///   - today: The day that ages count from.
    /// - Returns: First the one that keeps out the most people; ties by denials, then by the label's age, then by name.
    package static func ranked(_ denials: [LabelDenials], in catalog: Catalog, today: CalendarDate) -> [ReviewItem] {
        let items = denials.compactMap { self.item($0, in: catalog, today: today) }
        return items.sorted { left, right in
            if left.people != right.people { return left.people > right.people }
            if left.denials != right.denials { return left.denials > right.denials }
            if left.ageInDays != right.ageInDays { return (left.ageInDays ?? .max) > (right.ageInDays ?? .max) }
            return left.resource < right.resource
        }
    }

    private static func item(_ denials: LabelDenials, in catalog: Catalog, today: CalendarDate) -> ReviewItem? {
        guard let id = denials.resource.entry, denials.persons > 0 else { return nil }
        // Entries that share a thing are joined by `+`; the strictest of them is the one to look at.
        var strictest: LabelledResource?
        var joined: SecurityLabel?
        for part in id.split(separator: "+") {
            guard let resource = catalog.resource(of: String(part)), let label = resource.label else { continue }
            if strictest?.label.map({ $0.level < label.level }) ?? true { strictest = resource }
            joined = joined.map { $0.joined(with: label) } ?? label
        }
        guard let resource = strictest, let label = joined, label.marking == denials.label else { return nil }
        var flips: [ReviewItem.Flip] = []
        for (marking, count) in denials.flips where !marking.isEmpty {
            flips.append(ReviewItem.Flip(marking: marking, denials: count))
        }
        flips.sort { $0.denials == $1.denials ? $0.marking < $1.marking : $0.denials > $1.denials }
        // What only a floor could open has no rank: floors are lowered by their owners' obligation ending, not by demand.
        guard !flips.isEmpty else { return nil }
        let assignment = resource.assignment
        let due = assignment?.due(reviewEvery: catalog.scheme.reviewEvery)
        let overdue = due.map { today.days(since: $0) }.flatMap { $0 > 0 ? $0 : nil }
        let age = assignment?.at.map { today.days(since: $0) }
        return ReviewItem(
            resource: id,
            title: resource.title,
            owner: resource.owner,
            label: label,
            reason: assignment?.reason,
            by: assignment?.by,
            ageInDays: age,
            overdueInDays: overdue,
            people: denials.persons,
            denials: denials.denials,
            first: denials.first,
            last: denials.last,
            flips: flips,
            terms: self.terms(denials, assignment: assignment, owner: resource.owner, overdue: overdue)
        )
    }

    private static func terms(
        _ denials: LabelDenials,
        assignment: LabelAssignment?,
        owner: Owner?,
        overdue: Int?
    ) -> [ReviewTerm] {
        [
            ReviewTerm(
                name: "people",
                value: Double(denials.persons),
                meaning: "distinct people denied for the label alone"
            ),
            ReviewTerm(name: "denials", value: Double(denials.denials), meaning: "their denials; breaks ties only"),
            ReviewTerm(name: "no-reason", value: assignment?.reason == nil ? 1 : 0, meaning: "nobody wrote down why"),
            ReviewTerm(name: "no-owner", value: owner == nil ? 1 : 0, meaning: "nobody is named as owner"),
            ReviewTerm(name: "overdue", value: Double(overdue ?? 0), meaning: "days past the day of its review"),
        ]
    }
}
