/// A type as a schema writes it.
indirect enum SchemaType: Sendable {
    /// `Bool`, only from JSON: in Cedar's syntax it is a name like others.
    case boolean
    /// `Long`, only from JSON.
    case long
    /// `String`, only from JSON.
    case string
    /// A set of elements.
    case set(SchemaType)
    /// A record.
    case record([SchemaAttribute])
    /// An entity type, only from JSON.
    case entity(NameReference)
    /// An extension type, only from JSON.
    case `extension`(NameReference)
    /// A name that must be a common type.
    case common(NameReference)
    /// A name that may be a common type or else an entity type.
    case entityOrCommon(NameReference)

    /// The record without attributes.
    static let emptyRecord = SchemaType.record([])

    /// Whether this is the record without attributes, which both syntaxes leave out.
    var isEmptyRecord: Bool {
        guard case .record(let attributes) = self else { return false }
        return attributes.isEmpty
    }
}

/// An attribute of a record or an entity type.
struct SchemaAttribute: Sendable {
    let name: String
    let type: SchemaType
    let isRequired: Bool
    let annotations: SchemaAnnotations
    let span: SourceSpan
}
