import Catalog
import DecisionLog
import PolicyDecision
import SecurityLabels

/// A decision as programs read it from `stile decide`.
struct DecisionDocument: OutputDocument {
    /// A determining policy with its sentence.
    struct Reason: Encodable {
        let policy: String
        let sentence: String
    }

    let decision: String
    let person: String
    let action: String
    let resource: String
    let title: String
    let causes: [String]
    let reasons: [Reason]
    /// The permits that match, also under a deny.
    let permits: [String]
    let errors: [String]
    let label: String?
    let origin: String
    let clearance: String?
    let missing: [String]
    /// Labels under which it would be allowed.
    let flips: [String]
    let flipsComplete: Bool
    let owner: String?
    let grant: String?
    let revision: String

    init(_ decision: AccessDecision) {
        self.decision = decision.isAllowed ? "allow" : "deny"
        self.person = decision.person
        self.action = decision.action
        self.resource = decision.resource
        self.title = decision.title
        self.causes = decision.causes.names
        self.reasons = decision.reasons.map { Reason(policy: $0.policy, sentence: $0.sentence) }
        self.permits = decision.permits
        self.errors = decision.errors
        self.label = decision.label?.marking
        self.origin = decision.origin.rawValue
        self.clearance = decision.clearance?.marking
        self.missing = decision.missing.map(\.name)
        self.flips = decision.flips.map(\.label.marking)
        self.flipsComplete = decision.flipsComplete
        self.owner = decision.owner?.description
        self.grant = decision.grant
        self.revision = decision.revision
    }
}
