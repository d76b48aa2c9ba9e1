package import Catalog
import Cedar
package import Directory
package import SecurityLabels
import Synchronization

/// One revision of everything under `policies/`, checked as a whole and ready to decide.
///
/// Immutable: a changed file makes another one, and whoever decides is handed the new one whole. What is broken never becomes a value of
/// this type, so the last good revision stays where it is.
package final class PolicyInForce: Sendable {
    /// Which state of the files this is.
    package let revision: String
    /// Levels and categories.
    package let scheme: Scheme
    /// From people to clearances.
    package let clearances: ClearanceRules
    /// What there is.
    package let catalog: Catalog
    /// What is probably not meant, though allowed.
    package let warnings: [PolicyDiagnostic]
    /// The circumstances that any policy reads.
    package let contextRead: ContextAttributes

    /// The names of all actions that the schema knows.
    package var actions: Set<String> { self.projection.actionNames }

    let projection: EntityProjection
    let rules: RuleBook
    private let memory = Mutex(Memory())

    /// Takes files into force, or says everything that is wrong with them.
    ///
    /// - Parameters:
    ///   - revision: The name of this state, a hash of the files.
    ///   - scheme: The scheme.
    ///   - clearances: The clearance rules.
    ///   - entries: The catalog's entries.
    ///   - schema: The hand-written part of the Cedar schema; the rest is made from the scheme.
    ///   - policies: The `.cedar` files.
    ///   - tests: What must hold for these files to be taken into force.
    /// - Throws: ``PolicyDiagnostics`` with every error, and the warnings beside them.
    package init(
        revision: String,
        scheme: Scheme,
        clearances: ClearanceRules,
        entries: [CatalogEntry],
        schema: PolicyText,
        policies: [PolicyText],
        tests: [PolicyTest] = []
    ) throws(PolicyDiagnostics) {
        self.revision = revision
        self.scheme = scheme
        self.clearances = clearances
        // Everything that can be checked alone is, before anything that needs the rest: one look shows all errors.
        var wrong: [PolicyDiagnostic] = []
        var catalog: Catalog?
        do throws(PolicyDiagnostics) {
            catalog = try Catalog(entries: entries, scheme: scheme)
        } catch {
            wrong += error.all
        }
        let reader = PolicyReader(policies, scheme: scheme)
        wrong += reader.diagnostics
        var resolved: Schema?
        do throws(SyntaxErrors) {
            let made = try SchemaFragment(text: GeneratedSchema.text(for: scheme), name: GeneratedSchema.file)
            let written = try SchemaFragment(text: schema.text, name: schema.file)
            let both = try Schema([made, written])
            let agreement = SchemaAgreement(both, written: schema)
            wrong += agreement.diagnostics
            resolved = both
        } catch {
            wrong += error.diagnostics.map { PolicyDiagnostic(syntax: $0, in: schema.file) }
        }
        if let resolved {
            wrong += resolved.validate(reader.enforced).map { PolicyDiagnostic(validation: $0) }
            wrong += resolved.validate(reader.shadow).map { PolicyDiagnostic(validation: $0) }
        }
        if let catalog { wrong += DanglingNames.diagnostics(of: reader, catalog: catalog) }
        guard let catalog, let resolved, !wrong.contains(where: { $0.severity == .error }) else {
            throw PolicyDiagnostics(wrong)
        }
        self.catalog = catalog
        self.warnings = PolicyDiagnostics(wrong).all
        self.rules = RuleBook(reader)
        self.contextRead = self.rules.contextRead
        do throws(ProjectionError) {
            self.projection = try EntityProjection(schema: resolved, scheme: scheme, catalog: catalog)
        } catch {
            throw PolicyDiagnostics(wrong + [PolicyDiagnostic(at: .init(file: schema.file), error.description)])
        }
        let failed = tests.flatMap { self.run($0).diagnostics }
        guard failed.isEmpty else { throw PolicyDiagnostics(wrong + failed) }
    }

    /// A person as this revision sees them; make it once for each state of the person.
    package func principal(_ person: Person) -> PrincipalSnapshot {
        self.principal(person, outcome: self.clearances.clearance(of: person))
    }

    /// A person with a clearance that did not come from the rules: in tests and in what-if questions.
    func principal(_ person: Person, outcome: ClearanceOutcome) -> PrincipalSnapshot {
        var entity = Result<Entity, ProjectionError>.failure(.schema([]))
        if case .clearance(let label) = outcome {
            do throws(ProjectionError) {
                entity = .success(try self.projection.principal(person, clearance: label))
            } catch {
                entity = .failure(error)
            }
        }
        return PrincipalSnapshot(person: person, outcome: outcome, entity: entity)
    }
}

// MARK: - Resources

extension PolicyInForce {
    /// What was looked up before.
    ///
    /// Bounded: a client that asks for ever new names makes it begin again, not grow.
    private struct Memory {
        static let limit = 65_536
        /// The longest id and name worth remembering, in bytes: what is longer is asked for to fill memory.
        static let longest = 512
        var snapshots: [ResourceReference: (names: [String], snapshot: ResourceSnapshot)] = [:]
        var projected: [String: ResourceSnapshot.Projected] = [:]
    }

    /// A thing as this revision sees it.
    ///
    /// - Parameters:
    ///   - reference: The thing as a request names it.
    ///   - names: The names bound to it, from ``ResourceBindings``.
    /// - Returns: The thing with its label, remembered for the next question.
    package func resource(for reference: ResourceReference, bound names: [String] = []) -> ResourceSnapshot {
        if let known = self.memory.withLock({ $0.snapshots[reference] }), known.names == names { return known.snapshot }
        let snapshot = self.snapshot(of: self.catalog.resource(for: reference, bound: names))
        guard (reference.name?.utf8.count ?? 0) + (reference.id?.utf8.count ?? 0) <= Memory.longest else {
            return snapshot
        }
        self.memory.withLock { memory in
            if memory.snapshots.count >= Memory.limit { memory.snapshots.removeAll(keepingCapacity: true) }
            memory.snapshots[reference] = (names, snapshot)
        }
        return snapshot
    }

    /// A catalog entry as a resource, asked for by its own id; `nil` when there is none.
    package func resource(of entry: CatalogEntry.ID) -> ResourceSnapshot? {
        self.catalog.resource(of: entry).map(self.snapshot)
    }

    private func snapshot(of resource: LabelledResource) -> ResourceSnapshot {
        // The label is part of the key: what a thing was called before may have joined more to it.
        let key = "\(resource.id) \(resource.label?.marking ?? "") \(resource.origin.rawValue)"
        if let projected = self.memory.withLock({ $0.projected[key] }) {
            return ResourceSnapshot(labelled: resource, projected: projected)
        }
        let entity = resource.label.map { label in
            Result { () throws(ProjectionError) in try self.projection.resource(resource, labelled: label) }
        }
        let made = ResourceSnapshot.Projected(entity: entity)
        let projected = self.memory.withLock { memory in
            if memory.projected.count >= Memory.limit { memory.projected.removeAll(keepingCapacity: true) }
            // Another thread may have been faster; one identity for one thing.
            let first = memory.projected[key] ?? made
            memory.projected[key] = first
            return first
        }
        return ResourceSnapshot(labelled: resource, projected: projected)
    }
}
