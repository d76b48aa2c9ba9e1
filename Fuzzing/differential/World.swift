import Cedar

/// A schema with entities and questions that conform to it.
struct World {
    let types = ["User", "Group", "N::Doc", "N::M::Folder", "N::Color"]
    /// Those of ``types`` of which there are only some, with the ids that there are.
    static let enumerated = ["N::Color": ["0", "1", "é", "e\u{301}"]]
    static let actions: [EntityUID] = [
        ("Action", "read"), ("Action", "write"), ("Action", "all"), ("N::Action", "if"), ("N::Action", "all é"),
    ].compactMap { type, id in Name(type).map { EntityUID(type: $0, id: id) } }
    /// The actions that are asked for, the others being groups.
    static let askable = [Self.actions[0], Self.actions[1], Self.actions[3]]
    let attributes: [String: [SketchType.Field]]
    let tags: [String: SketchType]
    let context: [SketchType.Field]
    /// Names given to the types of attributes, so that the schema has common types.
    let named: [SketchType: String]

    /// Which types an entity's parents may have; the order of types keeps it free of cycles.
    private func parentTypes(_ type: String) -> [String] {
        guard let place = self.types.firstIndex(of: type) else { return [] }
        return World.enumerated[type] == nil ? Array(self.types[(place + 1)...]) : []
    }

    init(_ dice: inout Dice) {
        var attributes: [String: [SketchType.Field]] = [:]
        var tags: [String: SketchType] = [:]
        for type in self.types where World.enumerated[type] == nil {
            attributes[type] = SketchType.fields(&dice, types: self.types, depth: 2)
            if dice.once(in: 2) { tags[type] = .random(&dice, types: self.types, depth: 1) }
        }
        self.attributes = attributes
        self.tags = tags
        self.context = SketchType.fields(&dice, types: self.types, depth: 2)
        var named: [SketchType: String] = [:]
        for kind in (attributes.values.joined() + self.context).map(\.kind) where dice.once(in: 4) {
            named[kind] = ["T", "Kind", "Long_", "type", "entity", "Setting"].first { !named.values.contains($0) }
        }
        self.named = named
    }

    /// The schema as Cedar text.
    var schema: String {
        var namespaces: [String: [String]] = [:]
        namespaces["N::T"] = self.named.sorted { $0.value < $1.value }.map {
            "type \($0.value) = \($0.key.schemaText);"
        }
        for type in self.types {
            let parts = type.split(separator: ":", omittingEmptySubsequences: true)
            let parents = self.parentTypes(type)
            var text = "@doc(\"\(type)\") @if entity \(parts.last ?? "")"
            if let ids = World.enumerated[type] {
                let list = ids.map { Value.string($0).description }.joined(separator: ", ")
                namespaces[parts.dropLast().joined(separator: "::"), default: []].append("\(text) enum [\(list)];")
                continue
            }
            if !parents.isEmpty { text += " in [\(parents.joined(separator: ", "))]" }
            text += " {\(SketchType.schemaText(self.attributes[type] ?? [], named: self.named))}"
            if let tag = self.tags[type] { text += " tags \(tag.schemaText)" }
            namespaces[parts.dropLast().joined(separator: "::"), default: []].append(text + ";")
        }
        var lines = namespaces[""] ?? []
        for (name, declarations) in namespaces.sorted(by: { $0.key < $1.key }) where !name.isEmpty {
            lines.append("namespace \(name) { \(declarations.joined(separator: " ")) }")
        }
        let list = self.types.joined(separator: ", ")
        let context = SketchType.schemaText(self.context, named: self.named)
        let scope = "appliesTo { principal: [\(list)], resource: [\(list)], context: {\(context)} };"
        lines.append("action \"all\";")
        lines.append("action read, write in [\"all\"] \(scope)")
        // A namespace may be declared in pieces only in several texts, so it has its actions in another.
        lines = lines.map {
            $0.hasPrefix("namespace N {")
                ? $0.dropLast() + "action \"all é\" in [Action::\"all\"]; action \"if\" in [\"all é\"] \(scope) }" : $0
        }
        return lines.joined(separator: "\n")
    }

    /// Entities, four of each type at most.
    func entities(_ dice: inout Dice) -> [Entity] {
        var entities: [Entity] = []
        for type in self.types {
            for id in World.enumerated[type] ?? ["0", "1", "2", "é"] where !dice.once(in: 5) {
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
            action: dice.pick(World.askable),
            resource: .random(dice.pick(self.types), &dice),
            context: .random(self.context, &dice)
        )
    }

}
