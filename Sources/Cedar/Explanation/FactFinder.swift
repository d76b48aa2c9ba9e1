/// Finds out which atomic conditions made an expression what it was.
///
/// Follows the evaluation: of `a && b` that is false only the part that made it false counts, of one that is true both do; for `||`
/// the other way round.
struct FactFinder {
    let request: Request
    let entities: Entities

    /// The facts behind the value of a condition, in the order in which they were looked at.
    func facts(behind expression: Expression) -> [Fact] {
        switch expression.node {
        case .and(let left, let right):
            return self.facts(left, right, decidedBy: false)
        case .or(let left, let right):
            return self.facts(left, right, decidedBy: true)
        case .unary(.not, let operand):
            return self.facts(behind: operand)
        case .conditional(let condition, let consequence, let alternative):
            let facts = self.facts(behind: condition)
            switch self.truth(condition) {
            case true: return facts + self.facts(behind: consequence)
            case false: return facts + self.facts(behind: alternative)
            case nil: return facts
            }
        case .literal:
            return []
        default:
            return [self.fact(expression)]
        }
    }

    /// The first operand of nested `&&` that is not true, where an evaluation stops; the expression itself if it is no `&&`.
    func failingConjunct(of expression: Expression) -> Expression {
        guard case .and(let left, let right) = expression.node else { return expression }
        return self.failingConjunct(of: self.truth(left) == true ? right : left)
    }

    /// The outcome of an expression.
    func outcome(_ expression: Expression) -> Result<Value, EvaluationError> {
        do throws(EvaluationError) {
            return .success(try expression.evaluate(self.request, self.entities))
        } catch {
            return .failure(error)
        }
    }

    private func facts(_ left: Expression, _ right: Expression, decidedBy decisive: Bool) -> [Fact] {
        switch self.truth(left) {
        case nil, decisive: return self.facts(behind: left)
        default: break
        }
        // The left one let the evaluation pass, so it counts unless the right one decided alone.
        let rightFacts = self.facts(behind: right)
        return self.truth(right) == decisive ? rightFacts : self.facts(behind: left) + rightFacts
    }

    private func truth(_ expression: Expression) -> Bool? {
        guard case .success(.bool(let truth)) = self.outcome(expression) else { return nil }
        return truth
    }

    private func fact(_ expression: Expression) -> Fact {
        let operands = expression.children.compactMap { child -> Fact.Operand? in
            guard !child.isConstant, case .success(let value) = self.outcome(child) else { return nil }
            return Fact.Operand(expression: child, value: value)
        }
        return Fact(
            condition: expression,
            outcome: self.outcome(expression),
            operands: operands,
            missing: self.missing(expression)
        )
    }

    private func missing(_ expression: Expression) -> [Value] {
        guard case .binary(let binary, let left, let right) = expression.node, self.truth(expression) == false,
            case .success(.set(let set)) = self.outcome(left), case .success(let sought) = self.outcome(right)
        else { return [] }
        switch (binary, sought) {
        case (.contains, _): return [sought]
        case (.containsAll, .set(let wanted)), (.containsAny, .set(let wanted)):
            return wanted.filter { !set.contains($0) }
        default: return []
        }
    }
}

extension Expression {
    /// Whether it is the same for every request.
    var isConstant: Bool {
        switch self.node {
        case .variable, .slot, .unknown: false
        default: self.children.allSatisfy(\.isConstant)
        }
    }
}
