/// Why a request was decided as it was.
///
/// Worked out on demand, by evaluating again and looking closer; deciding itself is not slowed down by it.
public struct Explanation: Hashable, Sendable {
    /// The answer.
    public let decision: Decision
    /// The policies that made it so, with the conditions that held.
    public let determining: [PolicyExplanation]
    /// The policies that could not be evaluated, with the condition that failed.
    public let failed: [PolicyExplanation]
    /// For a request that nothing permitted: the permits that came closest, those whose scope matched first.
    public let nearest: [PolicyExplanation]
}

extension Authorizer {
    /// Says why a request is decided as it is.
    ///
    /// - Parameters:
    ///   - request: The question.
    ///   - entities: What is known about everybody and everything.
    ///   - limit: How many permits out of scope to list as nearest, at most.
    /// - Returns: The decision with its reasons.
    public func explain(_ request: Request, _ entities: Entities, limit: Int = 10) -> Explanation {
        let workspace = DecisionWorkspace()
        let decision = self.decide(request, entities, in: workspace)
        let finder = FactFinder(request: request, entities: entities)
        let determining = decision == .allow ? workspace.permits : workspace.forbids
        return Explanation(
            decision: decision,
            determining: determining.map { self.explanation(of: Int($0), finder) },
            failed: workspace.failures.map { self.explanation(of: Int($0.policy), finder) },
            nearest: workspace.permits.isEmpty ? self.nearest(finder, limit: limit) : []
        )
    }

    /// Says why one policy is or is not satisfied, the others left aside.
    ///
    /// - Parameters:
    ///   - id: The policy.
    ///   - request: The question.
    ///   - entities: What is known about everybody and everything.
    /// - Returns: What the policy says and why; `nil` when there is none with this id.
    public func explain(policy id: PolicyID, _ request: Request, _ entities: Entities) -> PolicyExplanation? {
        self.places[id].map { self.explanation(of: $0, FactFinder(request: request, entities: entities)) }
    }

    private func explanation(of place: Int, _ finder: FactFinder) -> PolicyExplanation {
        let policy = self.policies[place]
        let outcome = self.outcome(ofPolicyAt: place, finder.request, finder.entities)
        var failing: Expression?
        var facts: [Fact] = []
        switch outcome {
        case .outOfScope:
            break
        case .satisfied:
            facts = policy.rule.conditions.flatMap { finder.facts(behind: $0.expression) }
        case .unsatisfied(let index):
            let condition = policy.rule.conditions[index]
            // An `unless` fails as a whole: it is true, and no part of it is the one that should not be.
            let expression = condition.expression
            failing = condition.kind == .when ? finder.failingConjunct(of: expression) : expression
            facts = finder.facts(behind: failing ?? expression)
        case .failed:
            failing = policy.rule.conditions.map(\.expression).first { condition in
                if case .failure = finder.outcome(condition) { return true }
                return false
            }.map { finder.failingConjunct(of: $0) }
            facts = failing.map { finder.facts(behind: $0) } ?? []
        }
        return PolicyExplanation(policy: policy, outcome: outcome, failingConjunct: failing, facts: facts)
    }

    /// Permits that were not satisfied: every one in scope, then those with the fewest mismatches.
    private func nearest(_ finder: FactFinder, limit: Int) -> [PolicyExplanation] {
        var inScope: [Int] = []
        var outside: [(place: Int, mismatches: Int)] = []
        for (place, policy) in self.policies.enumerated() where policy.rule.effect == .permit {
            let mismatches = policy.rule.scopeMismatches(finder.request, finder.entities).count
            if mismatches == 0 { inScope.append(place) } else { outside.append((place, mismatches)) }
        }
        outside.sort { ($0.mismatches, $0.place) < ($1.mismatches, $1.place) }
        return (inScope + outside.prefix(limit).map(\.place)).map { self.explanation(of: $0, finder) }
    }
}
