extension ValidationProblem {
    /// What is wrong, as one sentence about a policy.
    public func description(for policy: PolicyID) -> String {
        switch self {
        // The one sentence that does not name the policy.
        case .incompatibleTypes: self.sentence
        case .undeclaredEnumeratedEntity: "for policy `\(policy)`: \(self.sentence)"
        default: "for policy `\(policy)`, \(self.sentence)"
        }
    }

    /// What is wrong.
    var sentence: String {
        switch self {
        case .unrecognizedEntityType(let type, _):
            return "unrecognized entity type `\(type)`"
        case .unrecognizedAction(let action, _):
            return "unrecognized action `\(action)`"
        case .undeclaredEnumeratedEntity(let uid, _):
            return
                "entity `\(uid)` is of an enumerated entity type, but `\(Escapes.quoted(uid.id))` is not declared as a valid eid"
        case .noApplicableAction:
            return "unable to find an applicable action given the policy scope constraints"
        case .unexpectedType(let expected, let actual, _):
            return
                "unexpected type: expected \(expected.map(\.description).joined(separator: ", or ")) but saw \(actual)"
        case .incompatibleTypes(let types, _, _):
            return "the types \(Self.enumeration(of: types)) are not compatible"
        case .unsafeAttributeAccess(let access, _, _):
            return "attribute \(access) not found"
        case .unsafeOptionalAttributeAccess(let access):
            return "unable to guarantee safety of access to optional attribute \(access)"
        case .unsafeTagAccess(let tag, let types):
            let place = types.single.map { " on entity type `\($0)`" } ?? ""
            return "unable to guarantee safety of access to tag `\(tag)`\(place)"
        case .noTagsAllowed(let type):
            let entities = type.map { "type `\($0)`" } ?? "this type"
            return "`.getTag()` is not allowed on entities of \(entities) because no `tags` were declared on the "
                + "entity type in the schema"
        case .wrongNumberOfArguments(let expected, let actual):
            return
                "wrong number of arguments in extension function application. Expected \(expected), got \(actual)"
        case .invalidExtensionValue(let function, let text):
            return "error during extension function argument validation: failed to parse as "
                + "\(function.valueName): `\(Escapes.quoted(text))`"
        case .nonLiteralConstructorArgument:
            return "extension constructors may not be called with non-literal expressions"
        case .emptySet:
            return "empty set literals are forbidden in policies"
        case .levelExceeded(let level, let maximum):
            return "this policy requires level \(level), which exceeds the maximum allowed level (\(maximum))"
        case .literalDereference:
            return "entity literals cannot be dereferenced at any level"
        case .impossiblePolicy:
            return "policy is impossible: the policy expression evaluates to false for all valid requests"
        case .bidirectionalText(let text):
            return "`\(Escapes.escaped(text))` contains BIDI control characters"
        }
    }

    /// What to do about it, if that can be told.
    public var help: String? {
        switch self {
        case .unrecognizedEntityType(_, let suggestion), .unrecognizedAction(_, let suggestion),
            .undeclaredEnumeratedEntity(_, let suggestion):
            return suggestion.map { "did you mean `\($0)`?" }
        case .noApplicableAction(true, true):
            return "try replacing `==` with `in` in the principal clause and the resource clause"
        case .noApplicableAction(true, false):
            return "try replacing `==` with `in` in the principal clause"
        case .noApplicableAction(false, true):
            return "try replacing `==` with `in` in the resource clause"
        case .unexpectedType(_, _, let hint):
            return hint?.rawValue
        case .incompatibleTypes(_, let hint, let place):
            return "\(place.words) must have compatible types. \(hint)"
        case .unsafeAttributeAccess(_, let suggestion?, false):
            return "did you mean `\(suggestion)`?"
        case .unsafeAttributeAccess(_, let suggestion?, true):
            return "did you mean `\(suggestion)`? (there may also be additional attributes that the validator "
                + "is not able to reason about)"
        case .unsafeAttributeAccess(_, nil, true):
            return "there may be additional attributes that the validator is not able to reason about"
        case .unsafeOptionalAttributeAccess(let access):
            return "try testing for the attribute's presence with `\(access.suggestedTest) && ..`"
        case .unsafeTagAccess(let tag, _):
            return "try testing for the tag's presence with `.hasTag(\(tag)) && ..`"
        case .nonLiteralConstructorArgument:
            return "consider applying extension constructors inside attribute values when constructing entity or "
                + "context data"
        default:
            return nil
        }
    }

    /// `A and B`, `A, B, and C`, each type once.
    private static func enumeration(of types: [CedarType]) -> String {
        let words = Set(types).sorted(by: CedarType.messageOrder).map(\.description)
        guard let last = words.last else { return "" }
        switch words.count {
        case 1: return last
        case 2: return "\(words[0]) and \(last)"
        default: return words.dropLast().joined(separator: ", ") + ", and \(last)"
        }
    }
}

extension ValidationProblem.TypeComparison {
    fileprivate var words: String {
        switch self {
        case .set: "elements of a set"
        case .conditional: "both branches of a conditional"
        case .equality: "both operands to a `==` expression"
        case .contains: "elements of the first operand and the second operand to a `contains` expression"
        case .containsAllOrAny: "elements of both set operands to a `containsAll` or `containsAny` expression"
        case .getTag: "tag types for a `.getTag()` operation"
        }
    }
}

extension ExtensionFunction {
    /// What a constructor makes, with its article.
    fileprivate var valueName: String {
        switch self {
        case .ip: "IP address"
        case .decimal: "a decimal value"
        case .datetime: "a datetime value"
        default: "a duration value"
        }
    }
}

extension AttributeAccess: CustomStringConvertible {
    /// The attributes and what they are attributes of.
    public var description: String {
        let path = "`\(Self.path(self.names, after: ""))`"
        switch self.base {
        case .entity(.oneOf(let names)) where names.count == 1:
            return "\(path) on entity type `\(names[0])`"
        case .entity(.oneOf(let names)):
            return "\(path) on entity types \(names.map { "`\($0)`" }.joined(separator: ", "))"
        case .context(let action):
            return "\(path) in context for \(action)"
        case .entity(.any), .other:
            return path
        }
    }

    /// The `has` that makes the access safe.
    var suggestedTest: String {
        var base = "e"
        if case .context = self.base { base = "context" }
        let name = self.names.last ?? ""
        let written = Identifier.isUsable(name) ? name : Escapes.quoted(name)
        return "\(Self.path(Array(self.names.dropLast()), after: base)) has \(written)"
    }

    private static func path(_ names: [String], after base: String) -> String {
        names.reduce(into: base) { path, name in
            if Identifier.isUsable(name) {
                path += path.isEmpty ? name : ".\(name)"
            } else {
                path += "[\(Escapes.quoted(name))]"
            }
        }
    }
}
