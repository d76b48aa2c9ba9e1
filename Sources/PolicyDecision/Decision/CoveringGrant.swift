package import SecurityLabels

/// A grant as far as a decision needs to know it: a time-limited exception that the owner approved for this person and this
/// resource.
///
/// No permit beats a forbid, so a grant is no permit: it enters the question, and the rules about labels hold `unless` it
/// covers the label. It never covers a floor.
package struct CoveringGrant: Hashable, Sendable {
    /// The grant's id, as records name it.
    package var id: String

    /// The label up to which it opens the resource.
    package var label: SecurityLabel

    /// Names a grant and what it covers.
    package init(id: String, label: SecurityLabel) {
        self.id = id
        self.label = label
    }
}
