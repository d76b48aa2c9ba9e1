package import Catalog
package import DecisionLog
package import SecurityLabels

/// One data set whose label stood in people's way, with everything a person needs to judge it.
package struct ReviewItem: Hashable, Sendable {
    /// The catalogue's id of the data set; several entries that share a thing are joined by `+`.
    package var resource: CatalogEntry.ID
    /// Its title.
    package var title: String
    /// Who looks after it; `nil` when nobody is named, which is a finding of its own.
    package var owner: Owner?
    /// Its label as the catalogue has it now.
    package var label: SecurityLabel
    /// Why it is labelled so; `nil` when nobody wrote it down.
    package var reason: String?
    /// Who labelled it.
    package var by: String?
    /// How long ago, in days.
    package var ageInDays: Int?
    /// How many days its review is overdue; `nil` when it is not.
    package var overdueInDays: Int?
    /// People who were denied for the label alone, each counted once.
    package var people: UInt64
    /// Their denials.
    package var denials: UInt64
    /// The first and the last of them.
    package var first: Timestamp
    package var last: Timestamp
    /// The relaxations under which they would have been allowed, and how many denials each would have spared; smallest
    /// step first.
    package var flips: [Flip]
    /// What the place in the queue is made of, each with its number.
    package var terms: [ReviewTerm]

    /// A relaxation and the denials that it would have spared.
    package struct Flip: Hashable, Sendable {
        /// The lower label, as written.
        package var marking: String
        /// How many denials.
        package var denials: UInt64

        /// Puts the two together.
        package init(marking: String, denials: UInt64) {
            self.marking = marking
            self.denials = denials
        }
    }
}

/// One number that a place in the queue is made of.
///
/// Every term is shown: an officer who is to act on a ranking must be able to disagree with it, term by term.
package struct ReviewTerm: Hashable, Sendable {
    /// Its name.
    package var name: String
    /// Its number.
    package var value: Double
    /// What it counts, and in which unit.
    package var meaning: String
}
