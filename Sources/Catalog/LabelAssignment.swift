package import SecurityLabels

/// A label as somebody gave it to something: which, why, who, when, and until when it stands unreviewed.
package struct LabelAssignment: Hashable, Sendable {
    /// The label given.
    package var label: SecurityLabel

    /// Why, in the words of who gave it; `nil` when no reason was written.
    package var reason: String?

    /// Who gave it.
    package var by: String?

    /// The day it was given.
    package var at: CalendarDate?

    /// The day from which it is due for review; `nil` when the scheme's `review-every` decides.
    package var reviewBy: CalendarDate?

    /// Records a label with its circumstances.
    package init(
        label: SecurityLabel,
        reason: String? = nil,
        by: String? = nil,
        at: CalendarDate? = nil,
        reviewBy: CalendarDate? = nil
    ) {
        self.label = label
        self.reason = reason
        self.by = by
        self.at = at
        self.reviewBy = reviewBy
    }

    /// The day the label is due for review: its own date, or `days` after it was given; `nil` when neither is known.
    package func due(reviewEvery days: Int?) -> CalendarDate? {
        if let reviewBy { return reviewBy }
        guard let at, let days else { return nil }
        return at.advanced(by: days)
    }
}
