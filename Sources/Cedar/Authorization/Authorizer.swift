/// Decides requests by a policy set that was prepared for it.
///
/// Preparing sorts the policies by what their scopes ask for and flattens their conditions; it is done once, when the policies change.
/// An authorizer is immutable: a new policy set makes a new one, and whoever holds the old one finishes with it.
///
///     let authorizer = Authorizer(try PolicySet(parsing: text))
///     let response = authorizer.decide(request, entities)
public final class Authorizer: Sendable {
    /// The policies, in the order of their set.
    public let policies: [Policy]
    let places: [PolicyID: Int]
    let compiled: [CompiledPolicy]
    let program: Program
    private let principalKeys: ScopeKeys
    private let actionKeys: ScopeKeys
    private let resourceKeys: ScopeKeys
    private let index: ScopeIndex

    /// Prepares a policy set; templates decide nothing and are left out.
    public init(_ set: PolicySet) {
        var principalKeys = ScopeKeys()
        var actionKeys = ScopeKeys()
        var resourceKeys = ScopeKeys()
        var builder = ProgramBuilder()
        var compiled: [CompiledPolicy] = []
        var pairs: [(principal: Int32, resource: Int32)] = []
        for policy in set.policies {
            pairs.append((principalKeys.key(policy.rule.principal), resourceKeys.key(policy.rule.resource)))
            let actions: [Int32] =
                switch policy.rule.action {
                case .any: []
                case .equal(let uid): [actionKeys.key(equal: uid)]
                case .in(let uid): [actionKeys.key(within: uid)]
                case .inAny(let uids): uids.map { actionKeys.key(within: $0) }
                }
            compiled.append(
                CompiledPolicy(
                    effect: policy.rule.effect,
                    principalType: policy.rule.principal.typeBesideKey,
                    resourceType: policy.rule.resource.typeBesideKey,
                    actions: actions,
                    isActionBound: policy.rule.action != .any,
                    clauses: policy.rule.conditions.map {
                        CompiledPolicy.Clause(instruction: builder.add($0.expression), expected: $0.kind == .when)
                    }
                )
            )
        }
        self.policies = set.policies
        self.places = Dictionary(uniqueKeysWithValues: set.policies.enumerated().map { ($1.id, $0) })
        self.compiled = compiled
        self.program = builder.program
        self.principalKeys = principalKeys
        self.actionKeys = actionKeys
        self.resourceKeys = resourceKeys
        self.index = ScopeIndex(pairs, principalKeyCount: principalKeys.count)
    }

    /// Decides a request.
    ///
    /// Allocates for its answer; where that matters, use ``decide(_:_:in:)``.
    public func decide(_ request: Request, _ entities: Entities) -> Response {
        let workspace = DecisionWorkspace()
        let decision = self.decide(request, entities, in: workspace)
        return self.response(decision, workspace)
    }

    /// Decides a request without allocating, unless a condition makes sets or records or fails.
    ///
    /// - Parameters:
    ///   - request: The question.
    ///   - entities: What is known about everybody and everything.
    ///   - workspace: Where to work; afterwards it holds which policies were satisfied, see ``response(_:_:)``.
    /// - Returns: The answer.
    public func decide(_ request: Request, _ entities: Entities, in workspace: DecisionWorkspace) -> Decision {
        let evaluator = Evaluator(self.program, request, entities)
        workspace.begin(resourceKeyCount: self.resourceKeys.count, actionKeyCount: self.actionKeys.count)
        self.principalKeys.forEachKey(of: request.principal, ancestors: evaluator.principal?.ancestors) {
            workspace.add(principalKey: $0)
        }
        self.resourceKeys.forEachKey(of: request.resource, ancestors: evaluator.resource?.ancestors) {
            workspace.add(resourceKey: $0)
        }
        self.actionKeys.forEachKey(of: request.action, ancestors: entities.entity(request.action)?.ancestors) {
            workspace.add(actionKey: $0)
        }
        self.index.forEachCandidate(workspace) { place in
            self.evaluate(place, evaluator, workspace)
        }
        return workspace.forbids.isEmpty && !workspace.permits.isEmpty ? .allow : .deny
    }

    /// The answer that lies in a workspace, with the names of the policies.
    ///
    /// - Parameters:
    ///   - decision: What ``decide(_:_:in:)`` has answered.
    ///   - workspace: Where this authorizer has worked, and nothing since.
    /// - Returns: The same answer as ``decide(_:_:)`` gives.
    public func response(_ decision: Decision, _ workspace: DecisionWorkspace) -> Response {
        Response(
            decision: decision,
            permits: workspace.permits.map { self.policies[Int($0)].id },
            forbids: workspace.forbids.map { self.policies[Int($0)].id },
            failures: workspace.failures.map { failure in
                let policy = self.policies[Int(failure.policy)]
                return PolicyFailure(policy: policy.id, effect: policy.rule.effect, error: failure.error)
            }
        )
    }

    @inline(__always)
    private func evaluate(_ place: Int32, _ evaluator: Evaluator, _ workspace: DecisionWorkspace) {
        let policy = self.compiled[Int(place)]
        if policy.isActionBound {
            var isAsked = false
            for key in policy.actions where workspace.hasActionKey(key) {
                isAsked = true
                break
            }
            if !isAsked { return }
        }
        if let type = policy.principalType, evaluator.request.principal.type != type { return }
        if let type = policy.resourceType, evaluator.request.resource.type != type { return }
        do throws(EvaluationError) {
            for clause in policy.clauses where try evaluator.bool(clause.instruction) != clause.expected { return }
            switch policy.effect {
            case .permit: workspace.permits.append(place)
            case .forbid: workspace.forbids.append(place)
            }
        } catch {
            workspace.failures.append((place, error))
        }
    }
}

extension ScopeConstraint {
    /// The type that must be checked beside the key.
    fileprivate var typeBesideKey: EntityTypeName? {
        guard case .isIn(let type, _) = self else { return nil }
        return type
    }
}
