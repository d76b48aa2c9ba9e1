/// An atomic condition that decided something: a comparison, a membership, a test; with the values that it saw.
public struct Fact: Hashable, Sendable {
    /// A part of the condition that is not written out, and what it was.
    public struct Operand: Hashable, Sendable {
        /// The part, such as `principal.clearance`.
        public let expression: Expression
        /// Its value.
        public let value: Value
    }

    /// The condition, with its place in the source.
    public let condition: Expression
    /// What it was.
    public let outcome: Result<Value, EvaluationError>
    /// What its parts were, as far as they have values.
    public let operands: [Operand]
    /// For `containsAll` that is false, the elements that are not contained; for `containsAny` and `contains`, those looked for in vain.
    public let missing: [Value]
}
