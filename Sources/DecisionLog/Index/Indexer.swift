import TransparencyLog

/// Feeds the index from the log, in batches, and catches up by itself after anything.
///
/// The place to go on from is kept by the index, in the same transaction as what it took, so an entry is counted once
/// whatever stops in between.
struct Indexer {
    private let store: any FileStore
    private let hub: JournalHub
    private var digester: EntryDigester
    private let index: any DecisionIndex
    private let progress: LogProgress
    private var reader: LogReader?

    /// How many decisions go into one transaction at most.
    private static let batchRecords = 4096

    init(store: any FileStore, hub: JournalHub, keys: PersonKeys, index: any DecisionIndex, progress: LogProgress) {
        self.store = store
        self.hub = hub
        self.digester = EntryDigester(keys: keys)
        self.index = index
        self.progress = progress
    }

    /// Runs until stopped, and catches up a last time then.
    mutating func run(_ worker: Worker, every milliseconds: Int32) {
        var goesOn = true
        while goesOn {
            goesOn = worker.wait(atMost: milliseconds)
            do {
                try self.catchUp { worker.shouldStop }
                self.progress.indexFailure = nil
            } catch {
                self.reader = nil
                self.progress.indexFailure = error.text
            }
        }
    }

    /// Why a batch was not taken.
    private struct Failure: Error {
        var text: String
    }

    /// Indexes everything that is durable.
    private mutating func catchUp(unless stops: () -> Bool) throws(Failure) {
        while true {
            let end = self.hub.position.durable
            var reader: LogReader
            if let open = self.reader {
                reader = open
            } else {
                do {
                    let next = try self.index.nextIndex()
                    self.progress.indexed = next
                    reader = LogReader(from: next, of: self.hub.position, in: self.store)
                } catch {
                    throw Failure(text: "\(error)")
                }
            }
            guard reader.index < end else {
                self.reader = reader
                return
            }
            self.reader = nil
            var batch: [IndexedEntry] = []
            do {
                while batch.count < Self.batchRecords {
                    let place = reader.index
                    guard let entry = try reader.next(below: end) else { break }
                    if let digest = self.digester.digest(entry, at: place) { batch.append(digest) }
                }
            } catch {
                throw Failure(text: "\(error)")
            }
            do {
                try self.index.ingest(batch, next: reader.index)
            } catch {
                throw Failure(text: "\(error)")
            }
            self.progress.indexed = reader.index
            self.reader = reader
            if stops(), reader.index < end { return }
        }
    }
}
