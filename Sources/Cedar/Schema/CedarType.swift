/// A type of the Cedar language, as the validator reasons about it.
///
/// Richer than what a schema can declare: `true` and `false` have types of their own, since a condition that is always
/// `false` needs no further checking, and a value may be of one of several entity types. What a schema declares never
/// has these.
///
/// Source: Cedar language 4.5, "Policy validation"; RFC 5 (no subtyping in strict mode).
public indirect enum CedarType: Hashable, Sendable {
    /// The type without values, below every other type.
    case never
    /// A truth value.
    case bool(Truth)
    /// A 64-bit signed integer.
    case long
    /// Text.
    case string
    /// A reference to an entity.
    case entity(EntityTypes)
    /// A set; `nil` when nothing is known of the elements, which only an expectation leaves open.
    case set(CedarType?)
    /// A record.
    case record(RecordType)
    /// A value of an extension type.
    case `extension`(ExtensionType)

    /// What is known about a truth value.
    public enum Truth: Hashable, Sendable {
        /// Either.
        case either
        /// Always `true`.
        case alwaysTrue
        /// Always `false`.
        case alwaysFalse
    }

    /// The types that a referenced entity may have.
    public enum EntityTypes: Hashable, Sendable {
        /// Any type, declared or not.
        case any
        /// One of these, at least one, in the reference's order of names.
        case oneOf([EntityTypeName])
    }
}

extension CedarType {
    /// Either truth value.
    static let boolean = CedarType.bool(.either)

    /// Any entity.
    static let anyEntity = CedarType.entity(.any)

    /// Any set.
    static let anySet = CedarType.set(nil)

    /// Any record.
    static let anyRecord = CedarType.record(.anything)

    /// The type of the truth value that is always `truth`.
    static func literal(_ truth: Bool) -> CedarType {
        .bool(truth ? .alwaysTrue : .alwaysFalse)
    }

    /// An entity of exactly one type.
    static func entity(named name: EntityTypeName) -> CedarType {
        .entity(.oneOf([name]))
    }

    /// Whether values are always `false`.
    var isAlwaysFalse: Bool { self == .bool(.alwaysFalse) }

    /// Whether values are always `true`.
    var isAlwaysTrue: Bool { self == .bool(.alwaysTrue) }
}

extension CedarType.EntityTypes {
    /// The type, when there is only one.
    public var single: EntityTypeName? {
        guard case .oneOf(let names) = self, names.count == 1 else { return nil }
        return names[0]
    }

    /// The types of either.
    func union(_ other: Self) -> Self {
        guard case .oneOf(let mine) = self, case .oneOf(let theirs) = other else { return .any }
        return .oneOf((mine + theirs.filter { !mine.contains($0) }).sorted(by: CedarType.referenceOrder))
    }
}

extension CedarType: CustomStringConvertible {
    /// The type as error messages write it.
    public var description: String {
        switch self {
        case .never: "__cedar::internal::Never"
        case .bool(.either): "Bool"
        case .bool(.alwaysTrue): "__cedar::internal::True"
        case .bool(.alwaysFalse): "__cedar::internal::False"
        case .long: "Long"
        case .string: "String"
        case .set(nil): "Set<__cedar::internal::Any>"
        case .set(let element?): "Set<\(element)>"
        case .entity(.any): "__cedar::internal::AnyEntity"
        case .entity(.oneOf(let names)):
            names.count == 1
                ? names[0].text
                : "__cedar::internal::Union<\(names.map(\.text).joined(separator: ", "))>"
        case .record(let record): record.description
        case .extension(let type): type.rawValue
        }
    }
}

// MARK: - Order

extension CedarType {
    /// The order in which messages list names: by the last part, then by the namespaces.
    static func referenceOrder(_ a: Name, _ b: Name) -> Bool {
        let (mine, theirs) = (a.parts, b.parts)
        if mine.last != theirs.last { return (mine.last ?? "") < (theirs.last ?? "") }
        return mine.dropLast().lexicographicallyPrecedes(theirs.dropLast())
    }

    /// The order in which messages list types.
    static func messageOrder(_ a: CedarType, _ b: CedarType) -> Bool {
        let (mine, theirs) = (a.rank, b.rank)
        if mine != theirs { return mine < theirs }
        switch (a, b) {
        case (.entity(.oneOf(let a)), .entity(.oneOf(let b))):
            return a.lexicographicallyPrecedes(b, by: Self.referenceOrder)
        case (.set(let a?), .set(let b?)):
            return Self.messageOrder(a, b)
        case (.record(let a), .record(let b)):
            return RecordType.messageOrder(a, b)
        case (.extension(let a), .extension(let b)):
            return a.rawValue < b.rawValue
        default:
            return false
        }
    }

    /// What can be told of the type without going into it, for hashing.
    var look: Int {
        switch self {
        case .entity(.oneOf(let names)): names.first.hashValue
        case .record(let record): self.rank + record.attributes.count << 4
        default: self.rank
        }
    }

    private var rank: Int {
        switch self {
        case .never: 0
        case .bool(.either): 1
        case .bool(.alwaysTrue): 2
        case .bool(.alwaysFalse): 3
        case .long: 4
        case .string: 5
        case .entity(.any): 6
        case .entity(.oneOf): 7
        case .set(nil): 8
        case .set: 9
        case .record: 10
        case .extension: 11
        }
    }
}
