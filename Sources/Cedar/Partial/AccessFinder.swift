/// Finds what somebody can do something to, and who can do something to a thing.
///
/// The policies are reduced once for the question, with the principal or the resource unknown. What remains of the
/// permits says which entities come into question at all, so that not every pair has to be tried.
///
///     let finder = AccessFinder(try PartialAuthorizer(schema, policies), Authorizer(policies), entities)
///     finder.whatCan(anna, read).allowed    // every data set that anna may read
///     finder.whoCan(read, forces).allowed   // everybody who may read it
///
/// Source: RFC 95, permission queries.
public final class AccessFinder: Sendable {
    /// An answer.
    public struct Finding: Hashable, Sendable {
        /// Those for which the decision is `allow`, in order.
        public let allowed: [EntityUID]
        /// How many were decided one by one; the rest followed from what remained of the policies.
        public let examined: Int
    }

    private let partial: PartialAuthorizer
    private let authorizer: Authorizer
    private let entities: Entities
    private let byType: [EntityTypeName: [EntityUID]]
    private let members: [EntityUID: [EntityUID]]

    /// Prepares a store to be searched.
    ///
    /// - Parameters:
    ///   - partial: The policies, to be reduced.
    ///   - authorizer: The same policies, to decide what is left.
    ///   - entities: The store; what is not in it is never found, except enumerated entities.
    public init(_ partial: PartialAuthorizer, _ authorizer: Authorizer, _ entities: Entities) {
        self.partial = partial
        self.authorizer = authorizer
        self.entities = entities
        var byType: [EntityTypeName: [EntityUID]] = [:]
        var members: [EntityUID: [EntityUID]] = [:]
        for entity in entities {
            byType[entity.uid.type, default: []].append(entity.uid)
            for ancestor in entity.ancestors { members[ancestor, default: []].append(entity.uid) }
        }
        for type in partial.schema.entityTypes.values {
            guard let ids = type.ids else { continue }
            let known = Set(byType[type.name] ?? [])
            let missing = Set(ids.map { EntityUID(type: type.name, id: $0) }).subtracting(known)
            byType[type.name, default: []] += missing
        }
        self.byType = byType
        self.members = members
    }

    /// Finds what a principal can do an action to.
    ///
    /// - Parameters:
    ///   - principal: Who.
    ///   - action: What.
    ///   - context: Under which circumstances.
    /// - Returns: The resources.
    public func whatCan(_ principal: EntityUID, _ action: EntityUID, context: RecordValue = [:]) -> Finding {
        let question = PartialRequest(
            principal: .known(principal),
            action: action,
            resource: .unknown(nil),
            context: context
        )
        return self.find(question, .resource) { resource in
            Request(principal: principal, action: action, resource: resource, context: context)
        }
    }

    /// Finds who can do an action to a resource.
    ///
    /// - Parameters:
    ///   - action: What.
    ///   - resource: To what.
    ///   - context: Under which circumstances.
    /// - Returns: The principals.
    public func whoCan(_ action: EntityUID, _ resource: EntityUID, context: RecordValue = [:]) -> Finding {
        let question = PartialRequest(
            principal: .unknown(nil),
            action: action,
            resource: .known(resource),
            context: context
        )
        return self.find(question, .principal) { principal in
            Request(principal: principal, action: action, resource: resource, context: context)
        }
    }

    private func find(
        _ question: PartialRequest,
        _ unknown: Variable,
        _ request: (EntityUID) -> Request
    ) -> Finding {
        let workspace = DecisionWorkspace()
        var allowed: [EntityUID] = []
        var examined = 0
        for answer in self.partial.evaluate(question, self.entities) {
            let type = unknown == .principal ? answer.environment.principal : answer.environment.resource
            switch answer.decision {
            case .allow: allowed += self.byType[type] ?? []
            case .deny: break
            case nil:
                for candidate in self.candidates(for: unknown, of: type, answer) {
                    examined += 1
                    let decision = self.authorizer.decide(request(candidate), self.entities, in: workspace)
                    if decision == .allow { allowed.append(candidate) }
                }
            }
        }
        return Finding(allowed: allowed.sorted(), examined: examined)
    }

    /// The entities of a type for which a permit may apply.
    private func candidates(
        for unknown: Variable,
        of type: EntityTypeName,
        _ answer: PartialResponse
    ) -> [EntityUID] {
        let everything = self.byType[type] ?? []
        guard answer.permits.isEmpty else { return everything }
        var candidates = Candidates.some(entities: [], groups: [])
        for residual in answer.residuals where residual.effect == .permit {
            candidates = candidates.union(Candidates(for: unknown, in: residual.condition))
        }
        guard case .some(let named, let groups) = candidates else { return everything }
        var found = named
        for group in groups { found.formUnion(self.members[group] ?? []) }
        // Going through everything is the shorter way when few are of another type.
        if found.count >= everything.count { return everything.filter { found.contains($0) } }
        let ids = self.partial.schema.entityTypes[type]?.ids
        return found.filter { $0.type == type && (ids != nil || self.entities.entity($0) != nil) }
    }
}
