/// Words that the schema languages keep for themselves.
enum SchemaKeywords {
    /// Names that no common type can have, since the JSON form uses them for other things.
    static let reservedTypeNames: Set<String> = [
        "Bool", "Boolean", "Entity", "Extension", "Long", "Record", "Set", "String",
    ]

    /// The built-in types: primitive ones and those of extensions.
    static let builtinTypes: [String: CedarType] = {
        var types: [String: CedarType] = ["Bool": .boolean, "Long": .long, "String": .string]
        for type in ExtensionType.allCases { types[type.rawValue] = .extension(type) }
        return types
    }()
}
