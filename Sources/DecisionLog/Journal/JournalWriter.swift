import Glibc
import Synchronization
import TransparencyLog

/// The one that writes: takes what gathered, writes it, syncs once, and tells the loops.
///
/// After a failed write or sync the file is abandoned and never written again, because nobody knows what of it is on
/// disk. The door closes; every few hundred milliseconds the writer tries to begin a new file, and the door opens again
/// when that succeeds. With `durability: commit` the requests of a lost group were refused, so that nothing acted on is
/// missing; with `batch` they went on already, so their records are kept and written to the new file.
///
/// Source: for never syncing a file again after a failure, A. Rebello et al., "Can Applications Recover from fsync
/// Failures?" (USENIX ATC 2020).
struct JournalWriter {
    private let hub: JournalHub
    private let store: any FileStore
    private let configuration: JournalConfiguration
    private let abandoned: @Sendable (Segment, JournalState) -> [UInt8]

    private var segment: Segment
    private var file: (any AppendableFile)?
    /// The length of the file.
    private var written: UInt64 = 0
    /// The length of the file that is on disk.
    private var synced: UInt64 = 0
    /// Entries written, on disk or not.
    private var index: UInt64
    /// Written but not synced, kept in case the sync fails.
    private var unsynced: [JournalQueue.Batch] = []
    private var spare = JournalQueue.Batch()
    /// The last ticket of what was refused with a failed file: nothing up to it is still to come.
    private var settled = JournalTicket(number: 0)
    /// What a sync has taken of late, in microseconds.
    private var syncMicroseconds: Int64 = 200

    init(
        hub: JournalHub,
        store: any FileStore,
        configuration: JournalConfiguration,
        segment: Segment,
        file: any AppendableFile,
        abandoned: @escaping @Sendable (Segment, JournalState) -> [UInt8]
    ) {
        self.hub = hub
        self.store = store
        self.configuration = configuration
        self.segment = segment
        self.file = file
        self.index = segment.first
        self.abandoned = abandoned
    }

    /// Runs until the worker is stopped and the queue is empty.
    mutating func run(_ worker: Worker) {
        while true {
            self.linger()
            let batch = self.hub.queue.take(giving: self.spare)
            self.spare = JournalQueue.Batch()
            if batch.isEmpty {
                self.spare = batch
                if worker.shouldStop { break }
                _ = worker.wait(atMost: -1)
                continue
            }
            // Only while stopping: the door could not be opened again.
            guard self.file != nil else {
                self.lose([batch])
                continue
            }
            self.write(batch)
            if self.file != nil, case .batch(let milliseconds) = self.configuration.durability {
                self.gather(worker, milliseconds)
            }
            if self.file != nil { self.sync() }
            self.reopen(worker)
        }
        if self.file != nil { self.sync() }
        if self.file != nil { try? self.store.release(self.segment.path) }
        self.hub.queue.state = .closed
    }

    /// Waits a moment for more, when several records wait already.
    ///
    /// A sync costs as much for one record as for fifty, and so does waking a loop. Who comes alone never waits; under load
    /// the moment is half of the sync that follows, and groups grow to what the clients keep in flight.
    ///
    /// Source: `commit_delay` and `commit_siblings` of PostgreSQL, section 19.5.1 of its manual.
    private func linger() {
        guard self.configuration.durability == .commit, self.configuration.lingerMicroseconds > 0, self.file != nil,
            self.hub.queue.count >= self.configuration.lingerRecords
        else { return }
        usleep(min(self.configuration.lingerMicroseconds, UInt32(clamping: self.syncMicroseconds / 2)))
    }

    /// Writes further batches for a few milliseconds, so that one sync serves them all.
    private mutating func gather(_ worker: Worker, _ milliseconds: Int32) {
        let end = Timestamp.now().microseconds + Int64(milliseconds) * 1000
        while self.file != nil {
            let rest = end - Timestamp.now().microseconds
            guard rest > 0, rest <= Int64(milliseconds) * 1000, worker.wait(atMost: Int32(rest / 1000 + 1)) else {
                return
            }
            let batch = self.hub.queue.take(giving: JournalQueue.Batch())
            if !batch.isEmpty { self.write(batch) }
        }
    }

    private mutating func write(_ batch: JournalQueue.Batch) {
        var batch = batch
        var start = 0
        let group = UInt32(truncatingIfNeeded: self.written)
        for end in batch.ends {
            Frame.fillHead(
                of: &batch.frames,
                at: start,
                payload: end - start - Frame.headBytes,
                segment: self.segment.identity,
                offset: self.written + UInt64(start),
                group: group
            )
            start = end
        }
        self.unsynced.append(batch)
        do {
            try self.file?.append(batch.frames)
            self.written += UInt64(batch.frames.count)
            self.index += UInt64(batch.ends.count)
        } catch {
            self.abandon(error)
        }
    }

