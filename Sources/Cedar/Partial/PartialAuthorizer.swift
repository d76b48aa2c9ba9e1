/// Answers requests of which something is not known yet.
///
/// Each policy becomes true, false, or a shorter condition about the unknown. The policies must be valid, since what is
/// dropped on the way is dropped because its type says that it cannot fail.
///
///     let authorizer = try PartialAuthorizer(schema, policies)
///     let request = PartialRequest(principal: .known(anna), action: read, resource: .unknown(dataset))
///     for answer in authorizer.evaluate(request, entities) { ... answer.residuals ... }
///
/// Source: RFC 95 (type-aware partial evaluation).
public final class PartialAuthorizer: Sendable {
    /// Policies that are not valid.
    public struct InvalidPolicies: Error, Hashable, Sendable, CustomStringConvertible {
        /// What is wrong, at least one error.
        public let diagnostics: [ValidationDiagnostic]

        /// One line for each.
        public var description: String { self.diagnostics.map(\.description).joined(separator: "\n") }
    }

    /// The schema that the policies are valid under.
    public let schema: Schema
    private let policies: [Policy]

    /// Prepares a policy set.
    ///
    /// - Parameters:
    ///   - schema: The schema.
    ///   - set: The policies; templates are left out, their links count.
    /// - Throws: ``InvalidPolicies`` if they are not valid in strict mode.
    public init(_ schema: Schema, _ set: PolicySet) throws(InvalidPolicies) {
        let errors = schema.validate(set, mode: .strict).filter { !$0.isWarning }
        guard errors.isEmpty else { throw InvalidPolicies(diagnostics: errors) }
        self.schema = schema
        self.policies = set.policies
    }

    /// Reduces the policies as far as what is known allows.
    ///
    /// - Parameters:
    ///   - request: What is known.
    ///   - entities: Everything known about entities; one that is not among them does not exist.
    /// - Returns: An answer for each combination of types that the request may turn out to be of; none if the schema has
    ///   no such combination.
    public func evaluate(_ request: PartialRequest, _ entities: Entities) -> [PartialResponse] {
        self.schema.environments.filter { request.fits($0) }.map { self.evaluate(request, entities, in: $0) }
    }

    private func evaluate(
        _ request: PartialRequest,
        _ entities: Entities,
        in environment: RequestEnvironment
    ) -> PartialResponse {
        let evaluator = PartialEvaluator(request, environment, entities)
        var permits: [PolicyID] = []
        var forbids: [PolicyID] = []
        var failures: [PolicyFailure] = []
        var residuals: [PartialResponse.Residual] = []
        for policy in self.policies where self.mayApply(policy.rule, request, environment, entities) {
            switch self.reduce(policy.rule, evaluator, environment) {
            case .value(.bool(true)):
                if policy.rule.effect == .permit { permits.append(policy.id) } else { forbids.append(policy.id) }
            case .value:
                break
            case .failed(let error):
                failures.append(PolicyFailure(policy: policy.id, effect: policy.rule.effect, error: error))
            case .open(let condition):
                let residual = PartialResponse.Residual(
                    policy: policy.id,
                    effect: policy.rule.effect,
                    condition: condition.expression
                )
                residuals.append(residual)
            }
        }
        return PartialResponse(
            environment: environment,
            permits: permits,
            forbids: forbids,
            failures: failures,
            residuals: residuals
        )
    }

    private func reduce(
        _ rule: Rule,
        _ evaluator: PartialEvaluator,
        _ environment: RequestEnvironment
    ) -> PartialEvaluator.Reduced {
        var checker = Typechecker(self.schema, .strict, environment, annotates: true)
        guard let typed = checker.expect(rule.wholeCondition, [.boolean], []).typed else { return .value(.bool(false)) }
        return evaluator.reduce(typed)
    }

    /// Whether a scope leaves a policy in the race; tells most policies apart without looking at their conditions.
    private func mayApply(
        _ rule: Rule,
        _ request: PartialRequest,
        _ environment: RequestEnvironment,
        _ entities: Entities
    ) -> Bool {
        let action = environment.action
        let groups = self.schema.actions[action]?.ancestors ?? []
        let isForAction =
            switch rule.action {
            case .any: true
            case .equal(let uid): uid == action
            case .in(let uid): uid == action || groups.contains(uid)
            case .inAny(let uids): uids.contains { $0 == action || groups.contains($0) }
            }
        guard isForAction else { return false }
        return self.mayMatch(rule.principal, request.principal, environment.principal, entities)
            && self.mayMatch(rule.resource, request.resource, environment.resource, entities)
    }

    private func mayMatch(
        _ constraint: ScopeConstraint,
        _ part: PartialRequest.Part,
        _ type: EntityTypeName,
        _ entities: Entities
    ) -> Bool {
        switch constraint {
        case .is(let wanted), .isIn(let wanted, _): if wanted != type { return false }
        default: break
        }
        guard let uid = constraint.reference?.entity else { return true }
        if case .equal = constraint { return part.entity.map { $0 == uid } ?? (uid.type == type) }
        guard let entity = part.entity else { return self.schema.canBe(type, in: uid.type) }
        return entity == uid || entities.entity(entity)?.ancestors.contains(uid) == true
    }
}
