/// Reads expressions: operators here, operands in `OperandParser.swift`.
///
/// Source: Cedar language 4.5, grammar, "Expr" to "Unary".
extension PolicyParser {
    /// Reads an expression.
    mutating func expression() throws(TokenReader.Abandoned) -> Expression {
        try self.deeper { parser throws(TokenReader.Abandoned) in
            parser.reader.isAt(word: "if") ? try parser.conditional() : try parser.disjunction()
        }
    }

    private mutating func conditional() throws(TokenReader.Abandoned) -> Expression {
        let start = self.reader.advance().span
        let condition = try self.expression()
        guard self.reader.accept(word: "then") else { throw self.reader.unexpected(expected: ["`then`"]) }
        let consequence = try self.expression()
        guard self.reader.accept(word: "else") else { throw self.reader.unexpected(expected: ["`else`"]) }
        let alternative = try self.expression()
        let span = start.joined(to: alternative.span)
        return Expression(.conditional(condition, then: consequence, else: alternative), span: span)
    }

    private mutating func disjunction() throws(TokenReader.Abandoned) -> Expression {
        var left = try self.conjunction()
        while self.reader.accept(.or) {
            let right = try self.conjunction()
            left = try self.checked(Expression(.or(left, right), span: left.span.joined(to: right.span)))
        }
        return left
    }

    private mutating func conjunction() throws(TokenReader.Abandoned) -> Expression {
        var left = try self.relation()
        while self.reader.accept(.and) {
            let right = try self.relation()
            left = try self.checked(Expression(.and(left, right), span: left.span.joined(to: right.span)))
        }
        return left
    }

    /// Refuses a tree that would be too deep to walk; `a + a + a ...` makes one as deep as it is long.
    mutating func checked(_ expression: Expression) throws(TokenReader.Abandoned) -> Expression {
        guard expression.depth > Expression.maximumDepth else { return expression }
        self.reader.report(
            self.reader.previousSpan,
            "more than \(Expression.maximumDepth) operators in each other",
            help: "group them with parentheses, or use a set"
        )
        throw TokenReader.Abandoned()
    }

    private mutating func relation() throws(TokenReader.Abandoned) -> Expression {
        let left = try self.sum()
        guard let expression = try self.relation(of: left) else { return left }
        if self.relationalOperator != nil || self.isAtWordOperator {
            throw self.reader.unexpected(expected: ["`&&`", "`||`"], help: "comparisons don't chain; use parentheses")
        }
        return expression
    }

    private var isAtWordOperator: Bool {
        self.reader.isAt(word: "has") || self.reader.isAt(word: "like") || self.reader.isAt(word: "is")
    }

    /// Reads what may follow the left operand of a relation; `nil` when nothing follows.
    private mutating func relation(of left: Expression) throws(TokenReader.Abandoned) -> Expression? {
        if let binary = self.relationalOperator {
            self.reader.advance()
            let right = try self.sum()
            return Expression(.binary(binary, left, right), span: left.span.joined(to: right.span))
        }
        if self.reader.accept(word: "has") {
            let names = try self.attributePath()
            let span = left.span.joined(to: self.reader.previousSpan)
            return try self.checked(Expression(.has(left, names), span: span))
        }
        if self.reader.accept(word: "like") {
            guard self.reader.current.kind == .string else {
                throw self.reader.unexpected(expected: ["a pattern in quotes"])
            }
            let pattern = self.reader.pattern(self.reader.advance())
            return Expression(.like(left, pattern), span: left.span.joined(to: self.reader.previousSpan))
        }
        if self.reader.accept(word: "is") {
            let type = try self.name()
            let ancestor = self.reader.accept(word: "in") ? try self.sum() : nil
            return Expression(.is(left, type, in: ancestor), span: left.span.joined(to: self.reader.previousSpan))
        }
        if self.reader.isAt(.assign) { throw self.reader.unexpected(expected: ["`==`"]) }
        return nil
    }

    private var relationalOperator: BinaryOperator? {
        switch self.reader.current.kind {
        case .mark(.equal): .equal
        case .mark(.notEqual): .notEqual
        case .mark(.less): .less
        case .mark(.lessOrEqual): .lessOrEqual
        case .mark(.greater): .greater
        case .mark(.greaterOrEqual): .greaterOrEqual
        case .identifier: self.reader.isAt(word: "in") ? .in : nil
        default: nil
        }
    }

    /// Reads what stands after `has`: `"name"`, or names joined by dots.
    private mutating func attributePath() throws(TokenReader.Abandoned) -> [String] {
        if self.reader.current.kind == .string { return [self.reader.unescaped(self.reader.advance())] }
        var names: [String] = []
        repeat {
            guard self.reader.current.kind == .identifier else {
                throw self.reader.unexpected(expected: ["the name of an attribute"])
            }
            names.append(self.namePart())
        } while self.reader.accept(.dot)
        return names
    }

    private mutating func sum() throws(TokenReader.Abandoned) -> Expression {
        var left = try self.product()
        while true {
            let binary: BinaryOperator
            if self.reader.accept(.plus) {
                binary = .add
            } else if self.reader.accept(.minus) {
                binary = .subtract
            } else {
                return left
            }
            let right = try self.product()
            left = try self.checked(Expression(.binary(binary, left, right), span: left.span.joined(to: right.span)))
        }
    }

    private mutating func product() throws(TokenReader.Abandoned) -> Expression {
        var left = try self.negation()
        while true {
            if self.reader.isAt(.slash) || self.reader.isAt(.percent) {
                throw self.reader.unexpected(expected: ["`*`"], help: "the language has neither division nor remainder")
            }
            guard self.reader.accept(.star) else { return left }
            let right = try self.negation()
            left = try self.checked(Expression(.binary(.multiply, left, right), span: left.span.joined(to: right.span)))
        }
    }

    /// Reads up to four `!` or up to four `-` and what they stand before.
    private mutating func negation() throws(TokenReader.Abandoned) -> Expression {
        let start = self.reader.current.span
        for (mark, unary) in [(Token.Mark.not, UnaryOperator.not), (.minus, .negate)] where self.reader.isAt(mark) {
            var count = 0
            while self.reader.accept(mark) { count += 1 }
            if count > 4 { self.reader.report(start, "more than four `\(mark.rawValue)` in a row") }
            var expression: Expression
            if unary == .negate, let literal = self.negativeLiteral(from: self.reader.previousSpan) {
                expression = literal
                count -= 1
            } else {
                expression = try self.operand()
            }
            for _ in 0..<min(count, 4) {
                expression = Expression(.unary(unary, expression), span: start.joined(to: expression.span))
            }
            return expression
        }
        return try self.operand()
    }

    /// Reads the digits after a `-` as one negative number, since the least number has no positive twin.
    private mutating func negativeLiteral(from start: SourceSpan) -> Expression? {
        guard self.reader.current.kind == .number else { return nil }
        switch self.reader.peek().kind {
        case .mark(.dot), .mark(.leftBracket), .mark(.leftParenthesis): return nil
        default: break
        }
        let token = self.reader.advance()
        let span = start.joined(to: token.span)
        return Expression(.literal(.long(self.number(token, isNegative: true))), span: span)
    }

    /// The number that digits stand for, reporting when it is out of range.
    mutating func number(_ token: Token, isNegative: Bool) -> Int64 {
        let text = self.reader.text(token)
        if let number = Int64(isNegative ? "-" + text : text) { return number }
        self.reader.report(
            token.span,
            "`\(text)` is too large for a 64-bit number",
            expected: ["at most `\(isNegative ? Int64.min : Int64.max)`"]
        )
        return 0
    }
}
