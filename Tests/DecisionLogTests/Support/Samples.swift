import Crypto
import DecisionLog
import Synchronization
import Testing
import TransparencyLog

/// Records that the tests write.
enum Samples {
    static let verdict = Verdict(
        gateway: "plant-1",
        service: "mlflow",
        decision: .deny,
        causes: .label,
        action: "read",
        resource: RecordedResource(
            service: "mlflow",
            kind: "experiment",
            id: "12",
            name: "press4-forces",
            entry: "press4-forces"
        ),
        label: "confidential//customer-x",
        origin: "catalog",
        policies: ["CAT-1", "CLR-1"],
        revision: "sha256:ab12"
    )

    static let explanation = Explanation(
        reasons: [Explanation.Reason(policy: "CLR-1", text: "your clearance is below confidential")],
        flips: [Explanation.Flip(label: "internal")],
        owner: "group:press4-owners",
        disclosed: "owner"
    )

    static let facts = ReplayFacts(context: ["network": .string("plant"), "hour": .integer(9)])

    static let anna = RecordedPerson(id: "uuid:anna", name: "anna", clearance: "internal", authentication: "basic")

    static let trace = RequestTrace(
        peer: "10.0.0.7",
        method: "GET",
        path: "/api/2.0/mlflow/runs/get",
        request: "r-1",
        trace: "0af7651916cd43dd8448eb211c80319c"
    )

    static let decision = PreparedDecision(verdict, explanation: explanation, facts: facts)

    static func keys() throws -> LogKeys {
        LogKeys(signer: try #require(NoteSignerKey(name: "stile.plant.example")), master: .fresh())
    }
}

/// Collects what an event loop is told, and lets a test wait for it.
final class Told: Sendable {
    private let heard = Mutex<[JournalProgress]>([])
    private let worker = Mutex<[CheckedContinuation<Void, Never>]>([])

    func hear(_ progress: JournalProgress) {
        self.heard.withLock { $0.append(progress) }
        let waiting = self.worker.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        for one in waiting { one.resume() }
    }

    var all: [JournalProgress] { self.heard.withLock { $0 } }

    /// Waits until something is known about `ticket`, and says whether it is durable.
    func outcome(of ticket: JournalTicket) async -> JournalProgress.Outcome {
        while true {
            if let found = self.all.first(where: { $0.through >= ticket }) { return found.outcome }
            await withCheckedContinuation { continuation in
                self.worker.withLock { $0.append(continuation) }
                // What was said in between must not be missed.
                if self.all.contains(where: { $0.through >= ticket }) {
                    let waiting = self.worker.withLock { waiting in
                        defer { waiting = [] }
                        return waiting
                    }
                    for one in waiting { one.resume() }
                }
            }
        }
    }
}
