/// Turns expressions into instructions.
struct ProgramBuilder {
    private(set) var program = Program()
    private var nameIndexes: [ExactText: Int32] = [:]
    private var typeIndexes: [EntityTypeName: Int32] = [:]

    /// Adds an expression and what it is made of.
    ///
    /// - Returns: The index of its instruction.
    mutating func add(_ expression: Expression) -> Int32 {
        if let constant = Self.constant(expression) {
            self.program.literals.append(constant)
            return self.emit(.literal(Int32(self.program.literals.count - 1)))
        }
        switch expression.node {
        case .literal(let literal):
            self.program.literals.append(literal.value)
            return self.emit(.literal(Int32(self.program.literals.count - 1)))
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
            let test = self.emit(.isType(self.add(object), type: self.type(type)))
            guard let ancestor else { return test }
            let object = self.add(object)
            let membership = self.emit(.binary(.in, object, self.add(ancestor)))
            return self.emit(.and(test, membership))
        case .set(let elements):
            let first = self.operands(elements)
            return self.emit(.set(first: first, count: Int32(elements.count)))
        case .record(let fields):
            let first = self.operands(fields.map(\.value))
            let names = Int32(self.program.operands.count)
            for field in fields {
                let name = self.name(field.key)
                self.program.operands.append(name)
            }
            return self.emit(.record(first: first, count: Int32(fields.count), names: names))
        case .call(let function, let arguments):
            let first = self.operands(arguments)
            return self.emit(.call(function, first: first, count: Int32(arguments.count)))
        }
    }

    private mutating func emit(_ instruction: Program.Instruction) -> Int32 {
        self.program.instructions.append(instruction)
        return Int32(self.program.instructions.count - 1)
    }

    private mutating func operands(_ expressions: [Expression]) -> Int32 {
        let indexes = expressions.map { self.add($0) }
        let first = Int32(self.program.operands.count)
        self.program.operands.append(contentsOf: indexes)
        return first
    }

    private mutating func attribute(of object: Expression, _ name: String) -> Int32 {
        if case .variable(let variable) = object.node {
            return self.emit(.attributeOf(variable, name: self.name(name)))
        }
        let object = self.add(object)
        return self.emit(.attribute(object, name: self.name(name)))
    }

    /// `a has b.c` means `a has b && a.b has c`.
    private mutating func has(_ object: Expression, _ names: [String]) -> Int32 {
        var object = object
        var test: Int32?
        for name in names {
            let next: Int32
            if case .variable(let variable) = object.node {
                next = self.emit(.hasOf(variable, name: self.name(name)))
            } else {
                let index = self.add(object)
                next = self.emit(.has(index, name: self.name(name)))
            }
            test = test.map { self.emit(.and($0, next)) } ?? next
            object = Expression(.attribute(object, name))
        }
        return test ?? self.add(Expression(.literal(.bool(true))))
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

    /// The value of sets, records and constructors of constants; `nil` when it depends on the request or is an error.
    private static func constant(_ expression: Expression) -> Value? {
        switch expression.node {
        case .literal(let literal):
            return literal.value
        case .set(let elements):
            let values = elements.compactMap(Self.constant)
            return values.count == elements.count ? .set(of: values) : nil
        case .record(let fields):
            let values = fields.compactMap { field in Self.constant(field.value).map { (field.key, $0) } }
            return values.count == fields.count ? .record(values) : nil
        case .call(let function, let arguments) where function.isConstructor:
            let values = arguments.compactMap(Self.constant)
            return values.count == arguments.count ? try? function.call(values) : nil
        default:
            return nil
        }
    }
}
