import Catalog
import DecisionLog
import PolicyDecision

/// From decisions to what is recorded and what is said.
extension Sight {
    /// The circumstances of a request, as far as policies may read them.
    func context(of request: ClientRequest) -> DecisionContext {
        DecisionContext(service: request.service?.name ?? "", peer: "")
    }

    /// One ruling from the decisions about all questions of a request: one deny denies it.
    func combined(
        _ decisions: [AccessDecision],
        _ questions: [Question],
        _ request: ClientRequest,
        _ visitor: Visitor,
        _ epoch: RulingEpoch
    ) -> Ruling {
        let isAllowed = decisions.allSatisfy(\.isAllowed)
        let refusal: Refusal? = isAllowed ? nil : Refusal.denied(.none)
        let verdict = Verdict(
            gateway: self.gateway, service: request.service?.name ?? "", decision: isAllowed ? .allow : .deny,
            revision: self.policies.revision)
        return Ruling(refusal: refusal, prepared: PreparedDecision(verdict), epoch: epoch)
    }

    /// The ruling that refuses a request before, or beside, any policy.
    func ruling(refusing refusal: Refusal, _ request: ClientRequest, by visitor: Visitor?) -> Ruling {
        let verdict = Verdict(
            gateway: self.gateway, service: request.service?.name ?? "", decision: .deny,
            causes: refusal.kind == .unauthenticated ? .account : .error,
            refusal: refusal.recordedReason ?? refusal.kind.name, status: UInt16(refusal.kind.status),
            revision: self.policies.revision)
        return Ruling(refusal: refusal, prepared: PreparedDecision(verdict), epoch: self.epoch)
    }
}
