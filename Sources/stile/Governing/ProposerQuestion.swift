import Catalog
import Console
import DecisionLog
import Directory
import Gateway
import Governance
import PolicyDecision

/// Asks whether somebody may propose revisions now: the directory for who they are, and the policies in force for what they may.
///
/// Nobody is there to ask, so there are no circumstances either: a way to sign in by which they may is enough, and what only the
/// circumstances speak against is not held against them.
struct ProposerQuestion: Sendable {
    let directory: any DirectoryClient
    let policies: PoliciesInForce
    /// The grants that count now.
    let grants: @Sendable () -> GrantsInForce

    /// Asks.
    func right(of proposer: Signatory) async -> ProposerRight {
        guard let id = PersonID(value: proposer.id),
            let question = Console.question(method: "POST", path: Console.proposingPath)
        else { return .lost("they have no entry in the directory") }
        let person: Person
        switch await self.directory.person(id) {
        case .found(let found): person = found
        case .refused(let refusal): return .lost("the directory says `\(refusal.rawValue)`")
        case .unavailable(let failure): return .unknown("\(failure)")
        }
        if let refusal = person.account.refusal {
            switch person.account {
            case .disabled, .expired: return .lost("the directory says `\(refusal.rawValue)`")
            // It passes, and whoever types wrong passwords must not end somebody else's proposals.
            default: return .unknown("the directory says `\(refusal.rawValue)`")
            }
        }
        let policies = self.policies.current
        let resource = policies.resource(for: question.resource)
        let principal = policies.principal(person)
        let now = Timestamp.now()
        let grant = self.grants().covering(id.value, resource.labelled.entries, in: policies.catalog, at: now.seconds)
        let may = AuthenticationMethod.allCases.contains { method in
            // No token covers it.
            guard method != .token else { return false }
            let decision = policies.decide(
                question.action,
                on: resource,
                by: principal,
                in: DecisionContext(
                    authentication: method.rawValue,
                    milliseconds: now.microseconds / 1_000,
                    grant: grant
                )
            )
            return decision.isAllowed || decision.causes == .context
        }
        return may ? .held : .lost("the policies in force do not let them")
    }
}
