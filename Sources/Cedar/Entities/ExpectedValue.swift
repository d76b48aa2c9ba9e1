/// What a schema says a value must be.
///
/// Reading JSON needs to know, since `{"type": "User", "id": "anna"}` is an entity where one is expected and a record elsewhere.
public indirect enum ExpectedValue: Hashable, Sendable {
    /// Not known: only explicit escapes make entities and extension values.
    case any
    /// A boolean.
    case bool
    /// An integer.
    case long
    /// Text.
    case string
    /// An entity; of which type is for validation to check.
    case entity
    /// A set of such elements.
    case set(ExpectedValue)
    /// A record; attributes without a row are read as ``any``.
    case record([ExactText: ExpectedValue])
    /// A value of an extension type.
    case `extension`(ExtensionType)
}

/// What a schema says about the attributes and tags of entities.
///
/// The seam between reading entities and schemas: reading asks only this.
public protocol EntityExpectations: Sendable {
    /// The attributes of entities of a type; `nil` when the schema doesn't know the type.
    func attributes(of type: EntityTypeName) -> [ExactText: ExpectedValue]?
    /// The tags of entities of a type; `nil` when it has none.
    func tags(of type: EntityTypeName) -> ExpectedValue?
}
