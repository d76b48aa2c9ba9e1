import DecisionLog
import Logging

/// Lets go of what the log need not keep any longer, while the gateway runs, on a thread of its own.
///
/// Records lose their parts, and the index its days, once they are older than `keep`; leaves and hashes stay for ever, and
/// the log says what is dropped before it is.
final class Retention: Sendable {
    /// How often it is looked whether something is too old, in milliseconds: whole days go, so an hour is often enough.
    private static let pause: Int32 = 3_600_000
    private let worker: Worker

    /// Begins.
    ///
    /// - Parameters:
    ///   - days: How many whole days (UTC) are kept beside the present one.
    ///   - log: The log.
    ///   - logger: Told what was dropped, and what went wrong; then it is tried again after the next pause.
    init(days: Int, log: DecisionLog, logger: Logger) {
        self.worker = Worker { worker in
            repeat {
                Self.drop(before: Timestamp.now().day.adding(days: Int64(-days)), log, logger)
            } while worker.wait(atMost: Self.pause)
        }
    }

    /// Ends it.
    func stop() { self.worker.stop() }

    private static func drop(before day: CalendarDay, _ log: DecisionLog, _ logger: Logger) {
        do {
            let dropped = try log.retain(from: day)
            guard !dropped.days.isEmpty || dropped.bundles > 0 else { return }
            logger.notice(
                "old records dropped",
                metadata: [
                    "before": "\(day)", "partsBefore": "\(dropped.partsBefore)", "days": "\(dropped.days.count)",
                ]
            )
        } catch {
            logger.error("old records cannot be dropped: \(error)")
        }
    }
}
