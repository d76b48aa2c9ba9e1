import Catalog
import Console
import Governance
import PolicyDecision
import SecurityLabels

/// How much a revision changes, and so how many people it takes.
///
/// Two for the scheme, the clearances, the schema and the rules, for whatever touches an entry under a floor, and for the entries of the
/// console, which say who publishes and who grants. One for the rest of the catalogue and for tests: their changes are bounded by rules that
/// two people approved.
enum PolicyChange {
    /// The people that putting `bundle` in place of `base` takes.
    static func peopleNeeded(_ bundle: PolicyBundle, _ base: PolicyBundle) -> Int {
        let changed = bundle.changed(since: base)
        guard changed.allSatisfy({ $0.hasPrefix("catalog/") || $0.hasPrefix("tests/") }) else { return 2 }
        // What cannot be read cannot be judged.
        guard case .success(let before) = PolicyRevision.read(base),
            case .success(let after) = PolicyRevision.read(bundle)
        else { return 2 }
        return self.touchesKept(before.catalog, after.catalog) ? 2 : 1
    }

    /// What one person may not change about an entry.
    private struct Essence: Equatable {
        let kind: CatalogEntry.Kind
        let label: SecurityLabel?
        let owner: Owner?
        let project: CatalogEntry.ID?
        let places: Set<ServedAt>

        init?(_ id: CatalogEntry.ID, in catalog: Catalog) {
            guard let entry = catalog.entries[id], let resource = catalog.resource(of: id) else { return nil }
            self.kind = entry.kind
            self.label = resource.label
            // The project's, where the entry names none.
            self.owner = resource.owner
            self.project = entry.project
            var places = Set(entry.served.map(\.place))
            if entry.kind == .service, places.isEmpty {
                places = [ServedAt(service: id, key: "service", value: "*", position: SourcePosition(file: ""))]
            }
            self.places = places
        }

        var isOfConsole: Bool { self.places.contains { $0.service == Console.service } }

        func isUnder(_ floors: Set<SecurityLabels.Category>) -> Bool {
            !(self.label?.categories.isDisjoint(with: floors) ?? true)
        }
    }

    private static func touchesKept(_ before: Catalog, _ after: Catalog) -> Bool {
        let floors = before.scheme.floors
        var kept: Set<CatalogEntry.ID> = []
        var places: Set<ServedAt> = []
        for id in before.entries.keys {
            guard let found = Essence(id, in: before), found.isOfConsole || found.isUnder(floors) else { continue }
            kept.insert(id)
            places.formUnion(found.places)
            guard let now = Essence(id, in: after) else { return true }
            // Under a floor, where a thing is served counts as much as its label.
            guard now.kind == found.kind, now.places == found.places, now.owner == found.owner,
                now.project == found.project
            else { return true }
            let isLowered = !(found.label.map { now.label?.dominates($0) ?? false } ?? (now.label == nil))
            if found.isOfConsole ? now.label != found.label : isLowered { return true }
        }
        // A thing that two entries serve is in both projects, and whose part is the higher one owns it.
        return Set(before.entries.keys).union(after.entries.keys).subtracting(kept).contains { id in
            let (found, now) = (Essence(id, in: before), Essence(id, in: after))
            guard found != now else { return false }
            if now?.isOfConsole == true { return true }
            let touched = (found?.places ?? []).union(now?.places ?? [])
            return touched.contains { one in places.contains { $0.mayShare(with: one) } }
        }
    }
}

extension ServedAt {
    /// The place without where it is written.
    fileprivate var place: ServedAt {
        ServedAt(service: self.service, kind: self.kind, selector: self.selector, position: SourcePosition(file: ""))
    }

    /// Whether one thing may be at both places; whether an id and a name are of one thing, only the service knows.
    fileprivate func mayShare(with other: ServedAt) -> Bool {
        guard self.service == other.service, self.kind == other.kind else { return false }
        switch (self.selector, other.selector) {
        case (.id(let one), .id(let other)): return one == other
        case (.name(let one), .name(let other)): return one.mayOverlap(other)
        case (.id, .name), (.name, .id): return true
        }
    }
}
