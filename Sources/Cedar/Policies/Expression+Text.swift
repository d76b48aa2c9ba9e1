extension Expression: CustomStringConvertible {
    /// The expression as Cedar text on one line, with the parentheses that it needs.
    public var description: String { self.text(inside: .none) }

    /// How tightly an operator binds; an operand that binds less tightly than its place needs parentheses.
    private enum Binding: Int, Comparable {
        case none
        case or
        case and
        case relation
        case sum
        case product
        case unary
        case member

        static func < (a: Binding, b: Binding) -> Bool { a.rawValue < b.rawValue }
    }

    private func text(inside place: Binding) -> String {
        let text = self.bareText
        return self.binding < place ? "(\(text))" : text
    }

    private var binding: Binding {
        switch self.node {
        case .conditional: .none
        case .or: .or
        case .and: .and
        case .binary(let binary, _, _):
            switch binary {
            case .add, .subtract: .sum
            case .multiply: .product
            case .contains, .containsAll, .containsAny, .hasTag, .getTag: .member
            default: .relation
            }
        case .has, .like, .is: .relation
        case .unary(.not, _), .unary(.negate, _): .unary
        // A negative number is a sign and a number, and can't stand before a dot.
        case .literal(.long(let number)) where number < 0: .unary
        default: .member
        }
    }

    private var bareText: String {
        switch self.node {
        case .literal(.bool(let value)): return value ? "true" : "false"
        case .literal(.long(let number)): return String(number)
        case .literal(.string(let text)): return Escapes.quoted(text)
        case .literal(.entity(let uid)): return uid.description
        case .variable(let variable): return variable.rawValue
        case .slot(let slot): return slot.rawValue
        case .unknown(let name): return "unknown(\(Escapes.quoted(name)))"
        case .and(let left, let right): return "\(left.text(inside: .and)) && \(right.text(inside: .relation))"
        case .or(let left, let right): return "\(left.text(inside: .or)) || \(right.text(inside: .and))"
        case .conditional(let condition, let consequence, let alternative):
            return "if \(condition.bareText) then \(consequence.bareText) else \(alternative.bareText)"
        case .unary(.isEmpty, let operand): return "\(operand.text(inside: .member)).isEmpty()"
        // Without parentheses it would read as a negative number.
        case .unary(.negate, let operand) where operand.isNumber: return "-(\(operand.bareText))"
        case .unary(let unary, let operand): return (unary == .not ? "!" : "-") + operand.text(inside: .member)
        case .binary(let binary, let left, let right): return Self.text(binary, left, right)
        case .attribute(let object, let name): return object.text(inside: .member) + Self.access(name)
        case .has(let object, let names):
            let path =
                names.count == 1 && !Identifier.isUsable(names[0])
                ? Escapes.quoted(names[0]) : names.joined(separator: ".")
            return "\(object.text(inside: .sum)) has \(path)"
        case .like(let text, let pattern): return "\(text.text(inside: .sum)) like \(pattern)"
        case .is(let object, let type, let ancestor):
            let test = "\(object.text(inside: .sum)) is \(type)"
            return ancestor.map { "\(test) in \($0.text(inside: .sum))" } ?? test
        case .set(let elements): return "[\(Self.list(elements))]"
        case .record(let fields):
            let texts = fields.map { field in
                let key = Identifier.isUsable(field.key) ? field.key : Escapes.quoted(field.key)
                return "\(key): \(field.value.bareText)"
            }
            return "{\(texts.joined(separator: ", "))}"
        case .call(let function, let arguments):
            guard !function.isConstructor, let receiver = arguments.first else {
                return "\(function.rawValue)(\(Self.list(arguments)))"
            }
            return "\(receiver.text(inside: .member)).\(function.rawValue)(\(Self.list(Array(arguments.dropFirst()))))"
        }
    }

    private var isNumber: Bool {
        guard case .literal(.long) = self.node else { return false }
        return true
    }

    private static func text(_ binary: BinaryOperator, _ left: Expression, _ right: Expression) -> String {
        switch binary {
        case .add, .subtract: "\(left.text(inside: .sum)) \(binary.rawValue) \(right.text(inside: .product))"
        case .multiply: "\(left.text(inside: .product)) * \(right.text(inside: .unary))"
        case .contains, .containsAll, .containsAny, .hasTag, .getTag:
            "\(left.text(inside: .member)).\(binary.rawValue)(\(right.bareText))"
        default: "\(left.text(inside: .sum)) \(binary.rawValue) \(right.text(inside: .sum))"
        }
    }

    private static func access(_ name: String) -> String {
        Identifier.isUsable(name) ? ".\(name)" : "[\(Escapes.quoted(name))]"
    }

    private static func list(_ expressions: [Expression]) -> String {
        expressions.map(\.bareText).joined(separator: ", ")
    }
}

extension Pattern: CustomStringConvertible {
    /// The pattern in quotes, as Cedar text.
    public var description: String {
        let pieces = self.elements.map { element in
            switch element {
            case .wildcard: "*"
            case .scalar("*"): "\\*"
            case .scalar(let scalar): Escapes.escaped(scalar)
            }
        }
        return "\"\(pieces.joined())\""
    }
}
