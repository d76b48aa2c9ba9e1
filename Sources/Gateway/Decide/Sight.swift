import Catalog
import DecisionLog
import Directory
import Governance
import HTTP1
import NIOCore
import PolicyDecision
import Profiles

/// What one event loop knows without asking anybody: who shows a credential, what a target means, what was decided.
///
/// No I/O: the spine asks it and gets an answer at once, or learns that somebody else has to be asked.
///
/// Confined to its event loop.
final class Sight {
    let gateway: String
    let credentialKey: CredentialKey
    /// The key of the forms to sign in with; `nil` where there is no page to sign in on.
    let pageKey: FormKey?
    /// The policies in force.
    private(set) var policies: PolicyInForce
    /// The grants that count.
    private(set) var grants = GrantsInForce.none
    private var grantChanges: UInt64 = 0
    /// When the next grant ends, in seconds since 1970; decisions are made again then.
    private var grantsChangeAt: Int64?
    /// The present moment, as of the loop's last tick.
    var now = NIODeadline.now()
    /// What the loop has counted.
    var counters = Counters()

    private let bindings: ResourceBindings
    /// How long the last decision that was not known took, in microseconds, until its record takes it along.
    private var micros: UInt32 = 0
    private let limits: GatewayLimits
    private var visitors: [CredentialDigest: Visitor] = [:]
    private var forgotten = Forgotten()
    private var targets = TargetMemo()
    private var facts: [FactCache]

    /// How many credentials a loop remembers.
    private static let capacity = 20_000

    init(
        gateway: String,
        policies: PolicyInForce,
        bindings: ResourceBindings,
        credentialKey: CredentialKey,
        formKey: FormKey? = nil,
        limits: GatewayLimits,
        services: Int
    ) {
        self.gateway = gateway
        self.policies = policies
        self.bindings = bindings
        self.credentialKey = credentialKey
        self.pageKey = formKey
        self.limits = limits
        self.facts = Array(repeating: FactCache(), count: services)
    }

    // MARK: - Who

    /// The visitor whose credential has this digest.
    func visitor(knownBy digest: CredentialDigest, at now: NIODeadline) -> Visitor? {
        guard let visitor = self.visitors[digest] else { return nil }
        guard visitor.isGood(at: now) else {
            self.visitors[digest] = nil
            return nil
        }
        return visitor
    }

    /// The moment at which a question about somebody begins, for ``welcome(_:askedAt:)``.
    var mark: UInt64 { self.forgotten.mark }

    /// Remembers a visitor; several requests may have asked at once, and the first one stays.
    ///
    /// Somebody who has changed while the answer was on its way here is not: such a visitor is revoked, and asked about again
    /// before anything is forwarded.
    ///
    /// - Parameters:
    ///   - visitor: Whose credential it is.
    ///   - mark: ``mark`` when that was asked.
    /// - Returns: Who it is from here on.
    func welcome(_ visitor: Visitor, askedAt mark: UInt64) -> Visitor {
        guard !self.forgotten.touches(visitor.principal.identity, visitor.digest, since: mark) else {
            visitor.revoke()
            return visitor
        }
        if let known = self.visitor(knownBy: visitor.digest, at: self.now),
            known.principal.policies === visitor.principal.policies
        {
            return known
        }
        if self.visitors.count >= Self.capacity {
            self.visitors = self.visitors.filter { $0.value.isGood(at: self.now) }
        }
        if self.visitors.count >= Self.capacity {
            // Connections hold on to those they know: who could not be told of a change any more is asked about again.
            for visitor in self.visitors.values { visitor.revoke() }
            self.visitors.removeAll()
        }
        self.visitors[visitor.digest] = visitor
        return visitor
    }

    /// Forgets a person, or everybody; requests under way find out after their wait.
    func forget(_ person: PersonID?) {
        self.forgotten.note(person.map { .person($0) })
        for (digest, visitor) in self.visitors where person == nil || visitor.principal.person.id == person {
            visitor.revoke()
            self.visitors[digest] = nil
        }
    }

    /// Forgets a credential.
    func forget(_ digest: CredentialDigest) {
        self.forgotten.note(.credential(digest))
        self.visitors.removeValue(forKey: digest)?.revoke()
    }

    /// Forgets whoever was known by a token.
    func forget(_ token: TokenID) {
        self.forgotten.note(.token(token))
        for (digest, visitor) in self.visitors where visitor.principal.authentication.token?.id == token {
            visitor.revoke()
            self.visitors[digest] = nil
        }
    }

    /// Forgets whoever was known by whatever token.
    func forgetTokens() {
        self.forgotten.noteTokens()
        for (digest, visitor) in self.visitors where visitor.principal.authentication.token != nil {
            visitor.revoke()
            self.visitors[digest] = nil
        }
    }

    /// Whether a person was denied so often that the answer is now 429.
    func isOverDenialLimit(_ visitor: Visitor) -> Bool {
        let window = TimeAmount(self.limits.denialWindow)
        return visitor.countDenial(at: self.now, window: window, limit: self.limits.denialsPerPerson)
    }

    // MARK: - What

    /// What a request with this target means, if that needs no profile.
    func knownPurpose(of request: ClientRequest, at service: Service) -> Purpose? {
        if case .held = request.body { return nil }
        let known = self.targets.purpose(
            of: request.method,
            request.target.bytes,
            hasBody: request.hasBody,
            at: service.index
        )
        guard let purpose = known else { return nil }
        guard let concludedAt = purpose.concludedAt else { return purpose }
        let isTrue = purpose.until > self.now && concludedAt == self.facts[service.index].forgotten
        return isTrue ? purpose : nil
    }

