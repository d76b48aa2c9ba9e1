/// Turns fragments into a schema: gives every mentioned name its meaning and checks that the whole makes sense.
///
/// Reports everything that is wrong, since a schema is edited by hand and mistakes come in groups.
///
/// Source: RFC 24, RFC 70; Cedar language 4.5, "Schema".
struct SchemaResolver {
    /// A schema's parts.
    struct Resolved {
        var entityTypes: [EntityTypeName: Schema.EntityType] = [:]
        var actions: [EntityUID: Schema.Action] = [:]
        var warnings: [SyntaxDiagnostic] = []
    }

    /// A namespace with the text that it stands in.
    struct Place {
        let source: SourceText
        let namespace: Name?

        /// The full name of something declared here.
        func qualified(_ name: Name) -> Name { Name(unchecked: name.text, in: self.namespace) }
    }

    let namespaces: [(place: Place, declaration: NamespaceDeclaration)]
    var definitions = SchemaDefinitions()
    /// Common types that have been resolved.
    var commonTypes: [Name: SizedType] = [:]
    var resolved = Resolved()
    var diagnostics: [SyntaxDiagnostic] = []
    let suggestions = Suggestions()

    init(_ fragments: [SchemaFragment]) {
        self.namespaces = fragments.flatMap { fragment in
            fragment.namespaces.map { (Place(source: fragment.source, namespace: $0.name?.name), $0) }
        }
    }

    mutating func resolve() throws(SyntaxErrors) -> Resolved {
        self.checkNames()
        for (_, declaration) in self.namespaces { self.definitions.add(declaration) }
        self.checkShadowing()
        self.definitions.addBuiltins()
        self.resolveCommonTypes()
        self.resolveEntityTypes()
        self.resolveActions()
        guard self.diagnostics.isEmpty else { throw SyntaxErrors(self.diagnostics) }
        return self.resolved
    }

    /// Reports an error and goes on.
    mutating func report(_ place: Place, _ span: SourceSpan, _ message: String, help: String? = nil) {
        self.diagnostics.note(SyntaxDiagnostic(in: place.source, at: span, message, help: help))
    }

    // MARK: - Names

    /// What may not be declared: reserved names, `Action`, and anything twice.
    private mutating func checkNames() {
        var types: Set<Name> = []
        var commonTypes: Set<Name> = []
        var actions: Set<EntityUID> = []
        for (place, declaration) in self.namespaces {
            for type in declaration.entityTypes {
                if type.name.name.text == "Action" {
                    self.report(
                        place,
                        type.name.span,
                        "entity type `Action` cannot be declared, it is the type of actions"
                    )
                }
                let name = place.qualified(type.name.name)
                if !types.insert(name).inserted {
                    self.report(place, type.name.span, "entity type `\(name)` is declared twice")
                }
            }
            for type in declaration.commonTypes {
                let name = place.qualified(type.name.name)
                if !commonTypes.insert(name).inserted {
                    self.report(place, type.name.span, "common type `\(name)` is declared twice")
                }
            }
            for action in declaration.actions {
                let uid = EntityUID(type: place.qualified(Name(unchecked: "Action")), id: action.id)
                if !actions.insert(uid).inserted {
                    self.report(place, action.span, "action `\(uid)` is declared twice")
                }
            }
        }
    }

    /// What would hide a definition of the empty namespace, which is an error, or of the language, which is a warning.
    private mutating func checkShadowing() {
        let names = self.definitions.entityTypes.union(self.definitions.commonTypes)
        let unqualified = names.filter { !$0.isQualified }
        for (place, declaration) in self.namespaces {
            let isNamed = place.namespace != nil
            for type in declaration.entityTypes.map(\.name) + declaration.commonTypes.map(\.name) {
                if isNamed, unqualified.contains(type.name) {
                    self.report(
                        place,
                        type.span,
                        "`\(place.qualified(type.name))` would hide `\(type.name)` of the empty namespace",
                        help: "rename one of them"
                    )
                }
                if SchemaKeywords.builtinTypes[type.name.text] != nil {
                    self.warn(
                        place,
                        type.span,
                        "`\(type.name)` hides a type of the language",
                        help: "that type can still be written `__cedar::\(type.name)`"
                    )
                }
            }
            let entityTypes = Set(declaration.entityTypes.map(\.name.name))
            for type in declaration.commonTypes where entityTypes.contains(type.name.name) {
                self.warn(place, type.name.span, "common type `\(type.name.name)` hides the entity type of that name")
            }
            for action in declaration.actions where isNamed {
                let hidden = EntityUID(type: Name(unchecked: "Action"), id: action.id)
                guard self.definitions.actions.contains(hidden) else { continue }
                self.report(
                    place,
                    action.span,
                    "action `\(action.id)` of namespace `\(place.namespace?.text ?? "")` would hide `\(hidden)`",
                    help: "rename one of them"
                )
            }
        }
    }

    private mutating func warn(_ place: Place, _ span: SourceSpan, _ message: String, help: String? = nil) {
        self.resolved.warnings.append(SyntaxDiagnostic(in: place.source, at: span, message, help: help))
    }

    /// The full name that a mentioned name stands for; reports it when it stands for nothing.
    mutating func resolve(
        _ reference: NameReference,
        in place: Place,
        as meaning: SchemaDefinitions.Meaning
    ) -> Name? {
        if let name = self.definitions.resolve(reference.name, in: place.namespace, as: meaning) { return name }
        let suggestion = self.suggestions.closest(
            to: reference.name.text,
            among: meaning.place,
            self.definitions.names(of: meaning)
        )
        self.report(
            place,
            reference.span,
            "`\(reference.name)` has not been declared as \(meaning.expectation)",
            help: suggestion.map { "did you mean `\($0)`?" }
        )
        return nil
    }
}
