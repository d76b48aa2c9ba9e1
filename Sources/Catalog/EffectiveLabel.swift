import SecurityLabels

/// The label that holds for an entry: its own, or else its project's.
struct EffectiveLabel: Sendable {
    /// The assignment, by whoever it was made.
    let assignment: LabelAssignment?

    /// Whether it is the project's.
    let isInherited: Bool

    /// Finds the label of an entry.
    init(of entry: CatalogEntry, project: CatalogEntry?) {
        self.assignment = entry.label ?? project?.label
        self.isInherited = entry.label == nil && project?.label != nil
    }

    /// The label; `nil` when neither the entry nor its project has one.
    var label: SecurityLabel? { self.assignment?.label }
}
