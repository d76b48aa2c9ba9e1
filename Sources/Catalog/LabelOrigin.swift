/// Where a resource has its label from.
///
/// A label somebody chose and a label that only fell to a resource are different evidence when labels are reviewed.
package enum LabelOrigin: String, Hashable, CaseIterable, Sendable {
    /// The entry's own label in the catalog.
    case catalog

    /// The label of the project, since the entry has none of its own.
    case inherited

    /// Several entries serve the resource, and their labels were joined.
    case joined

    /// Nobody labelled it; the scheme's default level applies.
    case `default`

    /// Nobody labelled it, and the scheme has no default: there is no label, and no access.
    case unlabelled
}
