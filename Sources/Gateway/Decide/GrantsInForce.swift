package import Governance
import PolicyDecision
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
    /// A thing that several entries serve needs a grant for each of them: each owner speaks for their own part.
    func covering(_ person: String, _ entries: [String], scheme: Scheme, at now: Int64) -> CoveringGrant? {
        guard let held = self.byPerson[person] else { return nil }
        var covering: CoveringGrant?
        for entry in entries {
            var best: CoveringGrant?
            for grant in held where grant.resource == entry && now < grant.expires {
                // A label that the scheme does not know any more covers nothing.
                guard let label = try? scheme.label(marking: grant.label) else { continue }
                if best.map({ $0.label.level.rank < label.level.rank }) ?? true {
                    best = CoveringGrant(id: grant.id.description, label: label)
                }
            }
            guard let best else { return nil }
            covering =
                covering.map {
                    CoveringGrant(id: "\($0.id)+\(best.id)", label: $0.label.joined(with: best.label))
                } ?? best
        }
        return covering
    }
}
