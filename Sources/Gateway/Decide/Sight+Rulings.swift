import Catalog
import DecisionLog
import Governance
import PolicyDecision
import SecurityLabels

/// From decisions to what is recorded and what is said.
extension Sight {
    /// The circumstances of a request, as policies may read them.
    func context(of request: ClientRequest, by visitor: Visitor) -> DecisionContext {
        DecisionContext(
            peer: request.peer,
            isEncrypted: request.isEncrypted,
            authentication: visitor.principal.authentication.method.rawValue,
            milliseconds: Timestamp.now().microseconds / 1_000,
            purpose: request.identifiers?.purpose
        )
    }

    /// Whether decisions under these policies hold for every request of the same visitor with the same questions.
    ///
    /// How somebody proved who they are is the same for all requests of a visitor, so it need not be among these.
    var areRulingsRepeatable: Bool {
        self.policies.contextRead.isDisjoint(with: [.peer, .encrypted, .time, .purpose])
    }

    /// One ruling from the decisions about all questions of a request: one deny denies it.
    func combined(
        _ decisions: [AccessDecision],
        _ questions: [Question],
        _ request: ClientRequest,
        _ visitor: Visitor,
        _ epoch: RulingEpoch
    ) -> Ruling {
        // There is always a question; what answered none would be refused here.
        guard let leading = decisions.firstIndex(where: { !$0.isAllowed }) ?? decisions.indices.first else {
            return self.ruling(refusing: .withheld(because: "no-question"), request, by: visitor)
        }
        if let outside = questions.indices.first(where: { !visitor.principal.authentication.covers(questions[$0]) }) {
            return self.ruling(outOfScope: questions[outside], decisions[outside], request, visitor, epoch)
        }
        let decision = decisions[leading]
        let denied = decisions.filter { !$0.isAllowed }
        if denied.isEmpty, visitor.principal.authentication.isFromMemory, decisions.contains(where: self.isHighest) {
            let refusal = Refusal(
                .unavailable,
                "data of the highest level is not served while who you are cannot be checked",
                recordedReason: "directory-down",
                retryAfter: 5
            )
            return self.ruling(refusing: refusal, request, by: visitor)
        }
        if !denied.isEmpty, self.grants.areStopped,
            self.grant(of: visitor, for: self.resource(questions[leading].resource)) != nil
        {
            let refusal = Refusal(
                .unavailable,
                "your grant does not count now: what other gateways have taken back may be unknown here",
                recordedReason: "grants-stopped",
                retryAfter: 5
            )
            return self.ruling(refusing: refusal, request, by: visitor)
        }
        let refusal: Refusal? = denied.isEmpty ? nil : Disclosure.refusal(denied)
        let also = questions.indices.filter { $0 != leading }.map { index in
            RecordedQuestion(
                action: questions[index].action,
                resource: Self.recorded(questions[index].resource, decisions[index]),
                label: decisions[index].label?.marking
            )
        }
        let verdict = Verdict(
            gateway: self.gateway,
            service: request.service?.name ?? "",
            decision: refusal == nil ? .allow : .deny,
            causes: denied.reduce(into: Causes()) { $0.formUnion($1.causes) },
            refusal: decision.ground.refusal,
            status: refusal.map { UInt16($0.kind.status) },
            action: decision.action,
            resource: Self.recorded(questions[leading].resource, decision),
            label: decision.label?.marking,
            origin: decision.origin.rawValue,
            policies: decision.reasons.map(\.policy),
            revision: decision.revision,
            grant: decision.grant,
            also: also
        )
        let explanation = Explanation(
            reasons: decision.reasons.map { Explanation.Reason(policy: $0.policy, text: $0.sentence) },
            errors: decision.errors,
            flips: decision.flips.map { Explanation.Flip(label: $0.label.marking) },
            flipsComplete: decision.flipsComplete,
            owner: decision.owner?.description,
            disclosed: denied.map(\.explain).min { $0.rank < $1.rank }?.rawValue
        )
        let facts = ReplayFacts(person: visitor.principal.prepared.facts, context: self.contextAsRead(request, visitor))
        let prepared = PreparedDecision(verdict, explanation: explanation, facts: facts)
        return Ruling(refusal: refusal, prepared: prepared, epoch: epoch)
    }

