/// Writes expressions in their JSON form.
///
/// Source: Cedar language 4.5, "Policy JSON format", "JsonExpr objects".
extension JSON {
    /// The JSON form of an expression.
    public init(_ expression: Expression) {
        switch expression.node {
        case .literal(let literal): self = .object([("Value", JSON(literal.value))])
        case .variable(let variable): self = .object([("Var", .string(variable.rawValue))])
        case .slot(let slot): self = .object([("Slot", .string(slot.rawValue))])
        case .unknown(let name): self = .object([("unknown", .array([.object([("Value", .string(name))])]))])
        case .and(let left, let right): self = JSON.operation("&&", left, right)
        case .or(let left, let right): self = JSON.operation("||", left, right)
        case .conditional(let condition, let consequence, let alternative):
            let parts = [("if", JSON(condition)), ("then", JSON(consequence)), ("else", JSON(alternative))]
            self = .object([("if-then-else", .object(parts))])
        case .unary(let unary, let operand):
            self = .object([(unary.rawValue, .object([("arg", JSON(operand))]))])
        case .binary(let binary, let left, let right):
            self = JSON.operation(binary.rawValue, left, right)
        case .attribute(let object, let name):
            self = .object([(".", .object([("left", JSON(object)), ("attr", .string(name))]))])
        case .has(let object, let names): self = JSON.has(object, names)
        case .like(let text, let pattern):
            let elements = pattern.elements.map { JSON.element($0) }
            self = .object([("like", .object([("left", JSON(text)), ("pattern", .array(elements))]))])
        case .is(let object, let type, let ancestor):
            var parts = [("left", JSON(object)), ("entity_type", JSON.string(type.text))]
            if let ancestor { parts.append(("in", JSON(ancestor))) }
            self = .object([("is", .object(parts))])
        case .set(let elements):
            self = .object([("Set", .array(elements.map { JSON($0) }))])
        case .record(let fields):
            let sorted = fields.sorted { $0.key.precedesExactly($1.key) }
            self = .object([("Record", .object(sorted.map { ($0.key, JSON($0.value)) }))])
        case .call(let function, let arguments):
            self = .object([(function.rawValue, .array(arguments.map { JSON($0) }))])
        }
    }

    private static func operation(_ name: String, _ left: Expression, _ right: Expression) -> JSON {
        .object([(name, .object([("left", JSON(left)), ("right", JSON(right))]))])
    }

    /// `a has b.c` is written as `a has b && a.b has c`.
    ///
    /// Such tests in each other would double the text with every level. Where it would become too long, the format's shorter form stands.
    private static func has(_ object: Expression, _ names: [String]) -> JSON {
        let size = Expression(.has(object, names)).writtenSize
        var object = JSON(object)
        guard names.count == 1 || size <= Self.longestTest else {
            let path = JSON.array(names.map { .string($0) })
            return .object([("has", .object([("left", object), ("attr", path)]))])
        }
        var test: JSON?
        for name in names {
            let next = JSON.object([("has", .object([("left", object), ("attr", .string(name))]))])
            test = test.map { .object([("&&", .object([("left", $0), ("right", next)]))]) } ?? next
            object = .object([(".", .object([("left", object), ("attr", .string(name))]))])
        }
        return test ?? .object([("Value", .bool(true))])
    }

    /// Of how many expressions a test for a path of attributes may consist when written out.
    private static let longestTest: Int32 = 10_000

    private static func element(_ element: Pattern.Element) -> JSON {
        switch element {
        case .wildcard: "Wildcard"
        case .scalar(let scalar): .object([("Literal", .string(String(scalar)))])
        }
    }
}
