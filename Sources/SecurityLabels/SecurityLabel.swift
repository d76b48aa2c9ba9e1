/// The sensitivity of a resource, or the clearance of a person.
///
/// A label is a classification level and a set of need-to-know categories. One type serves both sides, because the only
/// question asked of a pair of labels is whether one ``dominates(_:)`` the other.
///
///     let clearance = try scheme.label(marking: "confidential//customer-x,personal-data")
///     let report = try scheme.label(marking: "internal//customer-x")
///     clearance.dominates(report)  // true: level high enough, every category held
///
/// Labels are only partially ordered, so the type is deliberately not `Comparable`: neither of `internal//a` and
/// `internal//b` is the higher, and a `<` would hide that.
///
/// Source: D. E. Bell and L. J. LaPadula, MTR-2997 (1976), the dominance relation; D. E. Denning, "A lattice model of
/// secure information flow" (1976), join and meet.
public struct SecurityLabel: Hashable, Sendable {
    /// How much harm disclosure would do.
    public let level: ClassificationLevel

    /// The need-to-know categories; when empty, the level alone decides.
    public let categories: Set<Category>

    /// Puts a level and its categories together.
    public init(level: ClassificationLevel, categories: Set<Category> = []) {
        self.level = level
        self.categories = categories
    }

    /// Whether a subject cleared to this label may read a resource labelled `other`.
    ///
    /// True when this level is at least `other`'s and every category of `other` is held here.
    public func dominates(_ other: SecurityLabel) -> Bool {
        // INVARIANT: a partial order (reflexive, antisymmetric, transitive). The tests prove it exhaustively.
        self.level >= other.level && self.categories.isSuperset(of: other.categories)
    }

    /// The least label that dominates both: what things are together when each keeps its protection.
    public func joined(with other: SecurityLabel) -> SecurityLabel {
        SecurityLabel(level: max(self.level, other.level), categories: self.categories.union(other.categories))
    }

    /// The greatest label that both dominate: of a resource's label, what a clearance covers.
    public func met(with other: SecurityLabel) -> SecurityLabel {
        SecurityLabel(level: min(self.level, other.level), categories: self.categories.intersection(other.categories))
    }

    /// The label as it is marked on a document, categories in alphabetical order.
    ///
    /// ``Scheme/label(marking:)`` reads it back.
    public var marking: String {
        guard !self.categories.isEmpty else { return self.level.name }
        return self.level.name + "//" + self.categories.map(\.name).sorted().joined(separator: ",")
    }
}
