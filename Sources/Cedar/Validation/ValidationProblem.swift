/// What the validator finds wrong with a policy.
///
/// The wording is the reference implementation's, so that what people know and what they look up stays the same.
public enum ValidationProblem: Error, Hashable, Sendable {
    /// A type that the schema does not declare.
    case unrecognizedEntityType(EntityTypeName, suggestion: String?)
    /// An action that the schema does not declare.
    case unrecognizedAction(EntityUID, suggestion: String?)
    /// An id that is not among those of an enumerated type.
    case undeclaredEnumeratedEntity(EntityUID, suggestion: String?)
    /// No action applies to the principals and resources of the scope; `in` instead of `==` may.
    case noApplicableAction(inFixesPrincipal: Bool, inFixesResource: Bool)
    /// A value of another type than the place allows.
    case unexpectedType(expected: [CedarType], actual: CedarType, hint: UnexpectedTypeHint?)
    /// Values that must have a common type and have none.
    case incompatibleTypes([CedarType], hint: IncompatibilityHint, place: TypeComparison)
    /// An attribute that is not declared.
    case unsafeAttributeAccess(AttributeAccess, suggestion: String?, mayExist: Bool)
    /// An optional attribute without a `has` before it.
    case unsafeOptionalAttributeAccess(AttributeAccess)
    /// A tag without a `hasTag` before it.
    case unsafeTagAccess(tag: String, types: CedarType.EntityTypes)
    /// A tag of a type without tags.
    case noTagsAllowed(EntityTypeName?)
    /// A call with too many or too few arguments.
    case wrongNumberOfArguments(expected: Int, actual: Int)
    /// A constructor with a text that it can't read.
    case invalidExtensionValue(ExtensionFunction, String)
    /// A constructor with anything but a literal, in strict mode.
    case nonLiteralConstructorArgument
    /// `[]`, in strict mode.
    case emptySet
    /// More dereferences in a row than allowed.
    case levelExceeded(level: Int, maximum: Int)
    /// A dereference of an entity that is not part of the request.
    case literalDereference
    /// The policy applies to no request.
    case impossiblePolicy
    /// Text with characters that turn the direction of writing.
    case bidirectionalText(String)

    /// What must have a common type.
    public enum TypeComparison: Hashable, Sendable {
        /// The elements of a set.
        case set
        /// The branches of a conditional.
        case conditional
        /// The operands of `==`.
        case equality
        /// A set's elements and what is looked for.
        case contains
        /// The elements of two sets.
        case containsAllOrAny
        /// The tags of several entity types.
        case getTag
    }

    /// Whether the policy may stay as it is.
    public var isWarning: Bool {
        switch self {
        case .impossiblePolicy, .bidirectionalText: true
        default: false
        }
    }
}

/// What to do about a value of another type than the place allows.
public enum UnexpectedTypeHint: String, Hashable, Sendable {
    /// Strings are matched by `like`.
    case tryLike = "try using `like` to examine the contents of a string"
    /// Sets are searched by methods.
    case tryContains =
        "try using `contains`, `containsAny`, or `containsAll` to examine the contents of a set"
    /// One element is looked for by another method.
    case trySingleContains = "try using `contains` to test if a single element is in a set"
    /// Attributes are tested by `has`.
    case tryHas = "try using `has` to test for an attribute"
    /// Types are tested by `is`.
    case tryIs = "try using `is` to test for an entity type"
    /// Membership is tested by `in`.
    case tryIn = "try using `in` for entity hierarchy membership"
    /// Strings are empty by comparison.
    case tryEqualEmptyString = "try using `== \"\"` to test if a string is empty"
    /// Only entities have types at run time.
    case typeTestNotSupported = "Cedar only supports run time type tests for entities"
    /// Strings can't be joined.
    case concatenationNotSupported = "Cedar does not support string concatenation"
    /// Sets can't be computed.
    case setOperationsNotSupported =
        "Cedar does not support computing the union, intersection, or difference of sets"
}

/// An access to an attribute, described from the nearest entity, or from the context, on.
public struct AttributeAccess: Hashable, Sendable {
    /// What the first attribute is an attribute of.
    public enum Base: Hashable, Sendable {
        /// An entity.
        case entity(CedarType.EntityTypes)
        /// The context of requests for an action.
        case context(EntityUID)
        /// Anything else.
        case other
    }

    /// What the first attribute is an attribute of.
    public let base: Base
    /// The attributes, the one in question last.
    public let names: [String]
}
