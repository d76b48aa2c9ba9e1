import Gateway
import Governance
import PostgreSQLStorage
import Synchronization

/// For operators.
extension SharedGovernance {
    /// What is wrong now.
    var notes: [String] {
        var notes = self.speaking.channel.withLock { $0 }?.troubles ?? []
        notes += self.counted.withLock { $0.policyTroubles }
        if self.isSpreadStopped, !self.grants.inForce.isEmpty {
            notes.append("grants do not count: what other gateways have taken back may be unknown here")
        }
        if let reason = self.tokensStopped { notes.append(reason) }
        return notes
    }

    private var isSpreadStopped: Bool { self.speaking.ears.withLock { $0 }?.spread.isStopped ?? false }

    /// What operators watch.
    var metrics: [OperatorMetric] {
        var metrics = [
            OperatorMetric(
                "grants_in_force",
                "Grants that have neither ended nor been taken back.",
                UInt64(self.grants.inForce.count),
                isCounter: false
            ),
            OperatorMetric(
                "grants_stopped",
                "Whether grants do not count, because what other gateways have taken back may be unknown here.",
                self.isSpreadStopped ? 1 : 0,
                isCounter: false
            ),
            OperatorMetric(
                "tokens_stopped",
                "Whether access tokens do not count, because what other gateways have taken back may be unknown here for too long.",
                self.tokensStopped == nil ? 0 : 1,
                isCounter: false
            ),
            OperatorMetric(
                "policy_publication_troubles",
                "What keeps published revisions from being in force, or kept, at this gateway.",
                UInt64(self.counted.withLock { $0.policyTroubles.count }),
                isCounter: false
            ),
        ]
        guard let channel = self.speaking.channel.withLock({ $0 }) else { return metrics }
        metrics += [
            OperatorMetric(
                "announcements_refused_total",
                "Announcements that were forged, repeated or missing: somebody writes into the database.",
                self.counted.withLock { $0.refused }
            ),
            OperatorMetric(
                "announcements_stale_gateways",
                "Gateways of whose announcements some may be unknown here.",
                UInt64(channel.stale.count),
                isCounter: false
            ),
        ]
        return metrics
    }
}
