/// Runs a program's instructions for one request.
///
/// Evaluation has no effects and always ends; whatever goes wrong is an ``EvaluationError``.
///
/// Source: Cedar language 4.5, "Operators"; the formal semantics in cedar-spec, `Cedar.Spec.Evaluator`.
struct Evaluator {
    let program: Program
    let request: Request
    let entities: Entities
    /// What is known about the principal, looked up once.
    let principal: Entity?
    /// What is known about the resource, looked up once.
    let resource: Entity?

    init(_ program: Program, _ request: Request, _ entities: Entities) {
        self.program = program
        self.request = request
        self.entities = entities
        self.principal = entities.entity(request.principal)
        self.resource = entities.entity(request.resource)
    }

    /// The value of an instruction.
    func value(_ index: Int32) throws(EvaluationError) -> Value {
        switch self.program.instructions[Int(index)] {
        case .literal(let literal):
            return self.program.literals[Int(literal)]
        case .variable(let variable):
            return self.value(of: variable)
        case .conditional(let condition, let consequence, let alternative):
            return try self.value(try self.bool(condition) ? consequence : alternative)
        case .unary(.negate, let operand):
            let number = try self.value(operand).asLong()
            let (result, overflow) = Int64(0).subtractingReportingOverflow(number)
            guard !overflow else { throw .overflow(.negate(number)) }
            return .long(result)
        case .binary(let binary, let left, let right) where binary.isArithmetic:
            return .long(try self.arithmetic(binary, left, right))
        case .binary(.getTag, let left, let right):
            return try self.tag(left, right)
        case .attribute(let object, let name):
            return try self.attribute(of: try self.value(object), self.program.names[Int(name)])
        case .attributeOf(let variable, let name):
            return try self.attribute(of: variable, self.program.names[Int(name)])
        case .set(let first, let count):
            return .set(of: try self.values(first, count))
        case .record(let first, let count, let names):
            let values = try self.values(first, count)
            let keys = self.program.operands[Int(names)..<Int(names + count)].map { self.program.names[Int($0)] }
            return .record(zip(keys, values))
        case .call(let function, let first, let count):
            return try self.call(function, first, count)
        case .slot(let slot):
            throw .unfilledSlot(slot)
        case .unknown(let name):
            throw .unknown(self.program.names[Int(name)])
        case .and, .or, .unary, .binary, .has, .hasOf, .hasPath, .like, .isType, .isTypeIn:
            return .bool(try self.bool(index))
        }
    }

    /// The truth value of an instruction; an error if it has another kind of value.
    func bool(_ index: Int32) throws(EvaluationError) -> Bool {
        switch self.program.instructions[Int(index)] {
        case .and(let left, let right):
            return try self.bool(left) ? try self.bool(right) : false
        case .or(let left, let right):
            return try self.bool(left) ? true : try self.bool(right)
        case .conditional(let condition, let consequence, let alternative):
            return try self.bool(try self.bool(condition) ? consequence : alternative)
        case .unary(.not, let operand):
            return try !self.bool(operand)
        case .unary(.isEmpty, let operand):
            return try self.value(operand).asSet().isEmpty
        case .binary(let binary, let left, let right) where !binary.isArithmetic && binary != .getTag:
            return try self.test(binary, left, right)
        case .has(let object, let name):
            return try self.has(try self.value(object), self.program.names[Int(name)])
        case .hasOf(let variable, let name):
            return self.has(variable, self.program.names[Int(name)])
        case .hasPath(let object, let first, let count):
            return try self.has(try self.value(object), path: self.program.operands[Int(first)..<Int(first + count)])
        case .like(let text, let pattern):
            return self.program.patterns[Int(pattern)].matches(try self.value(text).asString())
        case .isType(let object, let type):
            return try self.value(object).asEntity().type == self.program.types[Int(type)]
        case .isTypeIn(let object, let type, let ancestor):
            let uid = try self.value(object).asEntity()
            guard uid.type == self.program.types[Int(type)] else { return false }
            return try self.isIn(uid, try self.value(ancestor))
        default:
            return try self.value(index).asBool()
        }
    }

    private func value(of variable: Variable) -> Value {
        switch variable {
        case .principal: .entity(self.request.principal)
        case .action: .entity(self.request.action)
        case .resource: .entity(self.request.resource)
        case .context: .record(self.request.context)
        }
    }

    private func values(_ first: Int32, _ count: Int32) throws(EvaluationError) -> [Value] {
        var values: [Value] = []
        values.reserveCapacity(Int(count))
        for operand in self.program.operands[Int(first)..<Int(first + count)] { values.append(try self.value(operand)) }
        return values
    }

    /// Calls a function; those of one and two arguments, which is all of them, without an array.
    private func call(_ function: ExtensionFunction, _ first: Int32, _ count: Int32) throws(EvaluationError) -> Value {
        guard Int(count) == function.arity else {
            // The arguments come first, and an error among them too.
            return try function.call(try self.values(first, count))
        }
        let left = try self.value(self.program.operands[Int(first)])
        guard count == 2 else { return try function.call(left) }
        return try function.call(left, try self.value(self.program.operands[Int(first) + 1]))
    }
}
