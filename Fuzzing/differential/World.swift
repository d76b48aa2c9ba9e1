import Cedar

/// A schema with entities and questions that conform to it.
struct World {
    let types = ["User", "Group", "N::Doc", "N::M::Folder"]
    let actions = ["read", "write", "all"]
    let attributes: [String: [SketchType.Field]]
    let tags: [String: SketchType]
    let context: [SketchType.Field]

    /// Which types an entity's parents may have; the order of types keeps it free of cycles.
    private func parentTypes(_ type: String) -> [String] {
        guard let place = self.types.firstIndex(of: type) else { return [] }
        return Array(self.types[(place + 1)...])
    }

    init(_ dice: inout Dice) {
        var attributes: [String: [SketchType.Field]] = [:]
        var tags: [String: SketchType] = [:]
        for type in self.types {
            attributes[type] = SketchType.fields(&dice, types: self.types, depth: 2)
            if dice.once(in: 2) { tags[type] = .random(&dice, types: self.types, depth: 1) }
        }
        self.attributes = attributes
        self.tags = tags
        self.context = SketchType.fields(&dice, types: self.types, depth: 2)
    }

    /// The schema as Cedar text.
    var schema: String {
        var namespaces: [String: [String]] = [:]
        for type in self.types {
            let parts = type.split(separator: ":", omittingEmptySubsequences: true)
            let parents = self.parentTypes(type)
            var text = "entity \(parts.last ?? "")"
            if !parents.isEmpty { text += " in [\(parents.joined(separator: ", "))]" }
            text += " {\(SketchType.schemaText(self.attributes[type] ?? []))}"
            if let tag = self.tags[type] { text += " tags \(tag.schemaText)" }
            namespaces[parts.dropLast().joined(separator: "::"), default: []].append(text + ";")
        }
        var lines = namespaces[""] ?? []
        for (name, declarations) in namespaces.sorted(by: { $0.key < $1.key }) where !name.isEmpty {
            lines.append("namespace \(name) { \(declarations.joined(separator: " ")) }")
        }
        let list = self.types.joined(separator: ", ")
        lines.append("action \"all\";")
        lines.append(
            "action read, write in [\"all\"] appliesTo { principal: [\(list)], resource: [\(list)], context: {\(SketchType.schemaText(self.context))} };"
        )
        return lines.joined(separator: "\n")
    }

    /// Entities, four of each type at most.
    func entities(_ dice: inout Dice) -> [Entity] {
        var entities: [Entity] = []
        for type in self.types {
            for id in ["0", "1", "2", "é"] where !dice.once(in: 5) {
                guard let name = Name(type) else { continue }
                var tags = RecordValue()
                if let kind = self.tags[type] {
                    for tag in ["t", "u", "é"] where dice.roll(2) == 0 { tags[tag] = Value.random(kind, &dice) }
                }
                let parentTypes = self.parentTypes(type)
                let parents =
                    parentTypes.isEmpty
                    ? [] : (0..<dice.roll(3)).map { _ in EntityUID.random(dice.pick(parentTypes), &dice) }
                entities.append(
                    Entity(
                        uid: EntityUID(type: name, id: id),
                        attributes: .random(self.attributes[type] ?? [], &dice),
                        tags: tags,
                        parents: parents
                    )
                )
            }
        }
        return entities
    }

    /// A question that the schema allows.
    func request(_ dice: inout Dice) -> Request {
        Request(
            principal: .random(dice.pick(self.types), &dice),
            action: self.action(dice.pick(["read", "write"])),
            resource: .random(dice.pick(self.types), &dice),
            context: .random(self.context, &dice)
        )
    }

    /// The identity of an action.
    func action(_ id: String) -> EntityUID {
        guard let type = Name("Action") else { preconditionFailure("`Action` is a name") }
        return EntityUID(type: type, id: id)
    }
}
