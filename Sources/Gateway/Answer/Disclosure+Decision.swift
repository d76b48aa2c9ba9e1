import Catalog
import DecisionLog
import PolicyDecision
import SecurityLabels

/// How much of a decision its person may know: the label's `explain` depth decides, and nothing else.
extension Disclosure {
    /// The refusal of a request because of these denials; there is at least one.
    static func refusal(_ denied: [AccessDecision]) -> Refusal {
        // One thing that may not even be named silences the whole answer.
        guard denied.allSatisfy({ $0.explain != .idOnly }) else { return .withheld(because: "denied") }
        var disclosure = Disclosure()
        for decision in denied {
            for condition in self.conditions(of: decision) where !disclosure.conditions.contains(condition) {
                disclosure.conditions.append(condition)
            }
            if decision.explain == .full {
                for flip in decision.flips where !disclosure.allowedAt.contains(flip.label.marking) {
                    disclosure.allowedAt.append(flip.label.marking)
                }
            }
        }
        if let owner = denied.lazy.compactMap(\.owner).first {
            switch owner {
            case .group(let name):
                disclosure.owner = "the group \(name)"
                disclosure.howToAsk = "to get access, ask a member of \(name) and quote the decision id"
            case .person(let name):
                disclosure.owner = name
                disclosure.howToAsk = "to get access, ask \(name) and quote the decision id"
            }
        }
        return .denied(disclosure)
    }

    private static func conditions(of decision: AccessDecision) -> [Condition] {
        switch decision.ground {
        case .policies: break
        case .closedAccount:
            return [Condition(policy: "account", reason: "your account may not be used")]
        case .unreadableClearance, .unreadablePerson:
            return [
                Condition(
                    policy: "clearance",
                    reason: "you have no readable clearance; the security officer can say why"
                )
            ]
        case .unknownResource, .unlabelled:
            return [
                Condition(
                    policy: "unlabelled",
                    reason: "nobody has classified this yet, and what is not classified stays closed"
                )
            ]
        case .unknownAction, .unreadableResource:
            return [
                Condition(
                    policy: "error",
                    reason: "the request could not be decided, and what cannot be decided stays closed"
                )
            ]
        }
        var conditions = decision.reasons.compactMap { reason in
            let sentence = decision.explain == .full ? reason.sentence : reason.guardedSentence
            return sentence.map { Condition(policy: reason.policy, reason: $0) }
        }
        if decision.causes.contains(.role) {
            conditions.append(Condition(policy: "no-permit", reason: "no rule lets you \(decision.action) this"))
        }
        if decision.causes.contains(.error) {
            conditions.append(
                Condition(policy: "error", reason: "a rule could not be evaluated, and then the door stays shut")
            )
        }
        return conditions
    }
}
