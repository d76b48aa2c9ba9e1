/// Finds the type of every expression of a policy, for requests of one environment.
///
/// Singleton types of `true` and `false` carry what is decided by types alone: what follows a false `&&` is not
/// checked, since it is never evaluated. Capabilities carry what a `has` has established.
///
/// Source: Cedar language 4.5, "Policy validation"; J. Cutler et al., "Cedar" (OOPSLA 2024), section 4.
struct Typechecker {
    /// What was found about an expression.
    struct Answer {
        /// The type, also after an error where the form alone gives it; `nil` when none can be told.
        var type: CedarType?
        /// Whether nothing in the expression was wrong.
        var isSound: Bool
        /// What is known to be there if the expression is true.
        var capabilities: Capabilities = []
        /// The expression with its types, if they were asked for.
        var typed: TypedExpression?

        /// The same answer, not sound if `other` is not.
        func failing(with other: Answer) -> Answer {
            guard !other.isSound, self.isSound else { return self }
            return Answer(type: self.type, isSound: false, typed: self.typed)
        }
    }

    /// An error with its place.
    struct Finding: Hashable {
        let problem: ValidationProblem
        let span: SourceSpan
    }

    let schema: Schema
    let mode: ValidationMode
    let environment: RequestEnvironment
    /// The types that the slots of a template stand for.
    let slots: [Slot: EntityTypeName]
    /// Whether answers carry typed expressions.
    let annotates: Bool
    /// Finds what was probably meant; shared by all checks of a set.
    let suggestions: Suggestions
    /// Whether problems are of interest; looking again only for a type, describing them would take time that doubles with every level.
    var describesProblems = true
    private(set) var findings: [Finding] = []

    init(
        _ schema: Schema,
        _ mode: ValidationMode,
        _ environment: RequestEnvironment,
        slots: [Slot: EntityTypeName] = [:],
        annotates: Bool = false,
        suggestions: Suggestions = Suggestions()
    ) {
        self.schema = schema
        self.mode = mode
        self.environment = environment
        self.slots = slots
        self.annotates = annotates
        self.suggestions = suggestions
    }

    /// Finds the type of `expression`, given what is known to be there.
    mutating func check(_ expression: Expression, _ prior: Capabilities) -> Answer {
        switch expression.node {
        case .literal(let literal):
            return self.check(literal, at: expression.span)
        case .variable(let variable):
            return self.success(self.type(of: variable), .variable(variable), [], expression)
        case .slot(let slot):
            let type = self.slots[slot].map { CedarType.entity(named: $0) } ?? .anyEntity
            return self.success(type, .slot(slot), [], expression)
        case .unknown(let name):
            return self.failure(nil, .unknown(name), [], expression)
        case .and(let left, let right):
            return self.checkAnd(expression, left, right, prior)
        case .or(let left, let right):
            return self.checkOr(expression, left, right, prior)
        case .conditional(let test, let then, let otherwise):
            return self.checkConditional(expression, test, then, otherwise, prior)
        case .unary(let sign, let operand):
            return self.check(expression, sign, operand, prior)
        case .binary(let sign, let left, let right):
            return self.check(expression, sign, left, right, prior)
        case .attribute(let target, let name):
            return self.checkAttribute(expression, target, name, prior)
        case .has(let target, let names):
            return self.checkHas(expression, target, names, prior)
        case .is(let target, let type, in: let group):
            return self.checkIs(expression, target, type, group, prior)
        case .like(let target, let pattern):
            let operand = self.expect(target, [.string], prior) { $0.isEntity ? .tryIs : nil }
            return self.success(.boolean, .like(pattern), [operand], expression)
        case .set(let elements):
            return self.checkSet(expression, elements, prior)
        case .record(let fields):
            return self.checkRecord(expression, fields, prior)
        case .call(let function, let arguments):
            return self.checkCall(expression, function, arguments, prior)
        }
    }

    private func type(of variable: Variable) -> CedarType? {
        switch variable {
        case .principal: .entity(named: self.environment.principal)
        case .action: self.schema.actions[self.environment.action].map { .entity(named: $0.uid.type) }
        case .resource: .entity(named: self.environment.resource)
        case .context: .record(self.environment.context)
        }
    }

