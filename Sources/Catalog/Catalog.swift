package import SecurityLabels

/// Everything the company says it has, and how each thing is labelled: what a reference in a service's words is in the
/// company's words.
///
/// One immutable value per revision. References are found by their service and kind, then by id in a table and by the
/// longest literal start of the patterns, so that a look-up costs the same with ten entries and with ten thousand.
package final class Catalog: Sendable {
    /// The entries by id.
    package let entries: [CatalogEntry.ID: CatalogEntry]

    /// The scheme that the entries' labels belong to.
    package let scheme: Scheme

    private let places: [ServedKind: ServedIndex]
    private let labels: [CatalogEntry.ID: EffectiveLabel]

    /// Takes up entries.
    ///
    /// - Parameters:
    ///   - entries: Every entry of every file.
    ///   - scheme: The scheme that their labels were read with.
    /// - Throws: ``PolicyDiagnostics`` with every id used twice, project that does not exist, and thing served nowhere a
    ///   reference could find it.
    package init(entries: [CatalogEntry], scheme: Scheme) throws(PolicyDiagnostics) {
        var byID: [CatalogEntry.ID: CatalogEntry] = [:]
        var wrong: [PolicyDiagnostic] = []
        for entry in entries {
            if let first = byID[entry.id] {
                let message = "`\(entry.id)` is already the id of the \(first.kind.rawValue) at \(first.position)"
                wrong.append(PolicyDiagnostic(at: entry.position, message, remedy: "give one of them another id"))
            } else {
                byID[entry.id] = entry
            }
        }
        for entry in entries { wrong += Self.faults(of: entry, among: byID) }
        guard wrong.isEmpty else { throw PolicyDiagnostics(wrong) }

        self.entries = byID
        self.scheme = scheme
        self.labels = byID.mapValues { EffectiveLabel(of: $0, project: $0.project.flatMap { byID[$0] }) }
        var places: [ServedKind: ServedIndex] = [:]
        for entry in byID.values {
            for place in entry.served {
                places[ServedKind(service: place.service, kind: place.kind), default: ServedIndex()]
                    .add(entry.id, at: place.selector)
            }
            if entry.kind == .service, entry.served.isEmpty {
                // A service without a place of its own is the service of that name.
                places[ServedKind(service: entry.id, kind: "service"), default: ServedIndex()]
                    .add(entry.id, at: .name(NamePattern("*")))
            }
        }
        self.places = places
    }

    /// What a reference is, by everything the catalog says about it.
    ///
    /// - Parameters:
    ///   - reference: The thing as a request names it.
    ///   - names: The names it was known under before, from ``ResourceBindings``; a thing stays what it was under each.
    /// - Returns: The thing with the label that follows from the entries, or from the lack of any.
    package func resource(for reference: ResourceReference, bound names: [String] = []) -> LabelledResource {
        var found: Set<CatalogEntry.ID> = []
        if reference.kind == ResourceReference.entryKind, let id = reference.id, self.entries[id] != nil {
            found = [id]
        }
        if let index = self.places[ServedKind(service: reference.service, kind: reference.kind)] {
            if let id = reference.id { found.formUnion(index.entries(id: id)) }
            for name in names { found.formUnion(index.entries(name: name)) }
            if !names.contains(where: { reference.name.isExactly($0) }) {
                found.formUnion(index.entries(name: reference.name))
            }
        }
        var resource = self.resource(of: found.sorted(), reference: reference)
        if let first = names.first, case .level(let level) = self.scheme.unlabelled, let label = resource.label,
            resource.origin != .default, !self.isCovered(reference, name: first)
        {
            // It had the default label before it had a name that an entry covers: a rename must not take that away.
            resource.label = label.joined(with: SecurityLabel(level: level))
            resource.origin = .joined
        }
        return resource
    }

    /// What an entry is when asked for by its own id; `nil` when there is none.
    package func resource(of id: CatalogEntry.ID) -> LabelledResource? {
        guard let entry = self.entries[id] else { return nil }
        let reference = ResourceReference(service: "catalog", kind: entry.kind.rawValue, id: id)
        return self.resource(of: [id], reference: reference)
    }

    private func isCovered(_ reference: ResourceReference, name: String) -> Bool {
        guard let index = self.places[ServedKind(service: reference.service, kind: reference.kind)] else {
            return false
        }
        return !index.entries(name: name).isEmpty || !(reference.id.map(index.entries(id:)) ?? []).isEmpty
    }

    /// Joins the entries that were found.
    private func resource(of ids: [CatalogEntry.ID], reference: ResourceReference) -> LabelledResource {
        let members = ids.compactMap { id in self.entries[id].map { (entry: $0, label: self.labels[id]) } }
        guard let first = members.first else {
            return self.unlabelled(LabelledResource(reference: reference, title: reference.description))
        }
        // Whoever answers for the most protected part answers for the whole.
        let ranked = members.enumerated().sorted { a, b in
            let ranks = (a.element.label?.label?.level.rank ?? -1, b.element.label?.label?.level.rank ?? -1)
            return ranks.0 == ranks.1 ? a.offset < b.offset : ranks.0 > ranks.1
        }.map(\.element)
        let projects = Set(members.compactMap(\.entry.project)).sorted()
        let labels = members.compactMap { $0.label?.label }
        var resource = LabelledResource(
            reference: reference,
            entries: ids,
            kind: first.entry.kind,
            title: members.map(\.entry.title).joined(separator: " + "),
            owner: ranked.lazy.compactMap(\.entry.owner).first
                ?? ranked.lazy.compactMap { $0.entry.project.flatMap { self.entries[$0]?.owner } }.first,
            projects: projects,
            label: labels.dropFirst().reduce(labels.first) { $0?.joined(with: $1) }
        )
        guard labels.count == members.count else {
            // A part that nobody labelled is as closed as the scheme says, whatever the other parts are.
            return self.unlabelled(resource)
        }
        resource.origin = members.count > 1 ? .joined : (first.label?.isInherited == true ? .inherited : .catalog)
        resource.assignment = ranked.first?.label?.assignment
        return resource
    }

    private func unlabelled(_ resource: LabelledResource) -> LabelledResource {
        var resource = resource
        switch self.scheme.unlabelled {
        case .deny:
            resource.label = nil
            resource.origin = .unlabelled
        case .level(let level):
            let assumed = SecurityLabel(level: level)
            resource.origin = resource.label == nil ? .default : .joined
            resource.label = resource.label?.joined(with: assumed) ?? assumed
        }
        resource.assignment = nil
        return resource
    }

    private static func faults(
        of entry: CatalogEntry,
        among entries: [CatalogEntry.ID: CatalogEntry]
    ) -> [PolicyDiagnostic] {
        var wrong: [PolicyDiagnostic] = []
        if let project = entry.project, entries[project]?.kind != .project {
            let known = entries.values.filter { $0.kind == .project }.map(\.id).sorted().joined(separator: ", ")
            let message = "unknown project `\(project)` of `\(entry.id)`, expected one of: \(known)"
            wrong.append(PolicyDiagnostic(at: entry.position, message))
        }
        if entry.kind == .project {
            for place in entry.served {
                let message = "project `\(entry.id)` is served at a place, expected only its members to be"
                wrong.append(PolicyDiagnostic(at: place.position, message, remedy: "make it a data set of the project"))
            }
            if entry.project != nil {
                wrong.append(
                    PolicyDiagnostic(at: entry.position, "project `\(entry.id)` is in a project, expected none")
                )
            }
        }
        if entry.id.contains("+") || entry.id.isEmpty {
            // `+` joins the ids of entries that share a thing.
            wrong.append(
                PolicyDiagnostic(at: entry.position, "malformed id `\(entry.id)`, expected a text without `+`")
            )
        }
        return wrong
    }
}

/// A service and one of its kinds of things.
private struct ServedKind: Hashable {
    let service: String
    let kind: String
}
