import DecisionLog
import Gateway
import Logging
import OpenSSLTrust
import Synchronization
import TransparencyLog

/// Has a checkpoint stamped once a day while the gateway runs, away from every request.
///
/// What fails is tried again, later each time, and shown in log and metrics; nothing waits for it.
final class TimeStamping: Sendable {
    private struct State {
        var made: UInt64 = 0
        var failed: UInt64 = 0
        var newest: Int64 = 0
    }

    private let authority: TimeStampAuthority
    private let stamps: Stamps
    private let logger: Logger
    private let state = Mutex(State())

    /// The pauses after failures, the last one again and again.
    private static let pauses: [Duration] = [.seconds(60), .seconds(300), .seconds(1800)]
    /// How often it is looked whether it is time.
    private static let look = Duration.seconds(5)

    init(_ trust: TimeStampTrust, log: String, logger: Logger) throws(TrustFailure) {
        self.authority = try TimeStampAuthority(trust)
        self.stamps = Stamps(store: FolderStore(root: log))
        self.logger = logger
    }

    /// Runs until the task is cancelled.
    func run() async {
        var failures = 0
        while !Task.isCancelled {
            switch await self.stampIfDue(at: .now()) {
            case .none, .some(.success): failures = 0
            case .some(.failure): failures += 1
            }
            let pause = failures == 0 ? Self.look : Self.pauses[min(failures, Self.pauses.count) - 1]
            try? await Task.sleep(for: pause)
        }
    }

    /// Has the checkpoint stamped if that was not done on this day (UTC).
    ///
    /// - Parameter now: The present moment.
    /// - Returns: The stamp, or why there is none; `nil` when it is not time, or nothing is sealed yet.
    func stampIfDue(at now: Timestamp) async -> Result<TimeStamp, TimeStampFailure>? {
        let today = now.day.description
        guard let names = try? self.stamps.names(), names.last.map({ $0.hasPrefix(today) }) != true,
            let checkpoint = try? self.stamps.current()
        else { return nil }
        let outcome = await self.authority.stamp(checkpoint, at: now.seconds)
        switch outcome {
        case .success(let stamp):
            do {
                try self.stamps.keep(stamp.response, of: checkpoint, at: now)
            } catch {
                self.count(failure: "\(error)")
                return .failure(.unreachable("\(error)"))
            }
            self.state.withLock { state in
                state.made += 1
                state.newest = stamp.time
            }
            self.logger.notice("checkpoint stamped", metadata: ["serial": "\(stamp.serial)"])
        case .failure(let failure): self.count(failure: "\(failure)")
        }
        return outcome
    }

    private func count(failure: String) {
        self.state.withLock { $0.failed += 1 }
        self.logger.warning("checkpoint not stamped; tried again later: \(failure)")
    }

    /// What operators see.
    var metrics: [OperatorMetric] {
        let state = self.state.withLock { $0 }
        return [
            OperatorMetric("time_stamps_total", "Checkpoints stamped since the start.", state.made),
            OperatorMetric(
                "time_stamp_failures_total",
                "Attempts to have a checkpoint stamped that failed.",
                state.failed
            ),
            OperatorMetric(
                "time_stamp_newest_seconds",
                "The moment of the newest stamp since the start, in seconds since 1970.",
                UInt64(clamping: state.newest),
                isCounter: false
            ),
        ]
    }
}
