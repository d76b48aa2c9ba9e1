import Catalog
import Cedar
import Directory
import SecurityLabels

/// Our nouns as Cedar's: the only place where people, things, labels and circumstances become entities and values.
///
/// What policies see is what the schema declares: an attribute that it does not mention is not made, one that it asks for and we have no
/// value of makes the projection fail, and a failed projection is a deny.
///
///     User::"uuid:…"       in its groups: { clearance, need, name, displayName, mail, and directory attributes }
///     Group::"engineers"   by common name, and the same group by distinguished name and by `uuid:` or `sid:`
///     Dataset::"forces"    in its project, every level at or below its own, and its categories: { level, rank, categories, … }
///     Dataset::"a+b"       a thing that several entries serve, in each of them too
struct EntityProjection: Sendable {
    private let schema: Schema
    private let scheme: Scheme
    private let catalog: Catalog

    /// Levels, categories, projects and actions: the same for every question.
    let statics: Entities

    private let levels: [EntityUID]
    private let categories: [Category: EntityUID]
    private let actions: [String: ProjectedAction]
    /// The names of all actions.
    var actionNames: Set<String> { Set(self.actions.keys) }

    // Types and attributes that the schema must declare.
    static let user = Self.type("User")
    static let group = Self.type("Group")
    static let level = Self.type("Level")
    static let category = Self.type("Category")
    static let project = Self.type("Project")
    static let dataset = Self.type("Dataset")
    static let model = Self.type("Model")
    static let service = Self.type("Service")

    /// The attributes of a resource that follow from its label.
    static let labelAttributes: Set<String> = ["level", "rank", "categories"]

    /// Prepares what is the same for every question.
    ///
    /// - Throws: ``ProjectionError`` when the schema does not take levels, categories or projects as they are made here.
    init(schema: Schema, scheme: Scheme, catalog: Catalog) throws(ProjectionError) {
        self.schema = schema
        self.scheme = scheme
        self.catalog = catalog
        self.levels = scheme.levels.map { EntityUID(type: Self.level, id: $0.name) }
        self.categories = Dictionary(
            uniqueKeysWithValues: scheme.categories.keys.map { ($0, EntityUID(type: Self.category, id: $0.name)) }
        )
        self.actions = Dictionary(
            schema.actions.values.map { ($0.uid.id, ProjectedAction($0)) },
            uniquingKeysWith: { $0.uid < $1.uid ? $0 : $1 }
        )
        let projects = catalog.entries.values.filter { $0.kind == .project }
        let made =
            (self.levels + self.categories.values.sorted()).map { Entity(uid: $0) }
            + projects.map { Entity(uid: EntityUID(type: Self.project, id: $0.id)) }
        do throws(EntitiesError) {
            self.statics = try Entities(made + schema.actionEntities)
        } catch {
            throw .schema([error.description])
        }
        try Self.check(made, schema)
    }

    /// Whether entities of a type stand for a part of a label.
    static func isPartOfLabel(_ type: EntityTypeName) -> Bool { type == Self.level || type == Self.category }

    /// The entity type of a kind of entry.
    static func type(of kind: CatalogEntry.Kind) -> EntityTypeName {
        switch kind {
        case .dataset: Self.dataset
        case .model: Self.model
        case .service: Self.service
        case .project: Self.project
        }
    }

    private static func type(_ name: StaticString) -> EntityTypeName {
        guard let type = EntityTypeName("\(name)") else { preconditionFailure("`\(name)` is an identifier") }
        return type
    }

    private static func check(_ entities: [Entity], _ schema: Schema) throws(ProjectionError) {
        let problems = entities.flatMap { schema.validate($0) }
        guard problems.isEmpty else { throw .schema(problems.map(\.description)) }
    }
}

// MARK: - Who

extension EntityProjection {
    /// A person with a clearance.
    ///
    /// - Throws: ``ProjectionError`` when what the directory says does not fit the schema.
    func principal(_ person: Person, clearance: SecurityLabel) throws(ProjectionError) -> Entity {
        var attributes: [(String, Value)] = []
        for attribute in self.schema.entityTypes[Self.user]?.attributes.attributes ?? [] {
            if let value = try self.value(of: attribute, person, clearance) {
                attributes.append((attribute.name, value))
            }
        }
        let entity = self.statics.resolved(
            Entity(
                uid: EntityUID(type: Self.user, id: person.id.value),
                attributes: RecordValue(attributes),
                parents: Set(person.groups.flatMap(self.groups))
            )
        )
        try Self.check([entity], self.schema)
        return entity
    }

    /// A group under every name that a policy may call it by.
    ///
    /// Directories do not tell case apart, Cedar does: so the names are there as spelled and in lower case.
    private func groups(_ group: Group) -> [EntityUID] {
        let names = [group.name, group.dn?.description].compactMap(\.self)
        return ([group.id.value] + names + names.map { $0.lowercased() }).map { EntityUID(type: Self.group, id: $0) }
    }

