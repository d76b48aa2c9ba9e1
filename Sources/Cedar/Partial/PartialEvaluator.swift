/// Reduces typed expressions as far as what is known of a request allows.
///
/// What is known is evaluated by the evaluator of whole requests, so both mean the same. What is not known stays, and
/// what its type decides goes, unless evaluating it could have failed.
///
/// Source: RFC 95; the rules follow the formal semantics in cedar-spec, `Cedar.TPE.Evaluator`.
struct PartialEvaluator {
    /// What became of an expression.
    enum Reduced {
        /// This value, whatever the unknown turns out to be.
        case value(Value)
        /// No value, whatever the unknown turns out to be.
        case failed(EvaluationError)
        /// A value that depends on the unknown.
        case open(TypedExpression)
    }

    private let request: PartialRequest
    private let environment: RequestEnvironment
    private let entities: Entities
    /// A whole request with anything in place of the unknown, for expressions that never look there.
    private let stand: Request

    init(_ request: PartialRequest, _ environment: RequestEnvironment, _ entities: Entities) {
        self.request = request
        self.environment = environment
        self.entities = entities
        self.stand = Request(
            principal: request.principal.entity ?? EntityUID(type: environment.principal, id: ""),
            action: environment.action,
            resource: request.resource.entity ?? EntityUID(type: environment.resource, id: ""),
            context: request.context
        )
    }

    /// What becomes of an expression.
    func reduce(_ node: TypedExpression) -> Reduced {
        if let truth = node.decidedByType { return .value(.bool(truth)) }
        switch node.form {
        case .literal(let literal): return .value(literal.value)
        case .variable(let variable): return self.reduce(variable, node)
        case .and: return self.reduceAnd(node)
        case .or: return self.reduceOr(node)
        case .conditional: return self.reduceConditional(node)
        case .attribute(let name): return self.reduceAttribute(node, name)
        case .has(let name):
            if node.children[0].isContext, self.request.openContext != .nothing { return self.contextHas(name, node) }
            return self.reduceParts(of: node)
        case .hasPath(let steps): return self.reducePath(node, steps)
        case .isIn(let type): return self.reduceMembership(node, type)
        case .slot, .unknown: return .open(node)
        default: return self.reduceParts(of: node)
        }
    }

    private func reduce(_ variable: Variable, _ node: TypedExpression) -> Reduced {
        switch variable {
        case .principal: self.request.principal.entity.map { .value(.entity($0)) } ?? .open(node)
        case .action: .value(.entity(self.environment.action))
        case .resource: self.request.resource.entity.map { .value(.entity($0)) } ?? .open(node)
        case .context: self.request.openContext == .nothing ? .value(.record(self.request.context)) : .open(node)
        }
    }

    // MARK: - Conditions

    private func reduceAnd(_ node: TypedExpression) -> Reduced {
        let left = self.reduce(node.children[0])
        switch left {
        case .value(.bool(true)): return self.reduce(node.children[1])
        case .value, .failed: return left
        case .open(let condition):
            let right = self.reduce(node.children[1])
            switch right {
            case .value(.bool(true)): return left
            case .value(.bool(false)) where !condition.canFail: return right
            default: return .open(node.with([condition, self.written(right, as: node.children[1])]))
            }
        }
    }

    private func reduceOr(_ node: TypedExpression) -> Reduced {
        let left = self.reduce(node.children[0])
        switch left {
        case .value(.bool(false)): return self.reduce(node.children[1])
        case .value, .failed: return left
        case .open(let condition):
            let right = self.reduce(node.children[1])
            switch right {
            case .value(.bool(false)): return left
            case .value(.bool(true)) where !condition.canFail: return right
            default: return .open(node.with([condition, self.written(right, as: node.children[1])]))
            }
        }
    }

    private func reduceConditional(_ node: TypedExpression) -> Reduced {
        let test = self.reduce(node.children[0])
        switch test {
        case .value(.bool(let isTrue)): return self.reduce(node.children[isTrue ? 1 : 2])
        case .value, .failed: return test
        case .open(let condition):
            let then = self.reduce(node.children[1])
            // Where the test is decided by its type both branches are one.
            if node.children[1] === node.children[2] {
                let taken = self.written(then, as: node.children[1])
                return .open(node.with([condition, taken, taken]))
            }
            let otherwise = self.reduce(node.children[2])
            if case .value(let a) = then, case .value(let b) = otherwise, a == b, !condition.canFail { return then }
            let branches = [self.written(then, as: node.children[1]), self.written(otherwise, as: node.children[2])]
            return .open(node.with([condition] + branches))
        }
    }

