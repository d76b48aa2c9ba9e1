import Catalog
import DecisionLog
import Gateway
import PolicyDecision
import Synchronization

/// The revision in force now, what became of the attempts to replace it, and what else operators watch.
final class PoliciesInForce: Sendable {
    private struct State {
        var current: PolicyInForce
        var loaded: UInt64 = 1
        var refused: UInt64 = 0
        /// Errors of the newest files, when they are not in force.
        var pendingErrors: UInt64 = 0
        var isDirectoryWatched = false
    }

    private let state: Mutex<State>

    init(_ first: PolicyInForce) {
        self.state = Mutex(State(current: first))
    }

    /// The revision in force.
    var current: PolicyInForce { self.state.withLock { $0.current } }

    /// Puts another in force.
    func replace(_ policies: PolicyInForce) {
        self.state.withLock { state in
            state.current = policies
            state.loaded += 1
            state.pendingErrors = 0
        }
    }

    /// Counts an attempt that changed nothing: refused files, or the files that are in force already.
    func count(refused diagnostics: PolicyDiagnostics?) {
        self.state.withLock { state in
            state.refused += diagnostics == nil ? 0 : 1
            state.pendingErrors = UInt64(diagnostics?.all.count ?? 0)
        }
    }

    /// Notes whether changes in the directory are seen at once.
    func directoryIsWatched(_ isWatched: Bool) {
        self.state.withLock { $0.isDirectoryWatched = isWatched }
    }

    /// What operators watch.
    func metrics(_ log: DecisionLog) -> [OperatorMetric] {
        let state = self.state.withLock { $0 }
        let recorded = log.journal.durable
        return [
            OperatorMetric(
                "policy_revision",
                "The revision in force, as a label.",
                1,
                labels: [("revision", state.current.revision)]
            ),
            OperatorMetric("policy_loads_total", "Revisions put in force.", state.loaded, isCounter: true),
            OperatorMetric(
                "policy_refusals_total",
                "Changed policy files that were refused.",
                state.refused,
                isCounter: true
            ),
            OperatorMetric(
                "policy_pending_errors",
                "Errors in the files as they are now; while there are any, an older revision is in force.",
                state.pendingErrors
            ),
            OperatorMetric(
                "directory_watched",
                "Whether changes in the directory are seen at once.",
                state.isDirectoryWatched ? 1 : 0
            ),
            OperatorMetric("log_entries", "Entries in the decision log.", recorded),
            OperatorMetric("log_sealed_entries", "Entries under the newest checkpoint.", log.progress.sealed),
            OperatorMetric(
                "log_index_lag_entries",
                "Entries that are recorded and not searchable yet.",
                recorded - min(recorded, log.progress.indexed)
            ),
        ]
    }
}
