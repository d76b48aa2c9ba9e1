/// A value of the Cedar language.
///
/// Equality is Cedar's `==`: total, exact, and false between values of different types.
///
/// Source: Cedar language 4.5, "Data types".
public enum Value: Hashable, Sendable {
    /// `true` or `false`.
    case bool(Bool)
    /// A 64-bit signed integer.
    case long(Int64)
    /// Text, compared by code points.
    case string(String)
    /// A reference to an entity.
    case entity(EntityUID)
    /// A set of values, of any types.
    case set(SetValue)
    /// A record of named values.
    case record(RecordValue)
    /// A value of an extension type.
    case `extension`(ExtensionValue)

    /// Whether both are the same value.
    public static func == (a: Value, b: Value) -> Bool {
        switch (a, b) {
        case (.bool(let a), .bool(let b)): a == b
        case (.long(let a), .long(let b)): a == b
        case (.string(let a), .string(let b)): a.isExactly(b)
        case (.entity(let a), .entity(let b)): a == b
        case (.set(let a), .set(let b)): a == b
        case (.record(let a), .record(let b)): a == b
        case (.extension(let a), .extension(let b)): a == b
        default: false
        }
    }

    /// Hashes in agreement with `==`.
    public func hash(into hasher: inout Hasher) {
        switch self {
        case .bool(let value): hasher.combine(value)
        case .long(let value): hasher.combine(value)
        case .string(let value): hasher.combine(value)
        case .entity(let value): hasher.combine(value)
        case .set(let value): hasher.combine(value)
        case .record(let value): hasher.combine(value)
        case .extension(let value): hasher.combine(value)
        }
    }
}

extension Value {
    /// The kind of a value, as error messages name it.
    public enum Kind: Hashable, Sendable, CustomStringConvertible {
        /// `bool`
        case bool
        /// `long`
        case long
        /// `string`
        case string
        /// An entity, of the given type when that matters.
        case entity(EntityTypeName?)
        /// `set`
        case set
        /// `record`
        case record
        /// An extension type.
        case `extension`(ExtensionType)

        /// The name used in messages.
        public var description: String {
            switch self {
            case .bool: "bool"
            case .long: "long"
            case .string: "string"
            case .entity(nil): "(entity of any type)"
            case .entity(let type?): "(entity of type `\(type)`)"
            case .set: "set"
            case .record: "record"
            case .extension(let type): type.rawValue
            }
        }
    }

    /// What kind of value this is.
    public var kind: Kind {
        switch self {
        case .bool: .bool
        case .long: .long
        case .string: .string
        case .entity(let uid): .entity(uid.type)
        case .set: .set
        case .record: .record
        case .extension(let value): .extension(value.type)
        }
    }

    /// A set of the given values.
    public static func set(of elements: some Sequence<Value>) -> Value {
        .set(SetValue(elements))
    }

    /// A record of the given attributes; of two with the same key the later one stays.
    public static func record(_ attributes: some Sequence<(String, Value)>) -> Value {
        .record(RecordValue(attributes))
    }
}
