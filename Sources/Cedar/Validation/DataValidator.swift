/// Checks entities and requests against a schema.
///
/// Runs before decisions, so what is right costs no allocation.
///
/// Source: Cedar language 4.5, "Entity and request validation".
struct DataValidator {
    let schema: Schema
    /// Made for the first mistake.
    private lazy var suggestions = Suggestions()
    private(set) var problems: [DataProblem] = []

    init(_ schema: Schema) {
        self.schema = schema
    }

    /// Checks everything about an entity.
    mutating func check(_ entity: Entity) {
        if entity.uid.type.isActionType { return self.checkAction(entity) }
        guard let type = self.schema.entityTypes[entity.uid.type] else {
            self.problems.append(self.undeclaredType(of: entity.uid))
            return
        }
        self.checkIdentity(entity.uid)
        self.check(entity.attributes, against: type.attributes, of: .entity(entity.uid), path: "")
        self.checkTags(of: entity, type)
        let allowed = self.schema.ancestorTypes[type.name]
        for ancestor in entity.ancestors {
            self.checkIdentity(ancestor)
            if allowed?.contains(ancestor.type) != true {
                self.problems.append(.disallowedParent(ancestor, of: entity.uid))
            }
        }
    }

    /// Checks everything about a request.
    mutating func check(_ request: Request) {
        for uid in [request.principal, request.resource] {
            if self.schema.entityTypes[uid.type] == nil {
                self.problems.append(self.undeclaredType(of: uid))
            } else {
                self.checkIdentity(uid)
            }
        }
        guard let action = self.schema.actions[request.action] else {
            self.problems.append(self.undeclaredAction(request.action))
            return
        }
        let (principal, resource) = (request.principal.type, request.resource.type)
        if !action.principalTypes.contains(principal) {
            self.problems.append(
                .disallowedPrincipal(principal, action: action.uid, allowed: action.principalTypes)
            )
        }
        if !action.resourceTypes.contains(resource) {
            self.problems.append(.disallowedResource(resource, action: action.uid, allowed: action.resourceTypes))
        }
        self.check(request.context, against: action.context, of: .context(of: action.uid), path: "")
    }

    private mutating func checkAction(_ entity: Entity) {
        guard let action = self.schema.actions[entity.uid] else {
            self.problems.append(self.undeclaredAction(entity.uid))
            return
        }
        var groups = entity.ancestors
        for group in entity.ancestors { groups.formUnion(self.schema.actions[group]?.ancestors ?? []) }
        if !entity.attributes.isEmpty || !entity.tags.isEmpty || groups != action.ancestors {
            self.problems.append(.actionDiffers(entity.uid))
        }
    }

    private mutating func checkTags(of entity: Entity, _ type: Schema.EntityType) {
        for (name, value) in entity.tags {
            guard let expected = type.tags else {
                self.problems.append(.undeclaredTag(name, of: entity.uid))
                continue
            }
            self.check(value, against: expected, of: .entity(entity.uid), path: name)
        }
    }

    /// Checks that an entity mentioned anywhere can exist.
    private mutating func checkIdentity(_ uid: EntityUID) {
        if uid.type.isActionType {
            if self.schema.actions[uid] == nil { self.problems.append(self.undeclaredAction(uid)) }
        } else if let type = self.schema.entityTypes[uid.type], !type.allows(id: uid.id) {
            let suggestion = self.suggestions.closest(to: uid.id, among: .ids(of: uid.type), type.ids ?? [])
            self.problems.append(.undeclaredID(uid, suggestion: suggestion))
        }
    }

    // MARK: - Values

    private mutating func check(
        _ record: RecordValue,
        against type: RecordType,
        of subject: DataProblem.Subject,
        path: String
    ) {
        for attribute in type.attributes where attribute.isRequired && !record.has(attribute.name) {
            self.problems.append(.missingAttribute(Self.path(path, attribute.name), of: subject))
        }
        for (name, value) in record {
            guard let attribute = type.attribute(name) else {
                let suggestion = self.suggestions.closest(
                    to: name,
                    among: .attributes(of: .record(type)),
                    type.attributes.map(\.name)
                )
                self.problems.append(
                    .undeclaredAttribute(Self.path(path, name), of: subject, suggestion: suggestion)
                )
                continue
            }
            self.check(value, against: attribute.type, of: subject, path: path, name)
        }
    }

    /// Checks a value at `path`, or at `name` below it, which is joined only for a message.
    private mutating func check(
        _ value: Value,
        against type: CedarType,
        of subject: DataProblem.Subject,
        path: String,
        _ name: String? = nil
    ) {
        switch (value, type) {
        case (.bool, .bool), (.long, .long), (.string, .string):
            return
        case (.extension(let value), .extension(let type)) where value.type == type:
            return
        case (.entity(let uid), .entity(.oneOf(let types))) where types.contains(uid.type):
            self.checkIdentity(uid)
        case (.set(let elements), .set(let type?)):
            for element in elements { self.check(element, against: type, of: subject, path: path, name) }
        case (.record(let record), .record(let type)):
            self.check(record, against: type, of: subject, path: name.map { Self.path(path, $0) } ?? path)
        default:
            let path = name.map { Self.path(path, $0) } ?? path
            self.problems.append(.wrongType(path: path, of: subject, expected: type, found: value.kind))
        }
    }

    private static func path(_ path: String, _ name: String) -> String {
        path.isEmpty ? name : "\(path).\(name)"
    }

    private mutating func undeclaredType(of uid: EntityUID) -> DataProblem {
        let suggestion = self.suggestions.closest(
            to: uid.type.text,
            among: .entityTypes,
            self.schema.entityTypes.keys.map(\.text)
        )
        return .undeclaredType(uid, suggestion: suggestion)
    }

    private mutating func undeclaredAction(_ uid: EntityUID) -> DataProblem {
        let suggestion = self.suggestions.closest(
            to: uid.description,
            among: .actions,
            self.schema.actions.keys.map(\.description)
        )
        return .undeclaredAction(uid, suggestion: suggestion)
    }
}

extension Schema {
    /// Checks an entity against this schema: attributes, tags, what it is in, and every entity that it mentions.
    ///
    /// - Parameter entity: The entity; its ancestors count too, so check it after it has been added to ``Entities``.
    /// - Returns: Everything that is wrong; empty when nothing is.
    public func validate(_ entity: Entity) -> [DataProblem] {
        var validator = DataValidator(self)
        validator.check(entity)
        return validator.problems
    }

    /// Checks a request against this schema: its parts, whether they fit each other, and the context.
    ///
    /// - Parameter request: The request.
    /// - Returns: Everything that is wrong; empty when nothing is.
    public func validate(_ request: Request) -> [DataProblem] {
        var validator = DataValidator(self)
        validator.check(request)
        return validator.problems
    }

    /// Checks entities against this schema.
    ///
    /// - Parameter entities: The entities.
    /// - Returns: Everything that is wrong; empty when nothing is.
    public func validate(_ entities: Entities) -> [DataProblem] {
        var validator = DataValidator(self)
        for entity in entities { validator.check(entity) }
        return validator.problems
    }

    /// The declared actions as entities, each with its groups, for stores that requests are decided with.
    public var actionEntities: [Entity] {
        self.actions.values.map { Entity(uid: $0.uid, parents: $0.ancestors) }
    }
}
