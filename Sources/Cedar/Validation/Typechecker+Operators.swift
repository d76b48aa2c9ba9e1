extension Typechecker {
    /// `a == b` and the like, `a.contains(b)` and the like.
    mutating func check(
        _ expression: Expression,
        _ sign: BinaryOperator,
        _ left: Expression,
        _ right: Expression,
        _ prior: Capabilities
    ) -> Answer {
        switch sign {
        case .equal:
            return self.checkEqual(expression, left, right, prior)
        case .notEqual:
            return self.negation(of: self.checkEqual(expression, left, right, prior), expression)
        case .less, .lessOrEqual:
            return self.checkOrder(expression, sign, left, right, prior)
        case .greater:
            return self.negation(of: self.checkOrder(expression, .lessOrEqual, left, right, prior), expression)
        case .greaterOrEqual:
            return self.negation(of: self.checkOrder(expression, .less, left, right, prior), expression)
        case .add, .subtract, .multiply:
            func hint(_ actual: CedarType) -> UnexpectedTypeHint? {
                if sign == .add, actual == .string { return .concatenationNotSupported }
                if case .set = actual { return .setOperationsNotSupported }
                return nil
            }
            let first = self.expect(left, [.long], prior, hint: hint)
            let second = self.expect(right, [.long], prior, hint: hint)
            return self.success(.long, .binary(sign), [first, second], expression)
        case .in:
            return self.checkIn(expression, left, self.check(left, prior), right, prior)
        case .contains:
            let set = self.expectSet(left, prior)
            let element = self.check(right, prior)
            return self.requireComparable(expression, sign, set, element, .contains) {
                guard case .set(let type)? = $0 else { return nil }
                return type
            }
        case .containsAll, .containsAny:
            let set = self.expectSet(left, prior)
            let other = self.expect(right, [.anySet], prior) { _ in .trySingleContains }
            return self.requireComparable(expression, sign, set, other, .containsAllOrAny) { $0 }
        case .hasTag:
            return self.checkHasTag(expression, left, right, prior)
        case .getTag:
            return self.checkGetTag(expression, left, right, prior)
        }
    }

    private mutating func expectSet(_ expression: Expression, _ prior: Capabilities) -> Answer {
        self.expect(expression, [.anySet], prior) { actual in
            switch actual {
            case .entity: .tryIn
            case .record: .tryHas
            case .string: .tryLike
            default: nil
            }
        }
    }

    /// A truth value from comparing two parts, whose types must have a bound in strict mode.
    private mutating func requireComparable(
        _ expression: Expression,
        _ sign: BinaryOperator,
        _ left: Answer,
        _ right: Answer,
        _ place: ValidationProblem.TypeComparison,
        result: CedarType = .boolean,
        compared: (CedarType?) -> CedarType?
    ) -> Answer {
        let answer = self.success(result, .binary(sign), [left, right], expression)
        guard self.mode == .strict, result == .boolean,
            let leftType = compared(left.type), let rightType = right.type
        else { return answer }
        do throws(IncompatibilityHint) {
            _ = try CedarType.leastUpperBound(leftType, rightType, self.mode)
            return answer
        } catch {
            self.report(.incompatibleTypes([leftType, rightType], hint: error, place: place), expression)
            return self.failure(result, .binary(sign), [left, right], expression)
        }
    }

    /// `a == b`: decided between literals, and false between entities of different types.
    private mutating func checkEqual(
        _ expression: Expression,
        _ left: Expression,
        _ right: Expression,
        _ prior: Capabilities
    ) -> Answer {
        let first = self.check(left, prior)
        let second = self.check(right, prior)
        let result: CedarType
        if let a = first.type, let b = second.type, a.isDisjoint(with: b) {
            result = .literal(false)
        } else if let a = self.literal(left), let b = self.literal(right) {
            result = .literal(a == b)
        } else {
            result = .boolean
        }
        return self.requireComparable(expression, .equal, first, second, .equality, result: result) { $0 }
    }

    /// The literal that an expression is, `action` being one since the environment knows it.
    private func literal(_ expression: Expression) -> Literal? {
        if case .variable(.action) = expression.node { return .entity(self.environment.action) }
        return expression.joinedLiteral
    }

    /// `a < b`, `a <= b`: of numbers, moments or durations, both sides alike.
    private mutating func checkOrder(
        _ expression: Expression,
        _ sign: BinaryOperator,
        _ left: Expression,
        _ right: Expression,
        _ prior: Capabilities
    ) -> Answer {
        let first = self.check(left, prior)
        let second = self.check(right, prior)
        guard let a = first.type, let b = second.type else {
            return self.failure(.boolean, .binary(sign), [first, second], expression)
        }
        var errors: [(part: Expression, expected: [CedarType], actual: CedarType)] = []
        switch (a, b) {
        case (.never, .never):
            return self.failure(.boolean, .binary(sign), [first, second], expression)
        case (.never, let other):
            if !other.isOrdered { errors = [(right, CedarType.orderedTypes, other)] }
        case (let other, .never):
            if !other.isOrdered { errors = [(left, CedarType.orderedTypes, other)] }
        case _ where a == b && a.isOrdered: break
        case (.long, _): errors = [(right, [.long], b)]
        case (_, .long): errors = [(left, [.long], a)]
        case _ where a.isOrdered: errors = [(right, [a], b)]
        case _ where b.isOrdered: errors = [(left, [b], a)]
        default: errors = [(left, CedarType.orderedTypes, a), (right, CedarType.orderedTypes, b)]
        }
        for error in errors {
            self.report(.unexpectedType(expected: error.expected, actual: error.actual, hint: nil), error.part)
        }
        guard errors.isEmpty else { return self.failure(.boolean, .binary(sign), [first, second], expression) }
        return self.success(.boolean, .binary(sign), [first, second], expression)
    }

    /// `a in b`: false when the schema allows no such membership, decided between actions.
    mutating func checkIn(
        _ expression: Expression,
        _ left: Expression,
        _ leftAnswer: Answer,
        _ right: Expression,
        _ prior: Capabilities
    ) -> Answer {
        let member = self.expect(leftAnswer, of: left, [.anyEntity]) { _ in .tryContains }
        let group = self.expect(right, [.set(.anyEntity), .anyEntity], prior) { actual in
            switch actual {
            case .set: .tryContains
            case .string: .tryLike
            default: nil
            }
        }
        guard member.isSound, group.isSound else {
            return self.failure(.boolean, .binary(.in), [member, group], expression)
        }
        if case .entity(let action)? = self.literal(left), action.type.isActionType,
            let groups = self.entityLiterals(right)
        {
            let actions = groups.filter(\.type.isActionType)
            guard actions.allSatisfy({ self.schema.actions[$0] != nil }) else {
                return self.failure(.boolean, .binary(.in), [member, group], expression)
            }
            let ancestors = self.schema.actions[action]?.ancestors ?? []
            let isIn = actions.contains { $0 == action || ancestors.contains($0) }
            return self.success(.literal(isIn), .binary(.in), [member, group], expression)
        }
        let isPossible = self.canBe(member.type, in: group.type)
        return self.success(isPossible ? .boolean : .literal(false), .binary(.in), [member, group], expression)
    }

    /// The entities that an expression names outright, alone or in a set; `nil` if anything else is in it.
    private func entityLiterals(_ expression: Expression) -> [EntityUID]? {
        if case .entity(let uid)? = self.literal(expression) { return [uid] }
        guard case .set(let elements) = expression.node else { return nil }
        var uids: [EntityUID] = []
        for element in elements {
            guard case .entity(let uid)? = self.literal(element) else { return nil }
            uids.append(uid)
        }
        return uids
    }

    private func canBe(_ member: CedarType?, in group: CedarType?) -> Bool {
        guard case .entity(.oneOf(let members))? = member else { return true }
        let groups: [EntityTypeName]
        switch group {
        case .entity(.oneOf(let names))?, .set(.entity(.oneOf(let names)))?: groups = names
        default: return true
        }
        return members.contains { member in groups.contains { self.schema.canBe(member, in: $0) } }
    }
}

extension CedarType {
    /// The types that `<` compares.
    static let orderedTypes: [CedarType] = [.extension(.datetime), .extension(.duration), .long]

    /// Whether `<` compares such values.
    var isOrdered: Bool { Self.orderedTypes.contains(self) }
}

extension Expression {
    /// The literal that is written here.
    ///
    /// The reference's parser makes one literal of two truth values that `&&` or `||` joins, so they count as one.
    var joinedLiteral: Literal? {
        switch self.node {
        case .literal(let literal): literal
        case .and(let left, let right): Self.joined(left, right) { $0 && $1 }
        case .or(let left, let right): Self.joined(left, right) { $0 || $1 }
        default: nil
        }
    }

    private static func joined(_ left: Expression, _ right: Expression, by join: (Bool, Bool) -> Bool) -> Literal? {
        guard case .bool(let first)? = left.joinedLiteral, case .bool(let second)? = right.joinedLiteral else {
            return nil
        }
        return .bool(join(first, second))
    }
}
