/// Reads operands: literals, variables, entities, calls, and the attributes and methods after them.
///
/// Source: Cedar language 4.5, grammar, "Member" and "Primary".
extension PolicyParser {
    /// Reads an operand with everything that follows it after dots and brackets.
    mutating func operand() throws(TokenReader.Abandoned) -> Expression {
        var expression = try self.primary()
        while true {
            expression = try self.checked(expression)
            if self.reader.accept(.dot) {
                expression = try self.member(of: expression)
            } else if self.reader.accept(.leftBracket) {
                guard self.reader.current.kind == .string else {
                    throw self.reader.unexpected(expected: ["an attribute in quotes"])
                }
                let name = self.reader.unescaped(self.reader.advance())
                try self.reader.expect(.rightBracket)
                expression = Expression(
                    .attribute(expression, name),
                    span: expression.span.joined(to: self.reader.previousSpan)
                )
            } else if self.reader.isAt(.leftParenthesis) {
                throw self.reader.unexpected(
                    expected: ["an operator"],
                    help: "only functions and methods can be called"
                )
            } else {
                return expression
            }
        }
    }

    /// Reads what stands after a dot.
    private mutating func member(of receiver: Expression) throws(TokenReader.Abandoned) -> Expression {
        guard self.reader.current.kind == .identifier else {
            throw self.reader.unexpected(expected: ["an attribute", "a method"])
        }
        let token = self.reader.current
        let name = self.namePart()
        guard self.reader.accept(.leftParenthesis) else {
            return Expression(.attribute(receiver, name), span: receiver.span.joined(to: token.span))
        }
        let arguments = try self.expressions(until: .rightParenthesis)
        let span = receiver.span.joined(to: self.reader.previousSpan)
        if let function = ExtensionFunction(rawValue: name) {
            if function.isConstructor {
                self.reader.report(token.span, "`\(name)` is a function", help: "write `\(name)(..)`")
            }
            return Expression(.call(function, [receiver] + arguments), span: span)
        }
        if name == "isEmpty" {
            self.check(arguments.count, equals: 0, of: name, at: span)
            return Expression(.unary(.isEmpty, receiver), span: span)
        }
        if let method = BinaryOperator(rawValue: name), !method.isInfix {
            self.check(arguments.count, equals: 1, of: name, at: span)
            return Expression(.binary(method, receiver, arguments.first ?? receiver), span: span)
        }
        let methods = Self.methods.sorted()
        self.reader.report(
            token.span,
            "there is no method `\(name)`",
            help: Spelling.closest(to: name, in: methods).map { "did you mean `\($0)`" }
        )
        return receiver
    }

    private static let methods: [String] =
        ["isEmpty", "contains", "containsAll", "containsAny", "hasTag", "getTag"]
        + ExtensionFunction.allCases.filter { !$0.isConstructor }.map(\.rawValue)

    private mutating func check(_ count: Int, equals expected: Int, of name: String, at span: SourceSpan) {
        guard count != expected else { return }
        self.reader.report(span, "`\(name)` takes \(expected) argument\(expected == 1 ? "" : "s")", found: "\(count)")
    }

    private mutating func expressions(until close: Token.Mark) throws(TokenReader.Abandoned) -> [Expression] {
        var expressions: [Expression] = []
        while !self.reader.accept(close) {
            expressions.append(try self.expression())
            if self.reader.accept(close) { break }
            guard self.reader.accept(.comma) else {
                throw self.reader.unexpected(expected: ["`,`", "`\(close.rawValue)`"])
            }
        }
        return expressions
    }

