/// What is wrong with an entity or a request, measured against a schema.
public enum DataProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// The schema declares no such entity type.
    case undeclaredType(EntityUID, suggestion: String?)
    /// The schema declares no such action.
    case undeclaredAction(EntityUID, suggestion: String?)
    /// The type is enumerated and this id is not among its ids.
    case undeclaredID(EntityUID, suggestion: String?)
    /// The action has attributes, tags or groups other than those declared.
    case actionDiffers(EntityUID)
    /// A required attribute is not there.
    case missingAttribute(String, of: Subject)
    /// An attribute that is not declared is there.
    case undeclaredAttribute(String, of: Subject, suggestion: String?)
    /// A tag is there though the type declares none.
    case undeclaredTag(String, of: EntityUID)
    /// A value is of another type than declared.
    case wrongType(path: String, of: Subject, expected: CedarType, found: Value.Kind)
    /// The entity is in one that its type may not be in.
    case disallowedParent(EntityUID, of: EntityUID)
    /// The action is not for principals of this type.
    case disallowedPrincipal(EntityTypeName, action: EntityUID, allowed: [EntityTypeName])
    /// The action is not for resources of this type.
    case disallowedResource(EntityTypeName, action: EntityUID, allowed: [EntityTypeName])

    /// What an attribute belongs to.
    public enum Subject: Hashable, Sendable, CustomStringConvertible {
        /// An entity.
        case entity(EntityUID)
        /// The context of a request for an action.
        case context(of: EntityUID)

        /// The subject in a sentence.
        public var description: String {
            switch self {
            case .entity(let uid): "entity `\(uid)`"
            case .context(let action): "the context of a request for `\(action)`"
            }
        }
    }

    /// One line for people.
    public var description: String {
        switch self {
        case .undeclaredType(let uid, let suggestion):
            "entity `\(uid)` has type `\(uid.type)`, which is not declared in the schema\(Self.help(suggestion))"
        case .undeclaredAction(let uid, let suggestion):
            "action `\(uid)` is not declared in the schema\(Self.help(suggestion))"
        case .undeclaredID(let uid, let suggestion):
            "entity `\(uid)` is of an enumerated entity type, but `\(Escapes.quoted(uid.id))` is not declared as a "
                + "valid eid\(Self.help(suggestion))"
        case .actionDiffers(let uid):
            "action `\(uid)` differs from its declaration in the schema"
        case .missingAttribute(let name, let subject):
            "\(subject) lacks the required attribute `\(name)`"
        case .undeclaredAttribute(let name, let subject, let suggestion):
            "\(subject) has the attribute `\(name)`, which is not declared\(Self.help(suggestion))"
        case .undeclaredTag(let name, let uid):
            "entity `\(uid)` has the tag `\(name)`, but its type declares no tags"
        case .wrongType(let path, let subject, let expected, let found):
            "`\(path)` of \(subject) is of the wrong type, expected \(expected), found \(found)"
        case .disallowedParent(let parent, let uid):
            "entity `\(uid)` is in `\(parent)`, but entities of its type cannot be in one of type `\(parent.type)`"
        case .disallowedPrincipal(let type, let action, let allowed):
            "principals of type `\(type)` are not valid for `\(action)`, expected \(Self.list(allowed))"
        case .disallowedResource(let type, let action, let allowed):
            "resources of type `\(type)` are not valid for `\(action)`, expected \(Self.list(allowed))"
        }
    }

    private static func help(_ suggestion: String?) -> String {
        suggestion.map { "; did you mean `\($0)`?" } ?? ""
    }

    private static func list(_ types: [EntityTypeName]) -> String {
        types.isEmpty ? "none, since it applies to nothing" : types.map { "`\($0)`" }.joined(separator: " or ")
    }
}