    private func value(
        of attribute: RecordType.Attribute,
        _ person: Person,
        _ clearance: SecurityLabel
    ) throws(ProjectionError) -> Value? {
        switch attribute.name {
        case "clearance": return .long(Int64(clearance.level.rank))
        case "need": return self.value(clearance.categories)
        case "name": return .string(person.name)
        case "displayName": return .string(person.displayName)
        case "mail": return person.mail.map(Value.string)
        default: break
        }
        // Everything else is an attribute of the directory, read as the schema declares it.
        let texts = person.attributes[attribute.name.lowercased()] ?? []
        if case .set(.string) = attribute.type { return .set(of: texts.map(Value.string)) }
        var value: Value?
        if texts.count == 1 {
            switch attribute.type {
            case .string: value = .string(texts[0])
            case .long: value = Int64(texts[0]).map(Value.long)
            // RFC 4517, section 3.3.3.
            case .bool: value = ["TRUE": Value.bool(true), "FALSE": .bool(false)][texts[0].uppercased()]
            default: value = nil
            }
        }
        // A value that is there but means nothing is no missing value: an optional attribute would hide it.
        guard value != nil || (texts.isEmpty && !attribute.isRequired) else {
            throw .attribute(attribute.name, expected: "one value of type `\(attribute.type)`")
        }
        return value
    }
}

// MARK: - What

extension EntityProjection {
    /// A labelled thing, as it is or as it would be under another label.
    ///
    /// - Throws: ``ProjectionError`` when the schema does not take it.
    func resource(_ resource: LabelledResource, labelled label: SecurityLabel) throws(ProjectionError) -> Entity {
        let type = Self.type(of: resource.kind)
        var parents = self.levels[...label.level.rank] + label.categories.compactMap { self.categories[$0] }
        parents += resource.projects.map { EntityUID(type: Self.project, id: $0) }
        if resource.entries.count > 1 {
            parents += resource.entries.compactMap { id in
                self.catalog.entries[id].map { EntityUID(type: Self.type(of: $0.kind), id: id) }
            }
        }
        let declared = self.schema.entityTypes[type]?.attributes
        var attributes: [(String, Value)] = [
            ("level", .entity(self.levels[label.level.rank])),
            ("rank", .long(Int64(label.level.rank))),
            ("categories", self.value(label.categories)),
            ("title", .string(resource.title)),
        ]
        switch resource.owner {
        case .group(let name): attributes.append(("owner", .entity(EntityUID(type: Self.group, id: name))))
        case .person(let name): attributes.append(("ownerName", .string(name)))
        case nil: break
        }
        let entity = self.statics.resolved(
            Entity(
                uid: EntityUID(type: type, id: resource.id),
                attributes: RecordValue(attributes.filter { declared?.attribute($0.0) != nil }),
                parents: parents
            )
        )
        try Self.check([entity], self.schema)
        return entity
    }

    private func value(_ categories: Set<Category>) -> Value {
        .set(of: categories.compactMap { self.categories[$0] }.sorted().map(Value.entity))
    }
}

// MARK: - The question

extension EntityProjection {
    /// The question in Cedar's terms; `nil` when the schema does not know the action.
    func request(
        _ action: String,
        by principal: Entity,
        on resource: Entity,
        reference: ResourceReference,
        clearance: SecurityLabel,
        in context: DecisionContext
    ) -> Request? {
        guard let action = self.actions[action] else { return nil }
        return Request(
            principal: principal.uid,
            action: action.uid,
            resource: resource.uid,
            context: self.context(context, of: action, reference, clearance)
        )
    }

    /// What the schema has against a request; empty when it may be decided.
    func problems(of request: Request) -> [String] { self.schema.validate(request).map(\.description) }

    private func context(
        _ context: DecisionContext,
        of action: ProjectedAction,
        _ reference: ResourceReference,
        _ clearance: SecurityLabel
    ) -> RecordValue {
        var record = action.template
        for (attribute, name) in action.attributes {
            switch attribute {
            case .service: record[name] = .string(reference.service)
            case .kind: record[name] = .string(reference.kind)
            case .peer:
                if let peer = context.peer { record[name] = IPAddressValue(peer).map { .extension(.ipaddr($0)) } }
            case .encrypted: record[name] = .bool(context.isEncrypted)
            case .authentication: record[name] = .string(context.authentication)
            case .time:
                let time = DatetimeValue(millisecondsSinceEpoch: context.milliseconds)
                record[name] = .extension(.datetime(time))
            case .purpose: if let purpose = context.purpose { record[name] = .string(purpose) }
            case .grant: if let grant = context.grant { record[name] = self.value(grant, clearance) }
            default: break
            }
        }
        return record
    }

    /// Reads a moment as policies write it; `nil` for anything else.
    static func milliseconds(of text: String) -> Int64? { DatetimeValue(text)?.millisecondsSinceEpoch }

    /// A grant covers what it says beside what the person is cleared for anyway, and floors only as far as the clearance does.
    private func value(_ grant: CoveringGrant, _ clearance: SecurityLabel) -> Value {
        let need = grant.label.categories.subtracting(self.scheme.floors).union(clearance.categories)
        return .record([
            ("id", .string(grant.id)), ("rank", .long(Int64(grant.label.level.rank))), ("need", self.value(need)),
        ])
    }
}
