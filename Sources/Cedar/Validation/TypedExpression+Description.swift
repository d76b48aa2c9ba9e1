extension TypedExpression: CustomStringConvertible {
    /// The expression as error messages write it: every part in parentheses that is no value, variable, set or record.
    var description: String {
        let parts = self.children
        switch self.form {
        case .literal(let literal): return literal.written
        case .variable(let variable): return variable.rawValue
        case .slot(let slot): return slot.rawValue
        case .unknown(let name): return "unknown(\(Escapes.quoted(name)))"
        case .and: return "\(parts[0].enclosed) && \(parts[1].enclosed)"
        case .or: return "\(parts[0].enclosed) || \(parts[1].enclosed)"
        case .conditional: return "if \(parts[0].enclosed) then \(parts[1].enclosed) else \(parts[2].enclosed)"
        case .unary(.not): return "!\(parts[0].enclosed)"
        case .unary(.negate): return "-(\(parts[0]))"
        case .unary(.isEmpty): return "\(parts[0].enclosed).isEmpty()"
        case .binary(let sign) where sign.isInfix:
            return "\(parts[0].enclosed) \(sign.rawValue) \(parts[1].enclosed)"
        case .binary(let sign): return "\(parts[0].enclosed).\(sign.rawValue)(\(parts[1]))"
        case .attribute(let name):
            return parts[0].enclosed + (Identifier.isUsable(name) ? ".\(name)" : "[\(Escapes.quoted(name))]")
        case .has(let name):
            return "\(parts[0].enclosed) has \(Identifier.isUsable(name) ? name : Escapes.quoted(name))"
        case .hasPath(let steps): return Self.chain(of: parts[0].enclosed, steps)
        case .like(let pattern): return "\(parts[0].enclosed) like \(pattern.written)"
        case .is(let type): return "\(parts[0].enclosed) is \(type)"
        case .isIn(let type):
            let member = parts[0].enclosed
            return "(\(member) is \(type)) && (\(member) in \(parts[1].enclosed))"
        case .set: return "[\(parts.map(\.description).joined(separator: ", "))]"
        case .record(let names):
            let fields = zip(names, parts).sorted { $0.0.precedesExactly($1.0) }.map { name, value in
                "\(Identifier.isUsable(name) ? name : Escapes.quoted(name)): \(value)"
            }
            return "{\(fields.joined(separator: ", "))}"
        case .call(let function):
            guard !function.isConstructor, let receiver = parts.first else {
                return "\(function.rawValue)(\(parts.map(\.description).joined(separator: ", ")))"
            }
            let arguments = parts.dropFirst().map(\.description).joined(separator: ", ")
            return "\(receiver.enclosed).\(function.rawValue)(\(arguments))"
        }
    }

    /// The tests that `object has b.c` stands for.
    private static func chain(of object: String, _ steps: [Step]) -> String {
        var object = object
        var text = ""
        for (place, step) in steps.enumerated() {
            let isPlain = Identifier.isUsable(step.name)
            let test = "\(object) has \(isPlain ? step.name : Escapes.quoted(step.name))"
            text = place == 0 ? test : "(\(text)) && (\(test))"
            object = "(\(object)\(isPlain ? ".\(step.name)" : "[\(Escapes.quoted(step.name))]"))"
        }
        return text
    }

    /// The expression as a part of another.
    private var enclosed: String {
        switch self.form {
        case .literal, .variable, .slot, .set, .record: self.description
        default: "(\(self))"
        }
    }
}

extension Literal {
    /// The literal as error messages write it; a negative number in parentheses, so that it does not become a minus.
    fileprivate var written: String {
        switch self {
        case .bool(let value): String(value)
        case .long(let value): value < 0 ? "(\(value))" : String(value)
        case .string(let text): Escapes.quoted(text)
        case .entity(let uid): uid.description
        }
    }
}

extension Pattern {
    /// The pattern in quotes.
    fileprivate var written: String {
        let inside = self.elements.map { element in
            switch element {
            case .wildcard: "*"
            case .scalar("*"): "\\*"
            case .scalar(let scalar): Escapes.escaped(scalar)
            }
        }
        return "\"\(inside.joined())\""
    }
}
