import DecisionLog
import Governance

extension PolicyDesk.Event {
    /// What the entry of the decision log is called.
    var name: String {
        switch self {
        case .proposed: LogEvent.policyProposed
        case .approved: LogEvent.policyApproved
        case .lapsed: LogEvent.policyLapsed
        case .inForce: LogEvent.policiesLoaded
        case .refused: LogEvent.policiesRefused
        }
    }

    /// What belongs to it; who it was stands with the decisions that are named.
    var details: [String: JSONValue] {
        switch self {
        case .proposed(let proposal, let people):
            return Self.details(proposal).merging(
                ["people": .integer(Int64(people)), "decision": .string(proposal.decision)]
            ) { $1 }
        case .approved(let proposal, let decision):
            return Self.details(proposal).merging(["decision": .string(decision)]) { $1 }
        case .lapsed(let proposal, let reason, let decision):
            return Self.details(proposal).merging(
                ["decision": .string(decision), "reason": .string(reason)]
            ) { $1 }
        case .inForce(let publication):
            var decisions = [publication.proposal.decision]
            if let approval = publication.approval { decisions.append(approval.decision) }
            return Self.details(publication.proposal).merging(
                ["decisions": .array(decisions.map { .string($0) })]
            ) { $1 }
        case .refused(let publication, let problems):
            return Self.details(publication.proposal).merging(
                ["errors": .integer(Int64(problems.count)), "first": .string(problems.first ?? "")]
            ) { $1 }
        }
    }

    private static func details(_ proposal: PolicyProposal) -> [String: JSONValue] {
        [
            "revision": .string(proposal.digest.revision), "digest": .string(proposal.digest.description),
            "base": .string(proposal.base.revision), "number": .integer(Int64(clamping: proposal.number)),
        ]
    }
}
