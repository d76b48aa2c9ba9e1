import Catalog
import Governance
import PolicyDecision
import SecurityLabels

/// How much a revision changes, and so how many people it takes.
///
/// Two for the scheme, the clearances, the schema and the rules, and for whatever touches an entry under a floor. One for the rest of
/// the catalogue and for tests: their changes are bounded by rules that two people approved.
enum PolicyChange {
    /// The people that putting `bundle` in place of `base` takes.
    static func peopleNeeded(_ bundle: PolicyBundle, _ base: PolicyBundle) -> Int {
        let changed = bundle.changed(since: base)
        guard changed.allSatisfy({ $0.hasPrefix("catalog/") || $0.hasPrefix("tests/") }) else { return 2 }
        // What cannot be read cannot be judged.
        guard case .success(let before) = PolicyRevision.read(base),
            case .success(let after) = PolicyRevision.read(bundle)
        else { return 2 }
        return self.touchesFloors(before.catalog, after.catalog) ? 2 : 1
    }

    private static func touchesFloors(_ before: Catalog, _ after: Catalog) -> Bool {
        let floors = before.scheme.floors
        return before.entries.contains { id, entry in
            guard let label = before.resource(of: id)?.label, !label.categories.isDisjoint(with: floors) else {
                return false
            }
            // Under a floor, where a thing is served counts as much as its label.
            guard let now = after.entries[id], let lowered = after.resource(of: id)?.label else { return true }
            return !lowered.dominates(label) || Set(now.served.map(\.place)) != Set(entry.served.map(\.place))
                || now.owner != entry.owner || now.project != entry.project
        }
    }
}

extension ServedAt {
    /// The place without where it is written.
    fileprivate var place: ServedAt {
        ServedAt(service: self.service, kind: self.kind, selector: self.selector, position: SourcePosition(file: ""))
    }
}
