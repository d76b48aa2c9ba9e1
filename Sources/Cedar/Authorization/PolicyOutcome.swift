/// What one policy says to a request.
public enum PolicyOutcome: Hashable, Sendable {
    /// Its scope and all its conditions hold.
    case satisfied
    /// Its scope asks for another principal, action or resource; the parts that don't match.
    case outOfScope([Variable])
    /// Its scope holds, but not the condition at this place among its conditions.
    case unsatisfied(condition: Int)
    /// Its scope holds, but a condition has no value.
    case failed(EvaluationError)
}

extension Authorizer {
    /// What one policy says to a request, the others left aside.
    ///
    /// - Parameters:
    ///   - id: The policy.
    ///   - request: The question.
    ///   - entities: What is known about everybody and everything.
    /// - Returns: What the policy says; `nil` when there is none with this id.
    public func outcome(of id: PolicyID, _ request: Request, _ entities: Entities) -> PolicyOutcome? {
        self.places[id].map { self.outcome(ofPolicyAt: $0, request, entities) }
    }

    /// What the policy at a place in ``policies`` says.
    func outcome(ofPolicyAt place: Int, _ request: Request, _ entities: Entities) -> PolicyOutcome {
        let mismatches = self.policies[place].rule.scopeMismatches(request, entities)
        guard mismatches.isEmpty else { return .outOfScope(mismatches) }
        let evaluator = Evaluator(self.program, request, entities)
        do throws(EvaluationError) {
            for (index, clause) in self.compiled[place].clauses.enumerated()
            where try evaluator.bool(clause.instruction) != clause.expected {
                return .unsatisfied(condition: index)
            }
            return .satisfied
        } catch {
            return .failed(error)
        }
    }
}

extension Rule {
    /// The parts of the scope that ask for something else than the request has.
    public func scopeMismatches(_ request: Request, _ entities: Entities) -> [Variable] {
        var mismatches: [Variable] = []
        if !self.principal.matches(request.principal, entities) { mismatches.append(.principal) }
        if !self.action.matches(request.action, entities) { mismatches.append(.action) }
        if !self.resource.matches(request.resource, entities) { mismatches.append(.resource) }
        return mismatches
    }
}

extension ScopeConstraint {
    /// Whether an entity is what this constraint asks for; a slot asks for nobody.
    public func matches(_ uid: EntityUID, _ entities: Entities) -> Bool {
        switch self {
        case .any: true
        case .equal(let reference): uid == reference.entity
        case .in(let reference): entities.isEntity(uid, in: reference.entity)
        case .is(let type): uid.type == type
        case .isIn(let type, let reference): uid.type == type && entities.isEntity(uid, in: reference.entity)
        }
    }
}

extension ActionConstraint {
    /// Whether an action is what this constraint asks for.
    public func matches(_ uid: EntityUID, _ entities: Entities) -> Bool {
        switch self {
        case .any: true
        case .equal(let action): uid == action
        case .in(let action): entities.isEntity(uid, in: action)
        case .inAny(let actions): actions.contains { entities.isEntity(uid, in: $0) }
        }
    }
}

extension Entities {
    fileprivate func isEntity(_ uid: EntityUID, in ancestor: EntityUID?) -> Bool {
        guard let ancestor else { return false }
        return uid == ancestor || self.entity(uid)?.ancestors.contains(ancestor) ?? false
    }
}
