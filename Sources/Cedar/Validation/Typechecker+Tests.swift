/// Tests that stand for several: `a has b.c` for `a has b && a.b has c`, `a is T in b` for `a is T && a in b`.
///
/// What is tested is answered once, however many tests there are of it. Written out, such tests in each other would take time that doubles
/// with every level.
extension Typechecker {
    /// `a has name`, `a has b.c`: establishes that the attributes are there.
    mutating func checkHas(
        _ expression: Expression,
        _ target: Expression,
        _ names: [String],
        _ prior: Capabilities
    ) -> Answer {
        let targetAnswer = self.check(target, prior)
        var (object, objectAnswer) = (target, targetAnswer)
        var test = self.checkHas(expression, object, objectAnswer, names[0], prior)
        var answer = test
        var steps = [TypedExpression.Step(name: names[0], isOfEntity: objectAnswer.type?.isEntity == true)]
        for (name, next) in zip(names, names.dropFirst()) {
            if answer.type?.isAlwaysFalse == true {
                answer.capabilities = []
                break
            }
            // What the tests before it established is in what has been answered.
            let known = prior.union(test.capabilities)
            let attribute = Expression(.attribute(object, name), span: expression.span)
            objectAnswer = self.checkAttribute(attribute, object, objectAnswer, name, known)
            object = attribute
            test = self.checkHas(expression, object, objectAnswer, next, known)
            answer = self.joined(expression, answer, test)
            steps.append(TypedExpression.Step(name: next, isOfEntity: objectAnswer.type?.isEntity == true))
        }
        // A test that went wrong establishes nothing for those behind it, which then go wrong too, each in its own words.
        if names.count > 1, !answer.isSound, expression.writtenSize <= Self.largestWrittenOut {
            return self.check(Self.chain(of: target, names, expression.span), prior)
        }
        if steps.count > 1 { answer.typed = self.typed(.hasPath(steps), [targetAnswer], answer.type, expression) }
        return answer
    }

    /// How large a wrong test may be to be looked at once more for its messages.
    private static let largestWrittenOut: Int32 = 2_000

    /// The tests that `target has b.c` stands for.
    private static func chain(of target: Expression, _ names: [String], _ span: SourceSpan) -> Expression {
        var target = target
        var tests: [Expression] = []
        for name in names {
            tests.append(Expression(.has(target, [name]), span: span))
            target = Expression(.attribute(target, name), span: span)
        }
        return tests.dropFirst().reduce(tests[0]) { Expression(.and($0, $1), span: span) }
    }

    /// Tests for one attribute of what has been answered.
    private mutating func checkHas(
        _ expression: Expression,
        _ target: Expression,
        _ targetAnswer: Answer,
        _ name: String,
        _ prior: Capabilities
    ) -> Answer {
        let answer = self.expect(targetAnswer, of: target, [.anyEntity, .anyRecord]) { actual in
            switch actual {
            case .set: .tryContains
            case .string: .tryLike
            default: nil
            }
        }
        guard let type = answer.type else { return self.failure(.boolean, .has(name), [answer], expression) }
        guard let attribute = self.schema.attribute(name, of: type) else {
            let result: CedarType = self.schema.mayHave(name, type) ? .boolean : .literal(false)
            return self.success(result, .has(name), [answer], expression)
        }
        let capability = Capability(target: target, part: .attribute(ExactText(name)))
        // An entity may be missing from the store, so a required attribute need not be there; one of a record is.
        var isThere = prior.contains(capability)
        if case .record = type, attribute.isRequired { isThere = true }
        let result: CedarType = isThere ? .literal(true) : .boolean
        return self.success(result, .has(name), [answer], expression, [capability])
    }

    /// Checks `a is T` and `a is T in b`.
    mutating func checkIs(
        _ expression: Expression,
        _ target: Expression,
        _ tested: EntityTypeName,
        _ group: Expression?,
        _ prior: Capabilities
    ) -> Answer {
        let targetAnswer = self.check(target, prior)
        let test = self.checkIs(expression, target, targetAnswer, tested)
        guard let group, test.type?.isAlwaysFalse != true else { return test }
        let membership = self.checkIn(expression, target, targetAnswer, group, prior)
        var answer = self.joined(expression, test, membership)
        if let member = targetAnswer.typed, let group = membership.typed?.children.last {
            answer.typed = TypedExpression(.isIn(tested), [member, group], type: answer.type, span: expression.span)
        }
        return answer
    }

    private mutating func checkIs(
        _ expression: Expression,
        _ target: Expression,
        _ targetAnswer: Answer,
        _ tested: EntityTypeName
    ) -> Answer {
        let answer = self.expect(targetAnswer, of: target, [.anyEntity]) { _ in .typeTestNotSupported }
        switch answer.type {
        case .entity(.any)?:
            return self.success(.boolean, .is(tested), [answer], expression)
        case .entity(.oneOf(let names))?:
            let result: CedarType =
                !names.contains(tested) ? .literal(false) : names.count == 1 ? .literal(true) : .boolean
            return self.success(result, .is(tested), [answer], expression)
        default:
            return self.failure(.boolean, .is(tested), [answer], expression)
        }
    }
}