    /// Whether a decision is about something of the scheme's highest level.
    func isHighest(_ decision: AccessDecision) -> Bool {
        guard let level = decision.label?.level else { return false }
        return level == self.policies.scheme.levels.last
    }

    /// The ruling that refuses what a token is not good for, whatever its owner may do.
    ///
    /// Says nothing about the owner's own access, and is due to the circumstances alone: it must not count as a label
    /// that stood in somebody's way.
    private func ruling(
        outOfScope question: Question,
        _ decision: AccessDecision,
        _ request: ClientRequest,
        _ visitor: Visitor,
        _ epoch: RulingEpoch
    ) -> Ruling {
        let scope = visitor.principal.authentication.token?.scope.text ?? ""
        let wanted = "\(question.resource.service):\(question.action)"
        let isNever = TokenScope.neverCovered.contains(question.resource.kind)
        let remedy = isNever ? "sign in with your password" : "use a token that covers `\(wanted)`"
        let refusal = Refusal(
            .denied,
            "the scope of your token, `\(scope)`, does not cover `\(wanted)`; \(remedy)",
            recordedReason: "token-scope"
        )
        let verdict = Verdict(
            gateway: self.gateway,
            service: request.service?.name ?? "",
            decision: .deny,
            causes: .context,
            refusal: "token-scope",
            status: UInt16(refusal.kind.status),
            action: question.action,
            resource: Self.recorded(question.resource, decision),
            label: decision.label?.marking,
            origin: decision.origin.rawValue,
            revision: decision.revision
        )
        let explanation = Explanation(reasons: [Explanation.Reason(policy: "", text: refusal.detail)])
        let facts = ReplayFacts(person: visitor.principal.prepared.facts, context: self.contextAsRead(request, visitor))
        let prepared = PreparedDecision(verdict, explanation: explanation, facts: facts)
        return Ruling(refusal: refusal, prepared: prepared, epoch: epoch)
    }

    /// The ruling that refuses a request before, or beside, any policy.
    func ruling(refusing refusal: Refusal, _ request: ClientRequest, by visitor: Visitor?) -> Ruling {
        let causes: Causes =
            switch refusal.kind {
            case .unauthenticated, .signInFirst: .account
            case .tooManyDenials: .context
            default: .error
            }
        let verdict = Verdict(
            gateway: self.gateway,
            service: request.service?.name ?? "",
            decision: .deny,
            causes: causes,
            refusal: refusal.recordedReason ?? refusal.kind.name,
            status: UInt16(refusal.kind.status),
            revision: self.policies.revision
        )
        let explanation = Explanation(reasons: [Explanation.Reason(policy: "", text: refusal.detail)])
        let facts = visitor.map { ReplayFacts(person: $0.principal.prepared.facts) }
        let prepared = PreparedDecision(verdict, explanation: explanation, facts: facts)
        return Ruling(refusal: refusal, prepared: prepared, epoch: self.epoch, isFolded: refusal.kind.isFolded)
    }

    private static func recorded(_ reference: ResourceReference, _ decision: AccessDecision) -> RecordedResource {
        RecordedResource(
            service: reference.service,
            kind: reference.kind,
            id: reference.id,
            name: reference.name,
            // Without an entry a decision names the thing itself.
            entry: decision.resource == reference.description ? nil : decision.resource
        )
    }

    /// What is needed of the circumstances to decide the same again.
    private func contextAsRead(_ request: ClientRequest, _ visitor: Visitor) -> [String: JSONValue] {
        let read = self.policies.contextRead
        var context: [String: JSONValue] = [:]
        if read.contains(.peer) { context["peer"] = .string(request.peer) }
        if read.contains(.encrypted) { context["encrypted"] = .bool(request.isEncrypted) }
        if read.contains(.authentication) {
            context["authentication"] = .string(visitor.principal.authentication.method.rawValue)
        }
        if read.contains(.time) { context["time"] = .integer(Timestamp.now().microseconds / 1_000) }
        if read.contains(.purpose), let purpose = request.identifiers?.purpose { context["purpose"] = .string(purpose) }
        return context
    }
}

extension ExplainDepth {
    /// Less is told with a lower one; of several denials, the one that tells least decides.
    fileprivate var rank: Int {
        switch self {
        case .idOnly: 0
        case .owner: 1
        case .full: 2
        }
    }
}
