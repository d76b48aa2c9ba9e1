package import SecurityLabels

/// What the catalog knows about a referenced thing: which entries it belongs to, and the label that follows.
///
/// Everything a decision needs to know of a resource. Two references that belong to the same entries are, for a decision,
/// one resource: they share this value but for ``reference``.
package struct LabelledResource: Hashable, Sendable {
    /// What was asked for.
    package var reference: ResourceReference

    /// The entries that serve it, in order of id; empty when the catalog does not know it.
    package var entries: [CatalogEntry.ID]

    /// What sort of thing it is: that of its first entry, a data set when it has none.
    package var kind: CatalogEntry.Kind

    /// The entries' titles, or the reference when there is none.
    package var title: String

    /// Who answers for it: the first owner found among the entries, most protected first, then their projects.
    package var owner: Owner?

    /// The projects it belongs to, in order of id.
    package var projects: [CatalogEntry.ID]

    /// Its label; `nil` when nobody labelled it and the scheme has no default.
    package var label: SecurityLabel?

    /// Where the label comes from.
    package var origin: LabelOrigin

    /// The circumstances of the label: those of the assignment with the highest level among the joined ones.
    package var assignment: LabelAssignment?

    /// The id under which decisions about it are made, counted and reviewed: its entries' ids joined by `+`, or the
    /// reference when there is none.
    package var id: String {
        self.entries.isEmpty ? self.reference.description : self.entries.joined(separator: "+")
    }

    /// Describes a resource.
    package init(
        reference: ResourceReference,
        entries: [CatalogEntry.ID] = [],
        kind: CatalogEntry.Kind = .dataset,
        title: String,
        owner: Owner? = nil,
        projects: [CatalogEntry.ID] = [],
        label: SecurityLabel? = nil,
        origin: LabelOrigin = .unlabelled,
        assignment: LabelAssignment? = nil
    ) {
        self.reference = reference
        self.entries = entries
        self.kind = kind
        self.title = title
        self.owner = owner
        self.projects = projects
        self.label = label
        self.origin = origin
        self.assignment = assignment
    }
}
