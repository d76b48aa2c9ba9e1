/// The relations between types: subtype, least upper bound, disjointness.
///
/// Source: RFC 5 and RFC 19 (strict validation), Cedar language 4.5.
extension CedarType {
    /// Whether every value of this type is a value of `other`.
    func isSubtype(of other: CedarType, _ mode: ValidationMode) -> Bool {
        switch (self, other) {
        case (.never, _), (.long, .long), (.string, .string): true
        case (.bool(let a), .bool(let b)): a == b || b == .either
        case (.set(let a?), .set(let b?)): a.isSubtype(of: b, mode)
        case (.set, .set(nil)): true
        case (.record(let a), .record(let b)): a.isSubtype(of: b, mode)
        case (.entity(let a), .entity(let b)): a.isSubtype(of: b, mode)
        case (.extension(let a), .extension(let b)): a == b
        default: false
        }
    }

    /// The smallest type that has the values of both.
    ///
    /// - Throws: Why there is none.
    static func leastUpperBound(
        _ a: CedarType,
        _ b: CedarType,
        _ mode: ValidationMode
    ) throws(IncompatibilityHint) -> CedarType {
        if a.isSubtype(of: b, mode) { return b }
        if b.isSubtype(of: a, mode) { return a }
        switch (a, b) {
        case (.bool, .bool):
            return .boolean
        case (.set(let a?), .set(let b?)):
            return .set(try Self.leastUpperBound(a, b, mode))
        case (.record(let a), .record(let b)):
            return .record(try RecordType.leastUpperBound(a, b, mode))
        case (.entity(let a), .entity(let b)):
            guard mode == .permissive else { throw .entityTypes }
            return .entity(a.union(b))
        case (.entity, .record), (.record, .entity):
            throw .entityAndRecord
        default:
            throw .differentTypes
        }
    }

    /// The smallest type that has the values of all.
    static func leastUpperBound(
        of types: some Sequence<CedarType>,
        _ mode: ValidationMode
    ) throws(IncompatibilityHint) -> CedarType {
        var bound = CedarType.never
        for type in types { bound = try Self.leastUpperBound(bound, type, mode) }
        return bound
    }

    /// Whether no value is of both types, as far as we promise it: only entity types without a common name.
    ///
    /// Two different set types are not disjoint, since both have the empty set.
    func isDisjoint(with other: CedarType) -> Bool {
        guard case .entity(.oneOf(let mine)) = self, case .entity(.oneOf(let theirs)) = other else { return false }
        return !mine.contains { theirs.contains($0) }
    }
}

/// Why two types have no common bound, as advice.
public enum IncompatibilityHint: Error, Hashable, Sendable, CustomStringConvertible {
    /// An attribute is required in one record and optional in the other.
    case attributeQualifiers
    /// The records have different attributes.
    case recordAttributes
    /// Different entity types.
    case entityTypes
    /// An entity and a record.
    case entityAndRecord
    /// Anything else.
    case differentTypes

    /// The advice.
    public var description: String {
        switch self {
        case .attributeQualifiers:
            "Corresponding attributes of compatible record types must have the same optionality, "
                + "either both being required or both being optional"
        case .recordAttributes:
            "Compatible record types must have exactly the same attributes"
        case .entityTypes:
            "Different entity types are never compatible even when their attributes would be compatible"
        case .entityAndRecord:
            "Entity and record types are never compatible even when their attributes would be compatible"
        case .differentTypes:
            "Types must be exactly equal to be compatible"
        }
    }
}

extension CedarType.EntityTypes {
    fileprivate func isSubtype(of other: Self, _ mode: ValidationMode) -> Bool {
        switch (self, other) {
        case (.any, .any): true
        case (.oneOf(let mine), .oneOf(let theirs)):
            mode == .strict ? mine == theirs : mine.allSatisfy { theirs.contains($0) }
        case (.oneOf, .any): mode == .permissive
        case (.any, .oneOf): false
        }
    }
}

extension RecordType {
    fileprivate func isSubtype(of other: RecordType, _ mode: ValidationMode) -> Bool {
        guard !self.isOpen || other.isOpen else { return false }
        // A closed type, and strict mode, allow no attribute that the supertype does not list.
        guard (other.isOpen && mode == .permissive) || self.hasSameNames(as: other) else { return false }
        return other.attributes.allSatisfy { theirs in
            guard let mine = self.attribute(theirs.name) else { return false }
            let qualifies =
                mode == .strict ? mine.isRequired == theirs.isRequired : mine.isRequired || !theirs.isRequired
            return qualifies && mine.type.isSubtype(of: theirs.type, mode)
        }
    }

    static func leastUpperBound(
        _ a: RecordType,
        _ b: RecordType,
        _ mode: ValidationMode
    ) throws(IncompatibilityHint) -> RecordType {
        guard mode == .strict else {
            let attributes = Self.commonAttributes(a, b)
            let isClosed = !a.isOpen && !b.isOpen && attributes.count == a.attributes.count && a.hasSameNames(as: b)
            return RecordType(attributes, isOpen: !isClosed)
        }
        guard a.hasSameNames(as: b) else { throw .recordAttributes }
        var attributes: [Attribute] = []
        for (mine, theirs) in zip(a.attributes, b.attributes) {
            let type = try CedarType.leastUpperBound(mine.type, theirs.type, mode)
            guard mine.isRequired == theirs.isRequired else { throw .attributeQualifiers }
            attributes.append(Attribute(name: mine.name, type: type, isRequired: mine.isRequired))
        }
        return RecordType(attributes, isOpen: a.isOpen || b.isOpen)
    }

    /// What is known about values that are of either type: the attributes of both whose types have a bound.
    static func commonAttributes(_ a: RecordType, _ b: RecordType) -> [Attribute] {
        a.attributes.compactMap { mine in
            guard let theirs = b.attribute(mine.name),
                let type = try? CedarType.leastUpperBound(mine.type, theirs.type, .permissive)
            else { return nil }
            return Attribute(name: mine.name, type: type, isRequired: mine.isRequired && theirs.isRequired)
        }
    }
}
