extension SchemaFragment {
    /// The schema in its JSON form.
    ///
    /// Names stand there as they were written; a name that may be a common type or an entity type is of type
    /// `EntityOrCommon`.
    public var json: JSON {
        .object(self.namespaces.map { ($0.name?.name.text ?? "", $0.json) })
    }
}

extension NamespaceDeclaration {
    fileprivate var json: JSON {
        var members: [(String, JSON)] = []
        if !self.commonTypes.isEmpty {
            members.append(
                (
                    "commonTypes",
                    .object(self.commonTypes.map { ($0.name.name.text, $0.type.json(and: $0.annotations)) })
                )
            )
        }
        members.append(("entityTypes", .object(self.entityTypes.map { ($0.name.name.text, $0.json) })))
        members.append(("actions", .object(self.actions.map { ($0.id, $0.json) })))
        members += self.annotations.members
        return .object(members)
    }
}

extension EntityTypeDeclaration {
    fileprivate var json: JSON {
        var members: [(String, JSON)] = []
        switch self.kind {
        case .enumerated(let ids):
            members.append(("enum", .array(ids.map { .string($0) })))
        case .standard(let parents, let shape, let tags):
            if !parents.isEmpty { members.append(("memberOfTypes", .array(parents.map(\.json)))) }
            if !shape.isEmptyRecord { members.append(("shape", shape.json())) }
            if let tags { members.append(("tags", tags.json())) }
        }
        return .object(members + self.annotations.members)
    }
}

extension ActionDeclaration {
    fileprivate var json: JSON {
        var members: [(String, JSON)] = []
        if let scope {
            var applies: [(String, JSON)] = [
                ("resourceTypes", .array(scope.resources.map(\.json))),
                ("principalTypes", .array(scope.principals.map(\.json))),
            ]
            if !scope.context.isEmptyRecord { applies.append(("context", scope.context.json())) }
            members.append(("appliesTo", .object(applies)))
        }
        if let parents {
            let groups = parents.map { parent in
                JSON.object([("id", .string(parent.id))] + (parent.type.map { [("type", $0.json)] } ?? []))
            }
            members.append(("memberOf", .array(groups)))
        }
        return .object(members + self.annotations.members)
    }
}

extension SchemaType {
    /// The type's JSON form.
    ///
    /// - Parameters:
    ///   - annotations: Annotations of what has this type.
    ///   - isRequired: `false` for an optional attribute.
    /// - Returns: An object.
    fileprivate func json(and annotations: SchemaAnnotations = [:], isRequired: Bool = true) -> JSON {
        var members: [(String, JSON)]
        switch self {
        case .boolean: members = [("type", .string("Boolean"))]
        case .long: members = [("type", .string("Long"))]
        case .string: members = [("type", .string("String"))]
        case .set(let element): members = [("type", .string("Set")), ("element", element.json())]
        case .record(let attributes):
            let fields = attributes.map { attribute in
                (
                    attribute.name,
                    attribute.type.json(and: attribute.annotations, isRequired: attribute.isRequired)
                )
            }
            members = [("type", .string("Record")), ("attributes", .object(fields))]
        case .entity(let name): members = [("type", .string("Entity")), ("name", name.json)]
        case .extension(let name): members = [("type", .string("Extension")), ("name", name.json)]
        case .entityOrCommon(let name): members = [("type", .string("EntityOrCommon")), ("name", name.json)]
        case .common(let name): members = [("type", name.json)]
        }
        if !isRequired { members.append(("required", .bool(false))) }
        return .object(members + annotations.members)
    }
}

extension NameReference {
    fileprivate var json: JSON { .string(self.name.text) }
}

extension SchemaAnnotations {
    /// The member that holds annotations; none when there are none.
    fileprivate var members: [(String, JSON)] {
        guard !self.isEmpty else { return [] }
        return [("annotations", .object(self.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))]
    }
}
