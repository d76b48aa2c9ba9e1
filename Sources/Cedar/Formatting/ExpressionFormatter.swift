/// Lays expressions out.
extension PolicyFormatter {
    /// The layout of an expression.
    mutating func expression() -> LayoutDocument {
        guard self.isAt("if") && self.next != ":" else { return self.chain("||") { $0.chain("&&") { $0.relation() } } }
        var parts: [LayoutDocument] = []
        for keyword in ["if", "then", "else"] {
            if keyword != "if" { parts.append(.line) }
            parts.append(self.word())
            parts.append(.nest(Self.indentation, .sequence([.line, self.expression()])))
        }
        return .group(.sequence(parts))
    }

    /// Operands with `mark` at the end of every line but the last.
    private mutating func chain(
        _ mark: String,
        _ operand: (inout PolicyFormatter) -> LayoutDocument
    ) -> LayoutDocument {
        var parts = [operand(&self)]
        while self.isAt(mark) {
            parts += [.text(" "), self.word(then: .line)]
            parts.append(operand(&self))
        }
        return .sequence(parts)
    }

    private mutating func relation() -> LayoutDocument {
        let left = self.sum()
        switch self.current {
        case "==", "!=", "<", "<=", ">", ">=", "in":
            return .sequence([left, .text(" "), self.word(), .text(" "), self.sum()])
        case "has", "like":
            return .group(.sequence([left, .line, self.word(), .line, .nest(Self.indentation, self.sum())]))
        case "is":
            var parts = [left, .text(" "), self.word(), .text(" "), .nest(Self.indentation, self.sum())]
            if self.isAt("in") { parts += [.line, self.word(), .text(" "), .nest(Self.indentation, self.sum())] }
            return .group(.sequence(parts))
        default:
            return left
        }
    }

    /// A sum, or what binds more tightly.
    mutating func sum() -> LayoutDocument {
        self.arithmetic(["+", "-"]) { $0.arithmetic(["*"]) { $0.negation() } }
    }

    private mutating func arithmetic(
        _ marks: Set<String>,
        _ operand: (inout PolicyFormatter) -> LayoutDocument
    ) -> LayoutDocument {
        var parts = [operand(&self)]
        while marks.contains(self.current) {
            parts += [.text(" "), self.word(), .line]
            parts.append(operand(&self))
        }
        return .group(.sequence(parts))
    }

    private mutating func negation() -> LayoutDocument {
        var parts: [LayoutDocument] = []
        while self.isAt("!") || self.isAt("-") { parts.append(self.word()) }
        parts.append(self.member())
        return .sequence(parts)
    }

    private mutating func member() -> LayoutDocument {
        let item = self.primary()
        var accesses: [LayoutDocument] = []
        while self.isAt(".") || self.isAt("(") || self.isAt("[") {
            if !accesses.isEmpty { accesses.append(.emptyLine) }
            accesses.append(self.access())
        }
        return .group(.sequence([item, .nest(Self.indentation, .sequence(accesses))]))
    }

    private mutating func access() -> LayoutDocument {
        switch self.current {
        case ".": return .sequence([self.word(), self.word()])
        case "[": return .sequence([self.word(), self.expression(), self.word()])
        default: break
        }
        let open = self.word()
        let isEmpty = self.isAt(")")
        let arguments = self.list(until: ")") { $0.expression() }
        guard !isEmpty else { return .sequence([open, self.word()]) }
        return .sequence([open, .nest(Self.indentation, .sequence([.emptyLine, arguments])), .emptyLine, self.word()])
    }

    /// Items with commas between them, up to but without the closing mark.
    private mutating func list(until close: String, _ item: (inout PolicyFormatter) -> LayoutDocument) -> LayoutDocument
    {
        var parts: [LayoutDocument] = []
        while !self.isAt(close), !self.isAtEnd {
            parts.append(item(&self))
            guard self.isAt(",") else { break }
            if self.next == close {
                self.dropTrailingComma()
            } else {
                parts += [self.word(), .line]
            }
        }
        return .sequence(parts)
    }

    private mutating func primary() -> LayoutDocument {
        switch self.current {
        case "(":
            return .group(.sequence([self.word(), .nest(1, self.expression()), self.word()]))
        case "[":
            return .sequence([self.word(), .nest(1, self.list(until: "]") { $0.expression() }), self.word()])
        case "{":
            return self.record()
        default:
            break
        }
        var parts = [self.word()]
        while self.isAt("::") { parts += [self.word(), self.word()] }
        return .sequence(parts)
    }

    private mutating func record() -> LayoutDocument {
        let open = self.word()
        guard !self.isAt("}") else { return .sequence([open, self.word()]) }
        let fields = self.list(until: "}") { formatter in
            // A name or text alone, laid out as the expression that the grammar takes it for.
            let key = formatter.chain("||") { $0.sum() }
            return .sequence([key, formatter.word(), .text(" "), formatter.expression()])
        }
        return .sequence([open, .nest(Self.indentation, .group(.sequence([.line, fields, .line]))), self.word()])
    }
}
