/// One thing the company knows it has: a data set, a model, a service's own function, or a project that groups them.
package struct CatalogEntry: Hashable, Sendable {
    /// What sort of thing an entry is.
    package enum Kind: String, Hashable, CaseIterable, Sendable {
        /// Data.
        case dataset
        /// A trained model or an endpoint that serves one.
        case model
        /// A service, or a function of one that is no data set: its settings, its decision log.
        case service
        /// What groups the others, may own them, and lends its label to those that have none.
        case project
    }

    /// The id by which policies and people name the entry; unique in the catalog.
    package typealias ID = String

    /// The entry's id, for example `press4-forces`.
    package var id: ID

    /// What sort of thing it is.
    package var kind: Kind

    /// The name for people.
    package var title: String

    /// Who answers for it; `nil` when nobody does, or its project's owner.
    package var owner: Owner?

    /// The project it belongs to, by id.
    package var project: ID?

    /// Its own label; `nil` when it inherits its project's.
    package var label: LabelAssignment?

    /// Where it is served.
    package var served: [ServedAt]

    /// Where it is written.
    package var position: SourcePosition

    /// Describes an entry.
    package init(
        id: ID,
        kind: Kind,
        title: String,
        owner: Owner? = nil,
        project: ID? = nil,
        label: LabelAssignment? = nil,
        served: [ServedAt] = [],
        position: SourcePosition
    ) {
        self.id = id
        self.kind = kind
        self.title = title
        self.owner = owner
        self.project = project
        self.label = label
        self.served = served
        self.position = position
    }
}
