/// What entities, actions and requests there are: a schema with all its names resolved.
///
/// Made from text or JSON, or from several fragments that refer to each other. Policies, entities and requests are
/// checked against it; the checks are cheap enough to be made before every decision.
///
///     let schema = try Schema(text: """
///         entity User;
///         entity Photo { owner: User };
///         action view appliesTo { principal: [User], resource: [Photo] };
///         """)
///     let problems = schema.validate(policies, mode: .strict)
///
/// Source: Cedar language 4.5, "Schema".
public final class Schema: Sendable {
    /// The entity types by name; those of actions are not among them.
    public let entityTypes: [EntityTypeName: EntityType]

    /// The actions by identity.
    public let actions: [EntityUID: Action]

    /// What is allowed, but probably not meant.
    public let warnings: [SyntaxDiagnostic]

    /// Every combination of principal type, action and resource type that a request can have.
    public let environments: [RequestEnvironment]

    /// For each environment a number that those share which differ only in their action.
    let environmentShapes: [Int]

    /// For each entity type the entity types of which its entities may be members, the type itself not included.
    let ancestorTypes: [EntityTypeName: Set<EntityTypeName>]

    /// For each type of actions the types of their groups, the type itself included.
    let actionGroupTypes: [EntityTypeName: Set<EntityTypeName>]

    init(
        entityTypes: [EntityTypeName: EntityType],
        actions: [EntityUID: Action],
        warnings: [SyntaxDiagnostic]
    ) {
        self.entityTypes = entityTypes
        self.actions = actions
        self.warnings = warnings
        let environments = actions.values.sorted { $0.uid < $1.uid }.flatMap(\.environments)
        self.environments = environments
        var shapes: [EnvironmentShape: Int] = [:]
        self.environmentShapes = environments.map { environment in
            let shape = EnvironmentShape(
                principal: environment.principal,
                resource: environment.resource,
                context: environment.context
            )
            let number = shapes[shape] ?? shapes.count
            shapes[shape] = number
            return number
        }
        var ancestors: [EntityTypeName: Set<EntityTypeName>] = [:]
        for type in entityTypes.values {
            for descendant in type.descendants { ancestors[descendant, default: []].insert(type.name) }
        }
        self.ancestorTypes = ancestors
        var groups: [EntityTypeName: Set<EntityTypeName>] = [:]
        for action in actions.values {
            groups[action.uid.type, default: []].insert(action.uid.type)
            for descendant in action.descendants { groups[descendant.type, default: []].insert(action.uid.type) }
        }
        self.actionGroupTypes = groups
    }

    /// Whether entities of `type` can be in an entity of `group`: both are the same, or the schema says so.
    func canBe(_ type: EntityTypeName, in group: EntityTypeName) -> Bool {
        type == group || self.ancestorTypes[type]?.contains(group) == true
            || self.actionGroupTypes[type]?.contains(group) == true
    }

    /// Whether there can be entities of `type`; whether a given action exists is another question.
    func knows(_ type: EntityTypeName) -> Bool {
        type.isActionType || self.entityTypes[type] != nil
    }
}

extension Schema {
    /// An entity type with its attributes resolved.
    public struct EntityType: Sendable {
        /// The full name.
        public let name: EntityTypeName
        /// The ids that there are; `nil` when any id will do.
        public let ids: [String]?
        /// The attributes.
        public let attributes: RecordType
        /// The type of every tag; `nil` when the entities have none.
        public let tags: CedarType?
        /// The entity types whose entities may be in one of this type, directly or not.
        public let descendants: Set<EntityTypeName>
        /// The same ids, where they are too many to be looked through.
        private let idSet: Set<ExactText>?

        init(
            name: EntityTypeName,
            ids: [String]?,
            attributes: RecordType,
            tags: CedarType?,
            descendants: Set<EntityTypeName>
        ) {
            self.name = name
            self.ids = ids
            self.attributes = attributes
            self.tags = tags
            self.descendants = descendants
            self.idSet = ids.flatMap { $0.count > 16 ? Set($0.map { ExactText($0) }) : nil }
        }

        /// Whether there is an entity with this id.
        public func allows(id: String) -> Bool {
            self.idSet?.contains(ExactText(id)) ?? self.ids?.contains { $0.isExactly(id) } ?? true
        }
    }

    /// An action with its context resolved.
    public struct Action: Sendable {
        /// The action.
        public let uid: EntityUID
        /// The types of who may act, each once.
        public let principalTypes: [EntityTypeName]
        /// The types of what may be acted on, each once.
        public let resourceTypes: [EntityTypeName]
        /// The type of the context.
        public let context: RecordType
        /// The actions in this one, directly or not.
        public let descendants: Set<EntityUID>
        /// The groups that this action is in, directly or not.
        public let ancestors: Set<EntityUID>

        /// The combinations of types that a request for this action can have.
        var environments: [RequestEnvironment] {
            self.principalTypes.flatMap { principal in
                self.resourceTypes.map { resource in
                    RequestEnvironment(
                        principal: principal,
                        action: self.uid,
                        resource: resource,
                        context: self.context
                    )
                }
            }
        }
    }
}

/// The types of a request's parts, the action left out.
private struct EnvironmentShape: Hashable {
    let principal: EntityTypeName
    let resource: EntityTypeName
    let context: RecordType
}

/// The types of a request's four parts.
public struct RequestEnvironment: Hashable, Sendable {
    /// The principal's type.
    public let principal: EntityTypeName
    /// The action, known exactly.
    public let action: EntityUID
    /// The resource's type.
    public let resource: EntityTypeName
    /// The context's type.
    public let context: RecordType
}

extension Name {
    /// Whether actions have this type: its last part is `Action`.
    var isActionType: Bool {
        self.text == "Action" || self.text.hasSuffix("::Action")
    }
}
