import Catalog
import DecisionLog
import Gateway
import Governance
import Logging
import PolicyDecision
import Synchronization
import TransparencyLog

extension SharedGovernance {
    /// The desk at which policies are published.
    ///
    /// - Parameters:
    ///   - standing: What this gateway begins with.
    ///   - policies: What to count and replace.
    ///   - running: The gateway to hand them to.
    ///   - log: Where it is written down.
    ///   - mayPropose: Whether somebody may propose revisions now.
    /// - Returns: The desk; it hears nothing before ``follow(_:policies:spread:log:)``.
    func policyDesk(
        _ standing: PolicyDesk.Standing,
        policies: PoliciesInForce,
        running: RunningGateway,
        log: DecisionLog,
        mayPropose: @escaping @Sendable (Signatory) async -> ProposerRight
    ) -> PolicyDesk {
        let logger = self.logger
        let speaking = self.speaking
        return PolicyDesk(
            standing,
            shelf: PolicyShelf(self.state),
            shared: self.bundles,
            means: PolicyDesk.Means(
                check: { bundle in
                    switch PolicyRevision.read(bundle) {
                    case .success: []
                    case .failure(let diagnostics): diagnostics.all.map(\.description)
                    }
                },
                peopleNeeded: PolicyChange.peopleNeeded,
                takeUp: { bundle in
                    switch PolicyRevision.read(bundle) {
                    case .success(let read):
                        policies.replace(read)
                        let gateway = running.gateway.withLock { $0 }
                        gateway?.replacePolicies(read)
                        await gateway?.awaitLoops()
                        logger.notice("policies in force", metadata: ["revision": "\(read.revision)"])
                        return []
                    case .failure(let diagnostics):
                        policies.count(refused: diagnostics)
                        for diagnostic in diagnostics.all.prefix(20) { logger.error("\(diagnostic)") }
                        return diagnostics.all.map(\.description)
                    }
                },
                mayPropose: mayPropose,
                record: { event in await log.record(event.name, event.details) },
                announce: { announcement throws(GovernanceFailure) in try await speaking.tell(announcement) },
                now: { Timestamp.now().seconds }
            )
        )
    }
}
