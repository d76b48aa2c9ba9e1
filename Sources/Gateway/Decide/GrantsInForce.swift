package import Catalog
package import Governance
package import PolicyDecision
import SecurityLabels

/// The grants that count at every event loop: one immutable state, swapped whole.
///
/// Found by person first, so that whoever has none costs one look into a table, and nothing is allocated.
package final class GrantsInForce: Sendable {
    /// Whether grants are stopped, because what other gateways have taken back may be unknown here.
    package let areStopped: Bool
    private let byPerson: [String: [Grant]]

    /// None at all.
    package static let none = GrantsInForce([], areStopped: false)

    /// Takes grants; those that have ended count for nothing, whenever that happens.
    package init(_ grants: [Grant], areStopped: Bool) {
        self.byPerson = Dictionary(grouping: grants) { $0.person.id }
        self.areStopped = areStopped
    }

    /// Whether there is nothing to look up.
    var isEmpty: Bool { self.byPerson.isEmpty }

    /// When the first of the grants ends that have not ended yet, in seconds since 1970; `nil` when none will.
    func nextEnd(after now: Int64) -> Int64? {
        self.byPerson.values.joined().lazy.map(\.expires).filter { $0 > now }.min()
    }

    /// The grant that covers a thing for a person at a moment, whether or not grants are stopped; `nil` when none does.
    ///
    /// A thing that several entries serve needs a grant for each of them: each owner speaks for their own part, and what one of them kept back
    /// of their entry's label no other's grant opens.
    package func covering(_ person: String, _ entries: [String], in catalog: Catalog, at now: Int64) -> CoveringGrant? {
        guard let held = self.byPerson[person] else { return nil }
        var covering: CoveringGrant?
        var ceiling: ClassificationLevel?
        var keptBack: Set<SecurityLabels.Category> = []
        for entry in entries {
            var best: CoveringGrant?
            for grant in held where grant.resource == entry && now < grant.expires {
                // A label that the scheme does not know any more covers nothing.
                guard let label = try? catalog.scheme.label(marking: grant.label) else { continue }
                if best.map({ $0.label.level.rank < label.level.rank }) ?? true {
                    best = CoveringGrant(id: grant.id.description, label: label)
                }
            }
            guard let best else { return nil }
            guard entries.count > 1 else { return best }
            guard let own = catalog.resource(of: entry)?.label else { return nil }
            if best.label.level < own.level { ceiling = min(ceiling ?? best.label.level, best.label.level) }
            keptBack.formUnion(own.categories.subtracting(best.label.categories))
            covering =
                covering.map {
                    CoveringGrant(id: "\($0.id)+\(best.id)", label: $0.label.joined(with: best.label))
                } ?? best
        }
        guard let joined = covering?.label else { return nil }
        covering?.label = SecurityLabel(
            level: min(joined.level, ceiling ?? joined.level),
            categories: joined.categories.subtracting(keptBack)
        )
        return covering
    }
}