    // MARK: - Attributes

    private func reduceAttribute(_ node: TypedExpression, _ name: String) -> Reduced {
        let target = node.children[0]
        if target.isContext, self.request.openContext != .nothing {
            if let value = self.request.context[name] { return .value(value) }
            return self.isOpen(name) ? .open(node) : .failed(.missingRecordAttribute(name))
        }
        guard case .open(let record) = self.reduce(target) else { return self.reduceParts(of: node) }
        // Of a record that is written out only the one attribute matters, if the others can't fail.
        if case .record(let names) = record.form,
            let place = names.firstIndex(where: { $0.isExactly(name) }),
            !record.children.enumerated().contains(where: { $0.offset != place && $0.element.canFail })
        {
            return self.reduce(record.children[place])
        }
        return .open(node.with([record]))
    }

    private func contextHas(_ name: String, _ node: TypedExpression) -> Reduced {
        if self.request.context.has(name) { return .value(.bool(true)) }
        return self.isOpen(name) ? .open(node) : .value(.bool(false))
    }

    /// `a has b.c`: of a context that is not wholly known, the first name tells whether the rest can be.
    private func reducePath(_ node: TypedExpression, _ steps: [TypedExpression.Step]) -> Reduced {
        guard node.children[0].isContext, self.request.openContext != .nothing else {
            return self.reduceParts(of: node)
        }
        let name = steps[0].name
        guard let value = self.request.context[name] else {
            return self.isOpen(name) ? .open(node) : .value(.bool(false))
        }
        let record = TypedExpression(
            .record([name]),
            [TypedExpression(value, type: nil, span: node.span)],
            type: nil,
            span: node.span
        )
        return self.evaluate(node.with([record]))
    }

    /// `a is T in b`: the second part counts only for an entity of the type.
    private func reduceMembership(_ node: TypedExpression, _ type: EntityTypeName) -> Reduced {
        let member = self.reduce(node.children[0])
        var isOfType: Bool?
        switch member {
        case .failed: return member
        case .value(.entity(let uid)): isOfType = uid.type == type
        case .value: break
        case .open: if case .entity(let types)? = node.children[0].type, types.single == type { isOfType = true }
        }
        guard isOfType != false else { return .value(.bool(false)) }
        let group = self.reduce(node.children[1])
        guard isOfType == true else {
            let parts = zip([member, group], node.children).map { self.written($0, as: $1) }
            return .open(node.with(parts))
        }
        let membership = TypedExpression(.binary(.in), node.children, type: .boolean, span: node.span)
        return self.combine([member, group], into: membership)
    }

    private func isOpen(_ name: String) -> Bool {
        switch self.request.openContext {
        case .nothing: false
        case .attributes(let names): names.contains(ExactText(name))
        case .rest: true
        }
    }

    // MARK: - Everything else

    /// Reduces the parts of an expression that always evaluates all of them, and the whole if all are known.
    private func reduceParts(of node: TypedExpression) -> Reduced {
        self.combine(node.children.map { self.reduce($0) }, into: node)
    }

    private func combine(_ parts: [Reduced], into node: TypedExpression) -> Reduced {
        var isOpen = false
        for part in parts {
            // A part that fails makes the whole fail, whatever comes of the others.
            if case .failed = part { return part }
            if case .open = part { isOpen = true }
        }
        let reduced = node.with(zip(parts, node.children).map { self.written($0, as: $1) })
        guard isOpen else { return self.evaluate(reduced) }
        if case .binary(.equal) = node.form, !reduced.canFail,
            reduced.children[0].expression == reduced.children[1].expression
        {
            return .value(.bool(true))
        }
        return .open(reduced)
    }

    /// The value of an expression in which nothing is unknown.
    private func evaluate(_ node: TypedExpression) -> Reduced {
        var builder = ProgramBuilder()
        let start = builder.add(node.expression)
        do throws(EvaluationError) {
            return .value(try Evaluator(builder.program, self.stand, self.entities).value(start))
        } catch {
            return .failed(error)
        }
    }

    /// A reduced part as an expression again.
    private func written(_ reduced: Reduced, as node: TypedExpression) -> TypedExpression {
        switch reduced {
        case .value(let value): TypedExpression(value, type: node.type, span: node.span)
        case .open(let expression): expression
        // What fails stays as it was, to fail when its turn comes.
        case .failed: node
        }
    }
}
