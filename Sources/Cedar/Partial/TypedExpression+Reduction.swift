extension TypedExpression {
    /// The same expression with other parts.
    func with(_ children: [TypedExpression]) -> TypedExpression {
        TypedExpression(self.form, children, type: self.type, span: self.span)
    }

    /// Whether this is the variable `context`.
    var isContext: Bool {
        guard case .variable(.context) = self.form else { return false }
        return true
    }

    /// The truth value that the type alone gives; `nil` if it gives none, or if evaluation could fail.
    var decidedByType: Bool? {
        guard case .bool(let truth)? = self.type, truth != .either, !self.canFail else { return nil }
        return truth == .alwaysTrue
    }

    /// A value written out as an expression.
    convenience init(_ value: Value, type: CedarType?, span: SourceSpan) {
        func parts(_ values: some Sequence<Value>) -> [TypedExpression] {
            values.map { TypedExpression($0, type: nil, span: span) }
        }
        switch value {
        case .bool(let value): self.init(.literal(.bool(value)), [], type: type, span: span)
        case .long(let value): self.init(.literal(.long(value)), [], type: type, span: span)
        case .string(let text): self.init(.literal(.string(text)), [], type: type, span: span)
        case .entity(let uid): self.init(.literal(.entity(uid)), [], type: type, span: span)
        case .set(let elements): self.init(.set, parts(elements.elements), type: type, span: span)
        case .record(let record):
            self.init(.record(record.attributeNames), parts(record.map(\.1)), type: type, span: span)
        case .extension(.datetime(let moment)):
            // The written form reaches only from year 0 to 9999; an offset reaches every moment.
            let epoch = TypedExpression(calling: .datetime, "1970-01-01", span: span)
            let offset = TypedExpression(calling: .duration, "\(moment.millisecondsSinceEpoch)ms", span: span)
            self.init(.call(.offset), [epoch, offset], type: type, span: span)
        case .extension(let value):
            let argument = TypedExpression(.literal(.string(value.description)), [], type: .string, span: span)
            self.init(.call(value.type.constructor), [argument], type: type, span: span)
        }
    }

    private convenience init(calling function: ExtensionFunction, _ text: String, span: SourceSpan) {
        let argument = TypedExpression(.literal(.string(text)), [], type: .string, span: span)
        self.init(.call(function), [argument], type: nil, span: span)
    }

    /// The expression without its types.
    var expression: Expression {
        if case .conditional = self.form, self.children[1] === self.children[2] { return self.decidedConditional }
        let parts = self.children.map(\.expression)
        let node: Expression.Node =
            switch self.form {
            case .literal(let literal): .literal(literal)
            case .variable(let variable): .variable(variable)
            case .slot(let slot): .slot(slot)
            case .unknown(let name): .unknown(name)
            case .and: .and(parts[0], parts[1])
            case .or: .or(parts[0], parts[1])
            case .conditional: .conditional(parts[0], then: parts[1], else: parts[2])
            case .unary(let sign): .unary(sign, parts[0])
            case .binary(let sign): .binary(sign, parts[0], parts[1])
            case .attribute(let name): .attribute(parts[0], name)
            case .has(let name): .has(parts[0], [name])
            case .like(let pattern): .like(parts[0], pattern)
            case .hasPath(let steps): .has(parts[0], steps.map(\.name))
            case .is(let type): .is(parts[0], type, in: nil)
            case .isIn(let type): .is(parts[0], type, in: parts[1])
            case .set: .set(parts)
            case .record(let names): .record(zip(names, parts).map { RecordField(key: $0, value: $1) })
            case .call(let function): .call(function, parts)
            }
        return Expression(node, span: self.span)
    }

    /// A conditional whose test is decided by its type but could fail; what is never reached is `false`.
    private var decidedConditional: Expression {
        let (test, taken) = (self.children[0].expression, self.children[1].expression)
        let unreached = Expression(.literal(.bool(false)), span: self.span)
        let isTrue = self.children[0].type?.isAlwaysTrue == true
        let node = Expression.Node.conditional(test, then: isTrue ? taken : unreached, else: isTrue ? unreached : taken)
        return Expression(node, span: self.span)
    }
}

extension TypedExpression.Form {
    /// See ``TypedExpression/canFail``.
    func canFail(with children: [TypedExpression]) -> Bool {
        switch self {
        case .literal, .variable: return false
        case .slot, .unknown: return true
        case .attribute:
            // Of a valid policy every access to an optional attribute of a record stands behind a test for it.
            guard case .record? = children[0].type else { return true }
        case .unary(.negate), .binary(.add), .binary(.subtract), .binary(.multiply), .binary(.getTag): return true
        case .call(let function):
            switch function {
            case .offset, .durationSince, .toDate: return true
            default: break
            }
        default: break
        }
        return children.contains { $0.canFail }
    }
}