    private mutating func check(_ literal: Literal, at span: SourceSpan) -> Answer {
        let expression = Expression(.literal(literal), span: span)
        switch literal {
        case .bool(let value): return self.success(.literal(value), .literal(literal), [], expression)
        case .long: return self.success(.long, .literal(literal), [], expression)
        case .string: return self.success(.string, .literal(literal), [], expression)
        case .entity(let uid):
            // That the type or the action is unknown is reported by the checks of names.
            let isKnown =
                uid.type.isActionType ? self.schema.actions[uid] != nil : self.schema.entityTypes[uid.type] != nil
            guard isKnown else { return self.failure(nil, .literal(literal), [], expression) }
            return self.success(.entity(named: uid.type), .literal(literal), [], expression)
        }
    }

    // MARK: - Answers

    /// The answer for an expression whose parts are answered; not sound if a part is not, or if there is no type.
    func success(
        _ type: CedarType?,
        _ form: @autoclosure () -> TypedExpression.Form,
        _ parts: [Answer],
        _ expression: Expression,
        _ capabilities: Capabilities = []
    ) -> Answer {
        let isSound = type != nil && parts.allSatisfy(\.isSound)
        return Answer(
            type: type,
            isSound: isSound,
            capabilities: isSound ? capabilities : [],
            typed: self.typed(form(), parts, type, expression)
        )
    }

    /// The answer for an expression in which something is wrong.
    func failure(
        _ type: CedarType?,
        _ form: @autoclosure () -> TypedExpression.Form,
        _ parts: [Answer],
        _ expression: Expression
    ) -> Answer {
        Answer(type: type, isSound: false, typed: self.typed(form(), parts, type, expression))
    }

    func typed(
        _ form: @autoclosure () -> TypedExpression.Form,
        _ parts: [Answer],
        _ type: CedarType?,
        _ expression: Expression
    ) -> TypedExpression? {
        guard self.annotates else { return nil }
        return TypedExpression(form(), parts.compactMap(\.typed), type: type, span: expression.span)
    }

    // MARK: - Expectations

    /// Finds the type of `expression` and reports it when it is none of those expected.
    ///
    /// The answer's type is one of the expected ones or `nil`. Records and entities are expected by their widest types,
    /// so that subtypes are accepted in strict mode too.
    mutating func expect(
        _ expression: Expression,
        _ expected: [CedarType],
        _ prior: Capabilities,
        hint: (CedarType) -> UnexpectedTypeHint? = { _ in nil }
    ) -> Answer {
        self.expect(self.check(expression, prior), of: expression, expected, hint: hint)
    }

    /// The same for an expression that has been answered.
    mutating func expect(
        _ answer: Answer,
        of expression: Expression,
        _ expected: [CedarType],
        hint: (CedarType) -> UnexpectedTypeHint? = { _ in nil }
    ) -> Answer {
        var answer = answer
        guard let type = answer.type else {
            answer.isSound = false
            answer.capabilities = []
            return answer
        }
        if expected.contains(where: { type.isSubtype(of: $0, .permissive) }) { return answer }
        self.report(.unexpectedType(expected: expected, actual: type, hint: hint(type)), expression)
        answer.type = nil
        answer.isSound = false
        answer.capabilities = []
        return answer
    }

    /// Reports an error in `expression`.
    mutating func report(_ problem: ValidationProblem, _ expression: Expression) {
        self.findings.append(Finding(problem: problem, span: expression.span))
    }

    /// The smallest type of all answers; reports it when there is none, and is `nil` when an answer has no type.
    mutating func bound(
        of answers: [Answer],
        _ expression: Expression,
        _ place: ValidationProblem.TypeComparison
    ) -> CedarType? {
        var types: [CedarType] = []
        for answer in answers {
            guard let type = answer.type else { return nil }
            types.append(type)
        }
        do throws(IncompatibilityHint) {
            return try CedarType.leastUpperBound(of: types, self.mode)
        } catch {
            self.report(.incompatibleTypes(types, hint: error, place: place), expression)
            return nil
        }
    }
}

extension CedarType {
    /// Whether values are entities.
    var isEntity: Bool {
        if case .entity = self { return true }
        return false
    }
}
