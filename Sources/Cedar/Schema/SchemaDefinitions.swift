/// Which names a schema defines, and what a name that it mentions means.
///
/// A name without namespace means the definition in the namespace where it is mentioned, else the one in the empty
/// namespace; a qualified name means only itself. Common types go before entity types.
///
/// Source: RFC 24, RFC 70.
struct SchemaDefinitions {
    /// What a mentioned name may stand for.
    enum Meaning {
        case commonType, entityType, either

        /// What the name was expected to be, in words.
        var expectation: String {
            switch self {
            case .commonType: "a common type"
            case .entityType: "an entity type"
            case .either: "a common or entity type"
            }
        }

        /// Among which names one of this meaning is looked for.
        var place: Suggestions.Place {
            switch self {
            case .commonType: .commonTypes
            case .entityType: .entityTypes
            case .either: .types
            }
        }
    }

    private(set) var entityTypes: Set<Name> = []
    private(set) var commonTypes: Set<Name> = []
    private(set) var actions: Set<EntityUID> = []

    /// Adds what a namespace defines.
    mutating func add(_ namespace: NamespaceDeclaration) {
        let scope = namespace.name?.name
        for type in namespace.entityTypes {
            self.entityTypes.insert(Name(unchecked: type.name.name.text, in: scope))
        }
        for type in namespace.commonTypes {
            self.commonTypes.insert(Name(unchecked: type.name.name.text, in: scope))
        }
        for action in namespace.actions {
            self.actions.insert(EntityUID(type: Name(unchecked: "Action", in: scope), id: action.id))
        }
    }

    /// Adds the language's own types, short names only where the schema leaves them free, and the types of actions.
    mutating func addBuiltins() {
        for name in SchemaKeywords.builtinTypes.keys {
            self.commonTypes.insert(Name(unchecked: name, in: SchemaDefinitions.reserved))
            let short = Name(unchecked: name)
            if !self.entityTypes.contains(short) { self.commonTypes.insert(short) }
        }
        for action in self.actions { self.entityTypes.insert(action.type) }
    }

    /// The namespace of the language's own types.
    static let reserved = Name(unchecked: Identifier.reservedNamespace)

    /// The full name that a mentioned name stands for; `nil` if nothing.
    func resolve(_ name: Name, in namespace: Name?, as meaning: Meaning) -> Name? {
        self.candidates(name, in: namespace).first { candidate in
            (meaning != .entityType && self.commonTypes.contains(candidate))
                || (meaning != .commonType && self.entityTypes.contains(candidate))
        }
    }

    /// The action that a mentioned group stands for; `nil` if none.
    func resolve(_ parent: ActionDeclaration.Parent, in namespace: Name?) -> EntityUID? {
        let type = parent.type?.name ?? Name(unchecked: "Action")
        return self.candidates(type, in: namespace)
            .map { EntityUID(type: $0, id: parent.id) }
            .first { self.actions.contains($0) }
    }

    /// The names that may stand where something of this meaning is mentioned.
    func names(of meaning: Meaning) -> [String] {
        var names: [String] = []
        if meaning != .entityType { names += self.commonTypes.map(\.text) }
        if meaning != .commonType { names += self.entityTypes.map(\.text) }
        return names
    }

    private func candidates(_ name: Name, in namespace: Name?) -> [Name] {
        guard let namespace, !name.isQualified else { return [name] }
        return [Name(unchecked: name.text, in: namespace), name]
    }
}
