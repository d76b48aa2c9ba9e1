/// Reads expressions from their JSON form: an object with one key, which says what kind of expression it is.
///
/// Source: Cedar language 4.5, "Policy JSON format", "JsonExpr objects".
extension PolicyReader {
    /// Reads an expression.
    mutating func expression(_ json: JSON) throws(Abandoned) -> Expression {
        guard let members = json.object, members.count == 1, let member = members.first else {
            throw self.failure(json, "found \(json.kind)", expected: ["an expression, which is an object with one key"])
        }
        let expression = Expression(try self.node(member, json), span: .none)
        guard expression.depth <= Expression.maximumDepth else {
            throw self.failure(json, "more than \(Expression.maximumDepth) expressions in each other")
        }
        return expression
    }

    private mutating func node(_ member: JSON.Member, _ json: JSON) throws(Abandoned) -> Expression.Node {
        let body = member.value
        if let keys = Self.keys(of: member.key) { try self.check(body, keys: keys) }
        if let function = ExtensionFunction(rawValue: member.key) {
            return .call(function, try self.expressions(body))
        }
        if let binary = BinaryOperator(rawValue: member.key) {
            return .binary(binary, try self.part(body, "left"), try self.part(body, "right"))
        }
        if let unary = UnaryOperator(rawValue: member.key) {
            return .unary(unary, try self.part(body, "arg"))
        }
        switch member.key {
        case "Value": return try self.value(body)
        case "Var":
            guard let word = body.string, let variable = Variable(rawValue: word) else {
                throw self.failure(body, "not a variable", expected: Variable.allCases.map { "`\($0.rawValue)`" })
            }
            return .variable(variable)
        case "Slot": throw self.failure(body, "a slot can't stand in a condition", help: "slots stand in the scope")
        case "&&": return .and(try self.part(body, "left"), try self.part(body, "right"))
        case "||": return .or(try self.part(body, "left"), try self.part(body, "right"))
        case "if-then-else":
            return .conditional(
                try self.part(body, "if"),
                then: try self.part(body, "then"),
                else: try self.part(body, "else")
            )
        case ".": return .attribute(try self.part(body, "left"), try self.text(body, "attr"))
        case "has": return .has(try self.part(body, "left"), try self.attributes(body))
        case "like": return .like(try self.part(body, "left"), try self.pattern(body))
        case "is":
            let ancestor = body["in"].map(\.isNull) ?? true ? nil : try self.part(body, "in")
            return .is(try self.part(body, "left"), try self.type(body), in: ancestor)
        case "Set": return .set(try self.expressions(body))
        case "Record":
            guard let members = body.object else {
                throw self.failure(body, "found \(body.kind)", expected: ["an object"])
            }
            return .record(
                try self.fields(members) { reader, json throws(Abandoned) in try reader.expression(json) }
            )
        default: throw self.failure(json, "unknown operator or function `\(member.key)`")
        }
    }

    /// The keys that an operator's body may have; `nil` where others are passed over.
    private static func keys(of name: String) -> Set<String>? {
        switch name {
        case ".": ["left", "attr"]
        case "like": ["left", "pattern"]
        case "is": ["left", "entity_type", "in"]
        case "if-then-else": ["if", "then", "else"]
        case "&&", "||": ["left", "right"]
        default:
            BinaryOperator(rawValue: name) != nil
                ? ["left", "right"] : UnaryOperator(rawValue: name) != nil ? ["arg"] : nil
        }
    }

    private mutating func part(_ json: JSON, _ key: String) throws(Abandoned) -> Expression {
        guard let part = json[key] else { throw self.failure(json, "no `\(key)`", expected: ["an expression"]) }
        return try self.expression(part)
    }

    private mutating func text(_ json: JSON, _ key: String) throws(Abandoned) -> String {
        guard let text = json[key]?.string else { throw self.failure(json, "no `\(key)`", expected: ["text"]) }
        return text
    }

    private mutating func expressions(_ json: JSON) throws(Abandoned) -> [Expression] {
        guard let elements = json.array else {
            throw self.failure(json, "found \(json.kind)", expected: ["an array of expressions"])
        }
        var expressions: [Expression] = []
        for element in elements { expressions.append(try self.expression(element)) }
        return expressions
    }

    /// One name, or a path of them.
    private mutating func attributes(_ json: JSON) throws(Abandoned) -> [String] {
        guard let path = json["attr"]?.array, !path.isEmpty else { return [try self.text(json, "attr")] }
        let names = path.compactMap(\.string)
        guard names.count == path.count else { throw self.failure(json, "not a path", expected: ["an array of names"]) }
        return names
    }

    private mutating func fields(
        _ members: [JSON.Member],
        _ read: (inout PolicyReader, JSON) throws(Abandoned) -> Expression
    ) throws(Abandoned) -> [RecordField] {
        var fields: [RecordField] = []
        var keys: Set<ExactText> = []
        for member in members {
            guard keys.insert(ExactText(member.key)).inserted else {
                throw self.failure(member.value, "attribute `\(member.key)` stands here a second time")
            }
            fields.append(RecordField(key: member.key, value: try read(&self, member.value)))
        }
        return fields
    }

    private mutating func pattern(_ json: JSON) throws(Abandoned) -> Pattern {
        guard let elements = json["pattern"]?.array else {
            throw self.failure(json, "no `pattern`", expected: ["an array"])
        }
        var pattern: [Pattern.Element] = []
        for element in elements {
            let members = element.object ?? []
            if element.string == "Wildcard" || members.count == 1 && element["Wildcard"]?.isNull == true {
                pattern.append(.wildcard)
            } else if members.count == 1, let text = element["Literal"]?.string {
                pattern.append(contentsOf: text.unicodeScalars.map(Pattern.Element.scalar))
            } else {
                throw self.failure(
                    element,
                    "not a piece of a pattern",
                    expected: ["`\"Wildcard\"`", "`{\"Literal\": ..}`"]
                )
            }
        }
        return Pattern(pattern)
    }

    /// Reads a constant; sets and records become expressions of their parts.
    private mutating func value(_ json: JSON) throws(Abandoned) -> Expression.Node {
        switch json.node {
        case .bool(let value): return .literal(.bool(value))
        case .integer(let value): return .literal(.long(value))
        case .string(let text): return .literal(.string(text))
        case .array(let elements):
            var expressions: [Expression] = []
            for element in elements { expressions.append(Expression(try self.value(element))) }
            return .set(expressions)
        case .object(let members):
            // What is no escape after all is a record.
            if json.isEntityEscape || members.count == 1 && json["__expr"]?.string != nil {
                return .literal(.entity(try self.entity(json)))
            }
            if members.count == 1, let call = json["__extn"], let (name, arguments) = call.extensionCall {
                guard let function = ExtensionFunction(rawValue: name) else {
                    throw self.failure(call, "there is no function `\(name)`")
                }
                var expressions: [Expression] = []
                for argument in arguments { expressions.append(Expression(try self.value(argument))) }
                return .call(function, expressions)
            }
            return .record(
                try self.fields(members) { reader, json throws(Abandoned) in Expression(try reader.value(json)) }
            )
        case .null, .number:
            throw self.failure(
                json,
                "found \(json.kind)",
                expected: ["a value"],
                help: "numbers are 64-bit integers, and there is no null"
            )
        }
    }
}
