import Glibc
import Synchronization
import TransparencyLog

/// The append-only files that are the truth: every record goes through here before anybody acts on it.
///
/// Any thread leaves payloads in a queue and goes on; one thread writes what has gathered, syncs once for all of it, and
/// then tells each event loop how far it came (group commit). When a disk is slow, groups get larger by themselves.
package final class Journal: Sendable {
    let hub: JournalHub
    private let configuration: JournalConfiguration
    private let writer: Worker

    /// Begins a new file where the log ends, and starts the writer.
    ///
    /// - Parameters:
    ///   - store: Where the files are.
    ///   - recovery: What the start found there.
    ///   - configuration: How to write.
    ///   - isIndexed: Whether there is an index to hand rows to.
    ///   - abandoned: Makes the payload that records that a file was given up, and why.
    /// - Throws: ``LogFailure/file(_:)`` when no file can be begun.
    init(
        store: any FileStore,
        recovery: JournalRecovery,
        configuration: JournalConfiguration,
        isIndexed: Bool,
        abandoned: @escaping @Sendable (Segment, JournalState) -> [UInt8]
    ) throws(LogFailure) {
        let segment = try Segment.fresh(at: recovery.end, after: recovery.segments)
        let file = try LogFailure.naming { () throws(FileFailure) in
            // What the last run set aside and did not write would be kept until its segment goes.
            if let last = recovery.segments.last { try store.release(last.path) }
            return try store.create(segment.path, reserving: configuration.segmentBytes)
        }
        let position = JournalPosition(
            durable: recovery.end,
            segments: recovery.segments + [segment]
        )
        let hub = JournalHub(
            queue: JournalQueue(capacity: configuration.backlogBytes),
            position: position,
            recent: isIndexed ? RecentRows() : nil
        )
        self.hub = hub
        self.configuration = configuration
        self.writer = Worker { worker in
            var writer = JournalWriter(
                hub: hub,
                store: store,
                configuration: configuration,
                segment: segment,
                file: file,
                abandoned: abandoned
            )
            writer.run(worker)
        }
    }

    /// An event loop's own way in; call it once on each loop.
    ///
    /// - Parameter waker: Called on the writer's thread, once for each group that has records of this loop in it.
    /// - Returns: A recorder for this loop alone.
    package func recorder(waker: @escaping @Sendable (JournalProgress) -> Void) -> Recorder {
        let follower = JournalHub.Follower(waker: waker)
        self.hub.followers.withLock { $0.append(follower) }
        return Recorder(journal: self, follower: follower)
    }

    /// Whether records are taken.
    package var state: JournalState { self.hub.queue.state }

    /// Counts for metrics.
    package var figures: JournalFigures { self.hub.figures.withLock { $0 } }

    /// How many entries the log has on disk.
    package var durable: UInt64 { self.hub.position.durable }

    /// Whether requests wait for their records.
    var waits: Bool { self.configuration.durability == .commit }

    /// Leaves a payload for the writer, which is woken with ``rouse()`` when it sleeps.
    func append(_ payload: [UInt8], row: IndexedEntry?, for follower: JournalHub.Follower?) -> JournalQueue.Left {
        self.hub.queue.append(payload, row: row, by: follower)
    }

    /// Wakes the writer.
    func rouse() { self.writer.wake() }

    /// Leaves a payload of the log's own, which goes in while the door is closed.
    func appendOwn(_ payload: [UInt8]) {
        if case .queued(_, true) = self.hub.queue.append(payload, by: nil, isOurs: true) { self.writer.wake() }
    }

    /// Waits until everything that was left so far is on disk; while the door is closed, that is until it opens.
    func waitForOwn() {
        let wanted = self.hub.queue.through
        while self.hub.durableThrough < wanted, self.state != .closed { usleep(1000) }
    }

    /// Waits until everything that was left so far is on disk, but no longer than `patience`.
    ///
    /// - Parameter patience: How long the disk may take.
    /// - Returns: Whether it is; if not, it may still get there.
    package func waitForOwn(patience: Duration) -> Bool {
        let (wanted, deadline) = (self.hub.queue.through, ContinuousClock.now + patience)
        while self.hub.durableThrough < wanted {
            guard self.state != .closed, ContinuousClock.now < deadline else { return false }
            usleep(1000)
        }
        return true
    }

    /// Writes what was left and stops; nothing is taken any more.
    func close() {
        self.hub.queue.shut()
        self.writer.stop()
    }
}
