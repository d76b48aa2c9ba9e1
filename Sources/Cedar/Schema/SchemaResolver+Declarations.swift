extension SchemaResolver {
    /// Resolves every entity type, and which may be in which.
    mutating func resolveEntityTypes() {
        var children: [Name: Set<Name>] = [:]
        var bodies: [(name: Name, ids: [String]?, attributes: RecordType, tags: CedarType?)] = []
        for (place, namespace) in self.namespaces {
            for declaration in namespace.entityTypes {
                let name = place.qualified(declaration.name.name)
                switch declaration.kind {
                case .enumerated(let ids):
                    bodies.append((name, ids, .empty, nil))
                case .standard(let parents, let shape, let tags):
                    for parent in parents {
                        guard let parent = self.resolveEntityType(parent, in: place) else { continue }
                        children[parent, default: []].insert(name)
                    }
                    let attributes = self.resolveRecord(shape, of: "entity type `\(name)`", in: place, declaration.name)
                    let tags = tags.flatMap { self.resolve($0, in: place, at: declaration.name.span)?.type }
                    bodies.append((name, nil, attributes ?? .empty, tags))
                }
            }
        }
        let descendants = self.closure(of: children, "entity types")
        for body in bodies {
            self.resolved.entityTypes[body.name] = Schema.EntityType(
                name: body.name,
                ids: body.ids,
                attributes: body.attributes,
                tags: body.tags,
                descendants: descendants[body.name] ?? []
            )
        }
    }

    /// Resolves every action, and which is in which.
    mutating func resolveActions() {
        var children: [EntityUID: Set<EntityUID>] = [:]
        var bodies: [(uid: EntityUID, scope: ResolvedScope, place: Place, span: SourceSpan)] = []
        for (place, namespace) in self.namespaces {
            for declaration in namespace.actions {
                let uid = EntityUID(type: place.qualified(Name(unchecked: "Action")), id: declaration.id)
                for parent in declaration.parents ?? [] {
                    guard let group = self.resolve(parent, in: place) else { continue }
                    children[group, default: []].insert(uid)
                }
                bodies.append((uid, self.resolveScope(declaration, uid: uid, in: place), place, declaration.span))
            }
        }
        let descendants = self.closure(of: children, "actions")
        var environments = 0
        var ancestors: [EntityUID: Set<EntityUID>] = [:]
        for (group, members) in descendants {
            for member in members { ancestors[member, default: []].insert(group) }
        }
        for body in bodies {
            environments += body.scope.principals.count * body.scope.resources.count
            guard environments <= Self.maximumEnvironments else {
                self.report(
                    body.place,
                    body.span,
                    "more than \(Self.maximumEnvironments) combinations of principal type, action and resource type"
                )
                return
            }
            if descendants[body.uid]?.contains(body.uid) == true {
                self.report(body.place, body.span, "action `\(body.uid)` is in itself, directly or by way of others")
            }
            self.resolved.actions[body.uid] = Schema.Action(
                uid: body.uid,
                principalTypes: body.scope.principals,
                resourceTypes: body.scope.resources,
                context: body.scope.context,
                descendants: descendants[body.uid] ?? [],
                ancestors: ancestors[body.uid] ?? []
            )
        }
    }

    /// How many combinations of types a request can have: each policy is checked for all that its scope allows.
    private static let maximumEnvironments = 1_000_000

    /// Everything below each element; nothing, with a report, if that is too much to hold.
    private mutating func closure<Element>(of steps: [Element: Set<Element>], _ what: String) -> [Element: Set<Element>]
    {
        if let closure = Closure.transitive(steps) { return closure }
        let place = self.namespaces.first?.place ?? Place(source: SourceText(""), namespace: nil)
        self.report(place, .none, "\(what) are in each other more than \(Closure.maximumPairs) times")
        return [:]
    }

    private struct ResolvedScope {
        var principals: [EntityTypeName] = []
        var resources: [EntityTypeName] = []
        var context = RecordType.empty
    }

    private mutating func resolveScope(
        _ declaration: ActionDeclaration,
        uid: EntityUID,
        in place: Place
    ) -> ResolvedScope {
        guard let scope = declaration.scope else { return ResolvedScope() }
        let name = NameReference(uid.type, at: declaration.span)
        return ResolvedScope(
            principals: self.resolveEntityTypes(scope.principals, in: place),
            resources: self.resolveEntityTypes(scope.resources, in: place),
            context: self.resolveRecord(scope.context, of: "context of action `\(uid)`", in: place, name) ?? .empty
        )
    }

    private mutating func resolveEntityTypes(_ references: [NameReference], in place: Place) -> [EntityTypeName] {
        var types: [EntityTypeName] = []
        var seen: Set<EntityTypeName> = []
        for reference in references {
            guard let type = self.resolveEntityType(reference, in: place), seen.insert(type).inserted else { continue }
            types.append(type)
        }
        return types
    }

    /// An entity type that is declared, which those of actions never are.
    private mutating func resolveEntityType(_ reference: NameReference, in place: Place) -> EntityTypeName? {
        guard let name = self.resolve(reference, in: place, as: .entityType) else { return nil }
        guard !name.isActionType else {
            self.report(place, reference.span, "`\(name)` is a type of actions, expected a declared entity type")
            return nil
        }
        return name
    }

    private mutating func resolve(_ parent: ActionDeclaration.Parent, in place: Place) -> EntityUID? {
        if let group = self.definitions.resolve(parent, in: place.namespace) { return group }
        let written = (parent.type?.name.text ?? "Action") + "::" + Escapes.quoted(parent.id)
        let suggestion = self.suggestions.closest(
            to: parent.id,
            among: .actions,
            self.definitions.actions.map(\.id)
        )
        self.report(
            place,
            parent.span,
            "action `\(written)` has not been declared",
            help: suggestion.map { "did you mean `\($0)`?" }
        )
        return nil
    }

    private mutating func resolveRecord(
        _ type: SchemaType,
        of owner: String,
        in place: Place,
        _ name: NameReference
    ) -> RecordType? {
        guard let resolved = self.resolve(type, in: place, at: name.span) else { return nil }
        guard case .record(let record) = resolved.type else {
            self.report(place, name.span, "\(owner) is declared as \(resolved.type), expected a record")
            return nil
        }
        return record
    }
}

/// Walks relations.
enum Closure {
    /// How many pairs a closure may have: it grows with the square of a chain.
    static let maximumPairs = 1_000_000
    /// How many steps may be taken for it: where everything leads everywhere, many more than there are pairs.
    static let maximumSteps = 10_000_000

    /// Everything that can be reached from each element in one or more steps; `nil` beyond the limits.
    static func transitive<Element: Hashable>(_ steps: [Element: Set<Element>]) -> [Element: Set<Element>]? {
        var pairs = 0
        var taken = 0
        var reached: [Element: Set<Element>] = [:]
        for start in steps.keys {
            var seen: Set<Element> = []
            var waiting = Array(steps[start] ?? [])
            while let next = waiting.popLast() {
                guard seen.insert(next).inserted else { continue }
                pairs += 1
                let further = steps[next] ?? []
                taken += further.count
                guard pairs <= Self.maximumPairs, taken <= Self.maximumSteps else { return nil }
                waiting += further
            }
            reached[start] = seen
        }
        return reached
    }
}