    private mutating func sync() {
        guard let through = self.unsynced.last?.through else { return }
        let began = Timestamp.now().microseconds
        do {
            try self.file?.sync()
        } catch {
            self.abandon(error)
            return
        }
        // The clock may have been set meanwhile: what cannot be is left out.
        let took = Timestamp.now().microseconds - began
        if (0...10_000).contains(took) { self.syncMicroseconds += (took - self.syncMicroseconds) / 8 }
        let records = self.index - self.hub.position.durable
        if let recent = self.hub.recent {
            var place = self.index - records
            for index in self.unsynced.indices {
                recent.append(self.unsynced[index].takeRows(), at: place)
                place += UInt64(self.unsynced[index].ends.count)
            }
        }
        self.hub.position.advance(to: self.index)
        self.hub.figures.withLock { figures in
            figures.records += records
            figures.bytes += self.written - self.synced
            figures.groups += 1
        }
        self.synced = self.written
        self.hub.tell(through, .durable)
        self.spare = self.unsynced.removeLast()
        self.unsynced.removeAll(keepingCapacity: true)
        if self.written >= self.configuration.segmentBytes { self.beginNext() }
    }

    /// Begins the next file when one is long enough.
    private mutating func beginNext() {
        let whole = self.segment
        do {
            try self.open(Segment(first: self.index))
            // Only space is lost when this fails, until the segment goes.
            try? self.store.release(whole.path)
        } catch {
            // The old file is whole; only the new one is not there.
            self.abandon(error)
        }
    }

    private mutating func open(_ segment: Segment) throws(FileFailure) {
        self.file = try self.store.create(segment.path, reserving: self.configuration.segmentBytes)
        self.segment = segment
        self.written = 0
        self.synced = 0
        self.index = segment.first
        self.hub.position.begin(segment)
    }

    private mutating func abandon(_ failure: FileFailure) {
        self.file = nil
        // A disk that fails for hours must not fill with what was set aside for file after file.
        try? self.store.release(self.segment.path)
        if case .full = failure { self.hub.queue.state = .full } else { self.hub.queue.state = .failed("\(failure)") }
        self.hub.figures.withLock { $0.failures += 1 }
        let lost = self.unsynced
        self.unsynced = []
        self.lose(lost)
        self.refuseWaiting()
    }

    /// What came in before the door was seen to be closed.
    private mutating func refuseWaiting() {
        let late = self.hub.queue.take(giving: JournalQueue.Batch())
        if !late.isEmpty { self.lose([late]) }
    }

    /// Refuses the requests of records that are not on disk, or keeps the records of requests that went on already.
    ///
    /// The log's own entries are kept in any case.
    private mutating func lose(_ batches: [JournalQueue.Batch]) {
        guard case .commit = self.configuration.durability else {
            self.unsynced += batches
            return
        }
        self.unsynced += batches.map(\.ownOnly).filter { !$0.isEmpty }
        guard let through = batches.last?.through else { return }
        self.settled = through
        self.hub.tell(through, .refused(self.hub.queue.state))
    }

    /// Keeps trying to open the door; when stopping, a few times only, for the sake of records that are kept.
    private mutating func reopen(_ worker: Worker) {
        var triesWhenStopping = 5
        while self.file == nil, triesWhenStopping > 0 {
            if !worker.wait(atMost: self.configuration.retryMilliseconds) { triesWhenStopping -= 1 }
            self.refuseWaiting()
            self.reopen()
        }
    }

    /// Tries to begin a new file where the last durable entry was; opens the door when that works.
    private mutating func reopen() {
        let state = self.hub.queue.state
        if state == .full, (try? self.store.freeSpace()) ?? 0 < self.configuration.reserveBytes { return }
        let durable = self.hub.position.durable
        let given = self.segment
        guard given.attempt < .max else { return }
        let attempt = given.first == durable ? given.attempt + 1 : 0
        do {
            try self.open(Segment(first: durable, attempt: attempt))
        } catch .exists {
            // An earlier try made the file and failed to make its name durable.
            self.segment = Segment(first: durable, attempt: attempt)
            self.hub.position.begin(self.segment)
            return
        } catch {
            return
        }
        let kept = self.unsynced
        self.unsynced = []
        var note = JournalQueue.Batch()
        note.append(self.abandoned(given, state), isOwn: true)
        var batches = [note] + kept
        // When this is on disk, nobody waits for what came before it: it is on disk, too, or was refused.
        let last = batches.count - 1
        batches[last].through = max(batches[last].through, self.settled, self.hub.durableThrough)
        for batch in batches {
            if self.file == nil { self.unsynced.append(batch) } else { self.write(batch) }
        }
        if self.file != nil { self.sync() }
        if self.file != nil { self.hub.queue.state = .open }
    }
}
