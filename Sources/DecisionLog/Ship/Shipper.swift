import Synchronization
package import TransparencyLog

/// Sends the log on to another system, entry by entry, in order, each at least once, for as long as the gateway runs.
///
/// It follows the log's files on a thread of its own, so a receiver that is slow or down keeps nobody waiting; when it is
/// back, it gets everything from where it stopped. What was shipped is out of reach of erasure here.
package final class Shipper: Sendable {
    /// Where a shipper stands.
    package struct Progress: Hashable, Sendable {
        /// The place in the log of the first entry that the receiver does not have.
        package var place: UInt64 = 0
        /// Messages delivered since the start.
        package var messages: UInt64 = 0
        /// Deliveries that failed since the start.
        package var failures: UInt64 = 0
        /// Why the last delivery failed; `nil` when it did not.
        package var failure: String?
    }

    /// How a shipper works.
    package struct Pace: Hashable, Sendable {
        /// How often it looks for new entries, in milliseconds; default one second.
        package var lookMilliseconds: Int32 = 1_000
        /// How long it waits after a first failure, in milliseconds, and twice as long after each further one.
        package var retryMilliseconds: Int32 = 250
        /// The longest that it waits, in milliseconds: how soon a receiver that is back gets something.
        package var longestMilliseconds: Int32 = 15_000
        /// How many entries go into one delivery at most.
        package var batch = 500

        package init() {}
    }

    /// The shipper's name, under which its cursor is kept.
    package let name: String
    private let receiver: any ShipReceiver
    private let state = Mutex(Progress())
    private let worker = Mutex<Worker?>(nil)

    /// Begins to ship where the cursor stands.
    ///
    /// - Parameters:
    ///   - name: The shipper's name; also a file name.
    ///   - format: The shape of the messages.
    ///   - log: The log.
    ///   - cursors: Where cursors are kept.
    ///   - receiver: Where to.
    ///   - overSyslog: Whether each message needs the head of a syslog message.
    ///   - pace: How often, and how much at once.
    /// - Throws: ``LogFailure`` when the cursor cannot be read.
    package init(
        name: String,
        format: ExportFormat,
        log: DecisionLog,
        cursors: any FileStore,
        receiver: any ShipReceiver,
        overSyslog: Bool = false,
        pace: Pace = Pace()
    ) throws(LogFailure) {
        self.name = name
        self.receiver = receiver
        let cursor = ShipCursor(store: cursors, name: name)
        // Entries that were shipped and then lost leave their places to others, which have to be shipped; some more do no harm.
        let (stored, end) = (try cursor.read(), log.journal.durable)
        let place = stored <= end ? stored : end - min(end, 512)
        self.state.withLock { $0.place = place }
        let worker = Worker { [weak self] worker in
            var round = ShipRound(
                format: format,
                overSyslog: overSyslog,
                log: log,
                cursor: cursor,
                receiver: receiver,
                pace: pace,
                place: place
            )
            round.run(worker) { progress in self?.state.withLock { progress(&$0) } }
        }
        self.worker.withLock { $0 = worker }
    }

    /// Where it stands.
    package var progress: Progress { self.state.withLock { $0 } }

    /// Stops; what was not delivered is delivered after the next start.
    package func stop() {
        self.worker.withLock { worker in
            defer { worker = nil }
            return worker
        }?.stop()
        self.receiver.close()
    }
}

/// The thread of a shipper.
private struct ShipRound {
    typealias Note = ((inout Shipper.Progress) -> Void) -> Void

    let format: ExportFormat
    let overSyslog: Bool
    let log: DecisionLog
    let cursor: ShipCursor
    let receiver: any ShipReceiver
    let pace: Shipper.Pace
    /// The first entry that was not delivered.
    var place: UInt64
    /// How many entries are tried at once: fewer after a failure, since a receiver may take small batches only.
    var size = 0
    var failures: Int32 = 0

    mutating func run(_ worker: Worker, note: Note) {
        self.size = self.pace.batch
        var stream = self.log.stream(from: self.place)
        while !worker.shouldStop {
            do {
                let entries = try stream.next(limit: self.size)
                if let last = entries.last {
                    try self.deliver(entries, through: last.place, note)
                } else {
                    _ = worker.wait(atMost: self.pace.lookMilliseconds)
                }
            } catch {
                note { progress in
                    progress.failures += 1
                    progress.failure = "\(error)"
                }
                self.size = max(1, self.size / 2)
                self.failures = min(self.failures + 1, 16)
                _ = worker.wait(atMost: self.waiting)
                stream = self.log.stream(from: self.place)
            }
        }
    }

    private var waiting: Int32 {
        let doubled = Int64(self.pace.retryMilliseconds) << Int64(self.failures - 1)
        return Int32(min(doubled, Int64(self.pace.longestMilliseconds)))
    }

    private mutating func deliver(
        _ entries: [(place: UInt64, content: EntryContent)],
        through last: UInt64,
        _ note: Note
    ) throws {
        let messages = self.format.messages(entries, overSyslog: self.overSyslog)
        if !messages.isEmpty { try self.receiver.deliver(messages) }
        try self.cursor.write(last + 1)
        self.place = last + 1
        self.failures = 0
        self.size = min(self.pace.batch, self.size * 2)
        let place = self.place
        note { progress in
            progress.place = place
            progress.messages += UInt64(messages.count)
            progress.failure = nil
        }
    }
}
