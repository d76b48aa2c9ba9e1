extension Typechecker {
    /// `a && b`: what `a` establishes is known in `b`, and what follows a false `a` is not checked.
    mutating func checkAnd(
        _ expression: Expression,
        _ left: Expression,
        _ right: Expression,
        _ prior: Capabilities
    ) -> Answer {
        let first = self.expect(left, [.boolean], prior)
        if first.type?.isAlwaysFalse == true {
            return Answer(type: first.type, isSound: first.isSound, typed: first.typed)
        }
        return self.joined(expression, first, self.expect(right, [.boolean], prior.union(first.capabilities)))
    }

    /// The answer for `a && b`, both being answered and `a` not always false.
    func joined(_ expression: Expression, _ first: Answer, _ second: Answer) -> Answer {
        guard let leftType = first.type, let rightType = second.type else {
            return self.failure(.boolean, .and, [first, second], expression)
        }
        if rightType.isAlwaysFalse { return self.success(rightType, .and, [first, second], expression) }
        if rightType.isAlwaysTrue {
            let known = first.capabilities.union(second.capabilities)
            return self.success(leftType, .and, [first, second], expression, known)
        }
        if leftType.isAlwaysTrue {
            // As in the reference, which forgets what an always true left side establishes.
            return self.success(rightType, .and, [first, second], expression, second.capabilities)
        }
        let known = first.capabilities.union(second.capabilities)
        return self.success(.boolean, .and, [first, second], expression, known)
    }

    /// `a || b`: only what both establish is known, and what follows a true `a` is not checked.
    mutating func checkOr(
        _ expression: Expression,
        _ left: Expression,
        _ right: Expression,
        _ prior: Capabilities
    ) -> Answer {
        let first = self.expect(left, [.boolean], prior)
        if first.type?.isAlwaysTrue == true { return first }
        let second = self.expect(right, [.boolean], prior)
        guard let leftType = first.type, let rightType = second.type else {
            return self.failure(.boolean, .or, [first, second], expression)
        }
        if rightType.isAlwaysTrue {
            return self.success(rightType, .or, [first, second], expression, second.capabilities)
        }
        if rightType.isAlwaysFalse {
            return self.success(leftType, .or, [first, second], expression, first.capabilities)
        }
        if leftType.isAlwaysFalse {
            return self.success(rightType, .or, [first, second], expression, second.capabilities)
        }
        let known = first.capabilities.intersection(second.capabilities)
        return self.success(.boolean, .or, [first, second], expression, known)
    }

    /// `if a then b else c`: what `a` establishes is known in `b`; a branch that is never taken is not checked.
    mutating func checkConditional(
        _ expression: Expression,
        _ test: Expression,
        _ then: Expression,
        _ otherwise: Expression,
        _ prior: Capabilities
    ) -> Answer {
        let tested = self.expect(test, [.boolean], prior)
        if tested.type?.isAlwaysTrue == true {
            let taken = self.check(then, prior.union(tested.capabilities))
            let known = taken.capabilities.union(tested.capabilities)
            return self.branch(taken.type, [tested, taken, taken], expression, known)
        }
        if tested.type?.isAlwaysFalse == true {
            let taken = self.check(otherwise, prior)
            return self.branch(taken.type, [tested, taken, taken], expression, taken.capabilities)
        }
        var first = self.check(then, prior.union(tested.capabilities))
        if first.isSound { first.capabilities.formUnion(tested.capabilities) }
        let second = self.check(otherwise, prior)
        let type = self.bound(of: [first, second], expression, .conditional)
        let known = first.capabilities.intersection(second.capabilities)
        return self.success(type, .conditional, [tested, first, second], expression, known)
    }

    private func branch(
        _ type: CedarType?,
        _ parts: [Answer],
        _ expression: Expression,
        _ known: Capabilities
    ) -> Answer {
        self.success(type, .conditional, parts, expression, known)
    }

    /// Checks `!a`, `-a` and `a.isEmpty()`.
    mutating func check(
        _ expression: Expression,
        _ sign: UnaryOperator,
        _ operand: Expression,
        _ prior: Capabilities
    ) -> Answer {
        switch sign {
        case .not:
            return self.negation(of: self.expect(operand, [.boolean], prior), expression)
        case .negate:
            return self.success(.long, .unary(sign), [self.expect(operand, [.long], prior)], expression)
        case .isEmpty:
            let set = self.expect(operand, [.anySet], prior) { $0 == .string ? .tryEqualEmptyString : nil }
            return self.success(.boolean, .unary(sign), [set], expression)
        }
    }

    /// The answer for `!a`, `a` being answered.
    func negation(of answer: Answer, _ expression: Expression) -> Answer {
        guard let type = answer.type else {
            return self.failure(.boolean, .unary(.not), [answer], expression)
        }
        let negated: CedarType = type.isAlwaysTrue ? .literal(false) : type.isAlwaysFalse ? .literal(true) : .boolean
        return self.success(negated, .unary(.not), [answer], expression)
    }
}
