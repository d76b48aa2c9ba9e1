/// Conditions of many policies, flattened into one array of instructions.
///
/// Trees of references would be followed pointer by pointer, each counted; instructions are plain bytes that name their operands by
/// index. What is constant is worked out when the program is made.
struct Program: Sendable {
    /// One operation; operands are indexes of instructions, everything else indexes into the tables below.
    enum Instruction: Sendable {
        case literal(Int32)
        case variable(Variable)
        case and(Int32, Int32)
        case or(Int32, Int32)
        case conditional(Int32, Int32, Int32)
        case unary(UnaryOperator, Int32)
        case binary(BinaryOperator, Int32, Int32)
        case attribute(Int32, name: Int32)
        case attributeOf(Variable, name: Int32)
        case has(Int32, name: Int32)
        case hasOf(Variable, name: Int32)
        case like(Int32, pattern: Int32)
        case hasPath(Int32, first: Int32, count: Int32)
        case isType(Int32, type: Int32)
        case isTypeIn(Int32, type: Int32, Int32)
        case set(first: Int32, count: Int32)
        case record(first: Int32, count: Int32, names: Int32)
        case call(ExtensionFunction, first: Int32, count: Int32)
        case slot(Slot)
        case unknown(name: Int32)
    }

    var instructions: [Instruction] = []
    /// Operands of instructions that have many.
    var operands: [Int32] = []
    var literals: [Value] = []
    var names: [String] = []
    var patterns: [Pattern] = []
    var types: [EntityTypeName] = []
}