    /// What a profile concluded, remembered by the request's target as far as the profile allows.
    func purpose(_ meaning: Meaning, of request: ClientRequest, at service: Service) -> Purpose {
        let facts = self.facts[service.index]
        guard meaning.isStable, let until = facts.holds(meaning.restsOn, at: self.now) else { return Purpose(meaning) }
        let purpose = Purpose(meaning, until: until, forgotten: facts.forgotten)
        self.targets.remember(
            purpose,
            of: request.method,
            request.target.bytes,
            hasBody: request.hasBody,
            at: service.index
        )
        return purpose
    }

    /// Takes what is known about the things of a service.
    ///
    /// - Returns: What is not known.
    func recall(_ queries: [MetadataQuery], at service: Service, into facts: inout MetadataFacts) -> [MetadataQuery] {
        var unknown: [MetadataQuery] = []
        for query in queries {
            if let fact = self.facts[service.index].fact(query, at: self.now) {
                facts[query] = fact
            } else if !unknown.contains(query) {
                unknown.append(query)
            }
        }
        return unknown
    }

    /// Remembers what an upstream said.
    func learn(_ fact: Fact, about query: MetadataQuery, at service: Service) {
        self.facts[service.index].learn(fact, about: query, at: self.now)
    }

    /// Forgets what a request is about to change.
    func forget(_ queries: [MetadataQuery], at service: Service) {
        self.facts[service.index].forget(queries)
    }

    /// The things that these questions name and that have not been seen under that name before.
    func unboundThings(in questions: [Question]) -> [ResourceReference] {
        questions.map(\.resource).filter { self.bindings.needsBinding($0) }
    }

    // MARK: - Decide

    /// The circumstances that decisions depend on, besides who asks and what.
    var epoch: RulingEpoch {
        RulingEpoch(
            policies: ObjectIdentifier(self.policies),
            bindings: self.bindings.generation,
            grants: self.grantChanges
        )
    }

    /// Puts other policies in force: clearances are read again, decisions made again; what targets mean stays.
    func replacePolicies(_ policies: PolicyInForce) {
        self.policies = policies
    }

    /// Lets other grants count: decisions are made again.
    func replaceGrants(_ grants: GrantsInForce) {
        self.grants = grants
        self.grantChanges &+= 1
        self.grantsChangeAt = grants.nextEnd(after: Timestamp.now().seconds)
    }

    /// Ends the decisions that rest on a grant whose time is over; called with every tick.
    func endGrants() {
        guard let end = self.grantsChangeAt else { return }
        let now = Timestamp.now().seconds
        guard now >= end else { return }
        self.grantChanges &+= 1
        self.grantsChangeAt = self.grants.nextEnd(after: now)
    }

    /// The grant that a visitor has for a thing, stopped or not; nothing is looked up while there are none at all.
    func grant(of visitor: Visitor, for resource: ResourceSnapshot) -> CoveringGrant? {
        guard !self.grants.isEmpty, self.policies.contextRead.contains(.grant) else { return nil }
        return self.grants.covering(
            visitor.principal.person.id.value,
            resource.labelled.entries,
            in: self.policies.catalog,
            at: Timestamp.now().seconds
        )
    }

    /// Decides one question, with the grant that counts for it.
    private func decide(_ question: Question, by visitor: Visitor, in context: DecisionContext) -> AccessDecision {
        let resource = self.resource(question.resource)
        var context = context
        if !self.grants.areStopped { context.grant = self.grant(of: visitor, for: resource) }
        return self.policies.decide(question.action, on: resource, by: visitor.principal.snapshot, in: context)
    }

    /// The decision about a request.
    func ruling(on purpose: Purpose, _ request: ClientRequest, by visitor: Visitor) -> Ruling {
        let epoch = self.epoch
        if let ruling = visitor.ruling(on: purpose.questions, in: epoch) {
            self.counters.rulingsKnown &+= 1
            purpose.remember(ruling, for: visitor)
            return ruling
        }
        self.counters.rulingsMade &+= 1
        let began = NIODeadline.now()
        defer { self.micros = UInt32(clamping: (NIODeadline.now() - began).nanoseconds / 1_000) }
        let context = self.context(of: request, by: visitor)
        let decisions = purpose.questions.map { self.decide($0, by: visitor, in: context) }
        let ruling = self.combined(decisions, purpose.questions, request, visitor, epoch)
        // What depends on the hour, or on where the request came from, is decided each time.
        if self.areRulingsRepeatable {
            visitor.remember(ruling, on: purpose.questions, in: epoch)
            purpose.remember(ruling, for: visitor)
        }
        return ruling
    }

    /// The microseconds spent on the decision that is about to be recorded; none when it was known.
    func takeMicros() -> UInt32 {
        defer { self.micros = 0 }
        return self.micros
    }

    /// Whether one thing in a list may be seen.
    func permits(_ question: Question, to visitor: Visitor, _ request: ClientRequest) -> Bool {
        guard visitor.principal.authentication.covers(question) else { return false }
        let epoch = self.epoch
        if let permit = visitor.permit(for: question, in: epoch) { return permit }
        let decision = self.decide(question, by: visitor, in: self.context(of: request, by: visitor))
        let isFromMemory = visitor.principal.authentication.isFromMemory
        let isAllowed = decision.isAllowed && !(isFromMemory && self.isHighest(decision))
        if self.areRulingsRepeatable { visitor.remember(isAllowed, for: question, in: epoch) }
        return isAllowed
    }

    func resource(_ reference: ResourceReference) -> ResourceSnapshot {
        self.policies.resource(for: reference, bound: self.bindings.names(of: reference))
    }
}