    private mutating func primary() throws(TokenReader.Abandoned) -> Expression {
        let token = self.reader.current
        switch token.kind {
        case .number:
            self.reader.advance()
            return Expression(.literal(.long(self.number(token, isNegative: false))), span: token.span)
        case .string:
            self.reader.advance()
            return Expression(.literal(.string(self.reader.unescaped(token))), span: token.span)
        case .slot:
            self.reader.advance()
            self.reader.report(
                token.span,
                "a slot can't stand in a condition",
                help: "slots stand in the scope; compare there, or use `principal` or `resource`"
            )
            return Expression(.literal(.bool(false)), span: token.span)
        case .mark(.leftParenthesis):
            self.reader.advance()
            let inner = try self.expression()
            try self.reader.expect(.rightParenthesis)
            return Expression(inner.node, span: token.span.joined(to: self.reader.previousSpan))
        case .mark(.leftBracket):
            self.reader.advance()
            let elements = try self.expressions(until: .rightBracket)
            return Expression(.set(elements), span: token.span.joined(to: self.reader.previousSpan))
        case .mark(.leftBrace):
            return try self.record()
        case .identifier:
            return try self.named()
        case .mark, .end:
            throw self.reader.unexpected(expected: ["an expression"])
        }
    }

    /// Reads what begins with an identifier: `true`, `false`, a variable, an entity or a function call.
    private mutating func named() throws(TokenReader.Abandoned) -> Expression {
        let token = self.reader.current
        if self.reader.peek().kind != .mark(.doubleColon) {
            let text = self.reader.text(token)
            if text == "true" || text == "false" {
                self.reader.advance()
                return Expression(.literal(.bool(text == "true")), span: token.span)
            }
            if text == "if" {
                throw self.reader.unexpected(
                    expected: ["an expression"],
                    help: "put `if` in parentheses to use it as an operand"
                )
            }
            if let variable = Variable(rawValue: text) {
                self.reader.advance()
                return Expression(.variable(variable), span: token.span)
            }
        }
        switch try self.path() {
        case .entity(let uid):
            return Expression(.literal(.entity(uid)), span: token.span.joined(to: self.reader.previousSpan))
        case .name(let name):
            return try self.call(name, at: token.span)
        }
    }

    private mutating func call(_ name: Name, at start: SourceSpan) throws(TokenReader.Abandoned) -> Expression {
        let nameSpan = start.joined(to: self.reader.previousSpan)
        guard self.reader.accept(.leftParenthesis) else {
            let variables = Variable.allCases.map(\.rawValue)
            self.reader.report(
                nameSpan,
                "there is no variable `\(name)`",
                expected: variables.map { "`\($0)`" },
                help: Spelling.closest(to: name.text, in: variables).map { "did you mean `\($0)`" }
            )
            return Expression(.literal(.bool(false)), span: nameSpan)
        }
        let arguments = try self.expressions(until: .rightParenthesis)
        let span = start.joined(to: self.reader.previousSpan)
        guard let function = ExtensionFunction(rawValue: name.text), function.isConstructor else {
            let functions = ExtensionFunction.allCases.filter(\.isConstructor).map(\.rawValue)
            let isMethod = Self.methods.contains(name.text)
            self.reader.report(
                nameSpan,
                isMethod ? "`\(name)` is a method" : "there is no function `\(name)`",
                help: isMethod
                    ? "write `x.\(name)(..)`"
                    : Spelling.closest(to: name.text, in: functions).map { "did you mean `\($0)`" }
            )
            return Expression(.literal(.bool(false)), span: span)
        }
        return Expression(.call(function, arguments), span: span)
    }

    private mutating func record() throws(TokenReader.Abandoned) -> Expression {
        let start = self.reader.advance().span
        var fields: [RecordField] = []
        var keys: Set<ExactText> = []
        while !self.reader.accept(.rightBrace) {
            let token = self.reader.current
            let key: String
            switch token.kind {
            case .identifier: key = self.namePart()
            case .string: key = self.reader.unescaped(self.reader.advance())
            default: throw self.reader.unexpected(expected: ["an attribute"])
            }
            try self.reader.expect(.colon)
            if !keys.insert(ExactText(key)).inserted {
                self.reader.report(token.span, "attribute `\(key)` stands here a second time")
            }
            fields.append(RecordField(key: key, value: try self.expression()))
            if self.reader.accept(.rightBrace) { break }
            guard self.reader.accept(.comma) else { throw self.reader.unexpected(expected: ["`,`", "`}`"]) }
        }
        return Expression(.record(fields), span: start.joined(to: self.reader.previousSpan))
    }
}
