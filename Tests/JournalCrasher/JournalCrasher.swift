import DecisionLog
import Foundation
import Synchronization

/// Records decisions as fast as it can and says, on its standard output, which of them it acted on; made to be killed.
///
///     journal-crasher FOLDER
///
/// A line is written only after the journal said that the record is durable, as a gateway forwards only then. Whoever
/// kills this process can so check that nothing that was acted on is missing from the log.
@main
struct JournalCrasher {
    static func main() throws {
        guard CommandLine.arguments.count == 2 else {
            print("usage: journal-crasher FOLDER")
            exit(2)
        }
        let configuration = DecisionLogConfiguration(
            journal: JournalConfiguration(segmentBytes: 200_000),
            sealMilliseconds: 5
        )
        let log = try DecisionLog.open(
            folder: CommandLine.arguments[1],
            gateway: "crasher",
            configuration: configuration
        )
        let waiting = Waiting()
        let recorder = log.journal.recorder { waiting.hear($0) }
        let who = try log.prepare(RecordedPerson(id: "uuid:anna", name: "anna"))
        let decision = PreparedDecision(
            Verdict(gateway: "crasher", service: "mlflow", decision: .allow, action: "read", revision: "r1")
        )
        let trace = RequestTrace(peer: "127.0.0.1", method: "GET", path: "/")
        while true {
            for _ in 0..<20 {
                let answer = recorder.record(decision, by: who, trace: trace, micros: 1, at: .now())
                guard case .waiting(let id, let ticket) = answer else { exit(1) }
                waiting.add(id, ticket)
            }
            // A gateway has a bounded number of requests under way.
            while waiting.count > 60 { usleep(20) }
        }
    }
}

/// The requests that wait for their records.
private final class Waiting: Sendable {
    private let queue = Mutex<[(DecisionID, JournalTicket)]>([])

    var count: Int { self.queue.withLock { $0.count } }

    func add(_ id: DecisionID, _ ticket: JournalTicket) { self.queue.withLock { $0.append((id, ticket)) } }

    /// Acts on what is durable: one line each, in one write.
    func hear(_ progress: JournalProgress) {
        guard progress.outcome == .durable else { exit(1) }
        let ready = self.queue.withLock { queue in
            let ready = queue.prefix { $0.1 <= progress.through }
            queue.removeFirst(ready.count)
            return ready
        }
        FileHandle.standardOutput.write(Data(ready.map { "\($0.0)\n" }.joined().utf8))
    }
}
