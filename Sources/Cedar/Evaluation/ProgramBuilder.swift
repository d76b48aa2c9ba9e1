/// Turns expressions into instructions.
struct ProgramBuilder {
    private(set) var program = Program()
    private var nameIndexes: [ExactText: Int32] = [:]
    private var typeIndexes: [EntityTypeName: Int32] = [:]

    /// Adds an expression and what it is made of.
    ///
    /// - Returns: The index of its instruction.
    mutating func add(_ expression: Expression) -> Int32 {
        switch expression.node {
        case .literal(let literal):
            return self.emit(literal.value)
        case .variable(let variable):
            return self.emit(.variable(variable))
        case .slot(let slot):
            return self.emit(.slot(slot))
        case .unknown(let name):
            return self.emit(.unknown(name: self.name(name)))
        case .and(let left, let right):
            let left = self.add(left)
            return self.emit(.and(left, self.add(right)))
        case .or(let left, let right):
            let left = self.add(left)
            return self.emit(.or(left, self.add(right)))
        case .conditional(let condition, let consequence, let alternative):
            let condition = self.add(condition)
            let consequence = self.add(consequence)
            return self.emit(.conditional(condition, consequence, self.add(alternative)))
        case .unary(let unary, let operand):
            return self.emit(.unary(unary, self.add(operand)))
        case .binary(let binary, let left, let right):
            let left = self.add(left)
            return self.emit(.binary(binary, left, self.add(right)))
        case .attribute(let object, let name):
            return self.attribute(of: object, name)
        case .has(let object, let names):
            return self.has(object, names)
        case .like(let text, let pattern):
            self.program.patterns.append(pattern)
            let index = Int32(self.program.patterns.count - 1)
            return self.emit(.like(self.add(text), pattern: index))
        case .is(let object, let type, let ancestor):
            let type = self.type(type)
            let object = self.add(object)
            guard let ancestor else { return self.emit(.isType(object, type: type)) }
            return self.emit(.isTypeIn(object, type: type, self.add(ancestor)))
        case .set(let elements):
            let mark = self.mark
            let indexes = elements.map { self.add($0) }
            if let values = self.constants(indexes) { return self.replace(since: mark, by: .set(of: values)) }
            return self.emit(.set(first: self.operands(indexes), count: Int32(elements.count)))
        case .record(let fields):
            let mark = self.mark
            let indexes = fields.map { self.add($0.value) }
            if let values = self.constants(indexes) {
                return self.replace(since: mark, by: .record(zip(fields.map(\.key), values)))
            }
            let first = self.operands(indexes)
            let names = self.operands(fields.map { self.name($0.key) })
            return self.emit(.record(first: first, count: Int32(fields.count), names: names))
        case .call(let function, let arguments):
            let mark = self.mark
            let indexes = arguments.map { self.add($0) }
            if function.isConstructor, let values = self.constants(indexes), let value = try? function.call(values) {
                return self.replace(since: mark, by: value)
            }
            return self.emit(.call(function, first: self.operands(indexes), count: Int32(arguments.count)))
        }
    }

    private mutating func emit(_ instruction: Program.Instruction) -> Int32 {
        self.program.instructions.append(instruction)
        return Int32(self.program.instructions.count - 1)
    }

    private mutating func emit(_ value: Value) -> Int32 {
        self.program.literals.append(value)
        return self.emit(.literal(Int32(self.program.literals.count - 1)))
    }

    private mutating func operands(_ indexes: [Int32]) -> Int32 {
        let first = Int32(self.program.operands.count)
        self.program.operands.append(contentsOf: indexes)
        return first
    }

    // MARK: - Constants

    /// How much there is of what a constant replaces.
    private typealias Mark = (instructions: Int, operands: Int, literals: Int)

    private var mark: Mark {
        (self.program.instructions.count, self.program.operands.count, self.program.literals.count)
    }

    /// The values of instructions that are all literals; `nil` if one is not.
    private func constants(_ indexes: [Int32]) -> [Value]? {
        var values: [Value] = []
        values.reserveCapacity(indexes.count)
        for index in indexes {
            guard case .literal(let literal) = self.program.instructions[Int(index)] else { return nil }
            values.append(self.program.literals[Int(literal)])
        }
        return values
    }

    /// Takes a value for everything that was added since.
    private mutating func replace(since mark: Mark, by value: Value) -> Int32 {
        self.program.instructions.removeSubrange(mark.instructions...)
        self.program.operands.removeSubrange(mark.operands...)
        self.program.literals.removeSubrange(mark.literals...)
        return self.emit(value)
    }

    private mutating func attribute(of object: Expression, _ name: String) -> Int32 {
        if case .variable(let variable) = object.node {
            return self.emit(.attributeOf(variable, name: self.name(name)))
        }
        let object = self.add(object)
        return self.emit(.attribute(object, name: self.name(name)))
    }

    private mutating func has(_ object: Expression, _ names: [String]) -> Int32 {
        if names.count == 1, case .variable(let variable) = object.node {
            return self.emit(.hasOf(variable, name: self.name(names[0])))
        }
        let object = self.add(object)
        guard names.count != 1 else { return self.emit(.has(object, name: self.name(names[0]))) }
        let first = self.operands(names.map { self.name($0) })
        return self.emit(.hasPath(object, first: first, count: Int32(names.count)))
    }

    private mutating func name(_ name: String) -> Int32 {
        if let index = self.nameIndexes[ExactText(name)] { return index }
        let index = Int32(self.program.names.count)
        self.program.names.append(name)
        self.nameIndexes[ExactText(name)] = index
        return index
    }

    private mutating func type(_ type: EntityTypeName) -> Int32 {
        if let index = self.typeIndexes[type] { return index }
        let index = Int32(self.program.types.count)
        self.program.types.append(type)
        self.typeIndexes[type] = index
        return index
    }
}
