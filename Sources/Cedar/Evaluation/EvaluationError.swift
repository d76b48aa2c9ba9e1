/// Why an expression has no value.
///
/// An error is an outcome of evaluation, not a fault: the policy is skipped, and whoever asked hears of it.
public enum EvaluationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A value of one kind stands where another is needed.
    case type(expected: [Value.Kind], found: Value.Kind)
    /// An entity has no such attribute.
    case missingAttribute(String, of: EntityUID)
    /// A record has no such attribute.
    case missingRecordAttribute(String)
    /// An entity has no such tag.
    case missingTag(String, of: EntityUID)
    /// Nothing is known about an entity.
    case missingEntity(EntityUID)
    /// A sum, difference, product or negation doesn't fit into 64 bits.
    case overflow(Overflow)
    /// A function of an extension type has no result for its arguments.
    case `extension`(ExtensionFunction, reason: String)
    /// A function was called with the wrong number of arguments.
    case arity(ExtensionFunction, found: Int)
    /// A slot was never filled.
    case unfilledSlot(Slot)
    /// A value that is not known yet.
    case unknown(String)

    /// What overflowed.
    public enum Overflow: Hashable, Sendable {
        /// `a + b`
        case add(Int64, Int64)
        /// `a - b`
        case subtract(Int64, Int64)
        /// `a * b`
        case multiply(Int64, Int64)
        /// `-a`
        case negate(Int64)
    }

    /// One line for people.
    public var description: String {
        switch self {
        case .type(let expected, let found):
            "type error: expected \(expected.map(\.description).joined(separator: " or ")), got \(found)"
        case .missingAttribute(let name, let uid): "`\(uid)` does not have the attribute `\(name)`"
        case .missingRecordAttribute(let name): "record does not have the attribute `\(name)`"
        case .missingTag(let name, let uid): "`\(uid)` does not have the tag `\(name)`"
        case .missingEntity(let uid): "entity `\(uid)` does not exist"
        case .overflow(.add(let a, let b)): "integer overflow while adding `\(a)` and `\(b)`"
        case .overflow(.subtract(let a, let b)): "integer overflow while subtracting `\(b)` from `\(a)`"
        case .overflow(.multiply(let a, let b)): "integer overflow while multiplying `\(a)` by `\(b)`"
        case .overflow(.negate(let a)): "integer overflow while negating `\(a)`"
        case .extension(let function, let reason): "error while evaluating `\(function.rawValue)`: \(reason)"
        case .arity(let function, let found):
            "wrong number of arguments for `\(function.rawValue)`, found \(found), expected \(function.arity)"
        case .unfilledSlot(let slot): "slot `\(slot.rawValue)` was never filled"
        case .unknown(let name): "`\(name)` is not known"
        }
    }
}
