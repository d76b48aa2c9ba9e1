/// A schema as it is written, before its names are resolved.
///
/// What the two syntaxes, Cedar's own and JSON, share: either can be read, and either written, without losing what the
/// author said. ``Schema`` is what the names in it mean.
///
/// Source: Cedar language 4.5, "Schema" and "JSON schema format"; RFC 24, RFC 48, RFC 53, RFC 68, RFC 82.
public struct SchemaFragment: Sendable {
    /// The namespaces, each with its declarations; the one without a name is the empty namespace.
    var namespaces: [NamespaceDeclaration]

    /// The text that the spans refer to.
    var source: SourceText
}

/// The declarations of one namespace.
struct NamespaceDeclaration: Sendable {
    /// The namespace; `nil` for the empty one.
    var name: NameReference?
    var annotations: SchemaAnnotations = [:]
    var commonTypes: [CommonTypeDeclaration] = []
    var entityTypes: [EntityTypeDeclaration] = []
    var actions: [ActionDeclaration] = []
}

/// Annotations of a declaration: names and texts, the empty text for an annotation without one.
typealias SchemaAnnotations = [String: String]

/// A type given a name of its own.
///
///     type Address = { street: String };
struct CommonTypeDeclaration: Sendable {
    let name: NameReference
    let type: SchemaType
    let annotations: SchemaAnnotations
}

/// An entity type.
///
///     entity User in [Group] { clearance: Long } tags String;
struct EntityTypeDeclaration: Sendable {
    /// What the entities of the type are.
    enum Kind: Sendable {
        /// Any number of them.
        case standard(parents: [NameReference], shape: SchemaType, tags: SchemaType?)
        /// Exactly those with these ids.
        case enumerated([String])
    }

    let name: NameReference
    let kind: Kind
    let annotations: SchemaAnnotations
}

/// An action.
///
///     action read in [reading] appliesTo { principal: [User], resource: [Dataset] };
struct ActionDeclaration: Sendable {
    /// A group that the action is in.
    struct Parent: Sendable {
        /// The type, which ends in `Action`; `nil` if not written.
        let type: NameReference?
        let id: String
        let span: SourceSpan
    }

    /// What the action applies to.
    struct Scope: Sendable {
        var principals: [NameReference]
        var resources: [NameReference]
        var context: SchemaType
    }

    let id: String
    let span: SourceSpan
    /// The groups; `nil` if not written, which the JSON form tells from none.
    let parents: [Parent]?
    /// What it applies to; `nil` if not written.
    let scope: Scope?
    let annotations: SchemaAnnotations
}

/// A name where a schema mentions it.
struct NameReference: Sendable {
    /// The name as written, which may begin with `__cedar`.
    let name: Name
    let span: SourceSpan

    init(_ name: Name, at span: SourceSpan) {
        self.name = name
        self.span = span
    }
}
