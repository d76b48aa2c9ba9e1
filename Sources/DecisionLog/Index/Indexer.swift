import TransparencyLog

/// Feeds the index from the log, in batches, and catches up by itself after anything.
///
/// The place to go on from is kept by the index, in the same transaction as what it took, so an entry is counted once
/// whatever stops in between. What was just recorded comes from memory (``RecentRows``), everything else from the files.
struct Indexer {
    private let store: any FileStore
    private let hub: JournalHub
    private let keys: PersonKeys
    private var digester: EntryDigester
    private let index: any DecisionIndex
    private let progress: LogProgress
    private var reader: LogReader?
    /// How many entries there were at the start: no index has more, when it is asked for the first time.
    private var begin: UInt64?

    /// How many decisions go into one transaction at most.
    private static let batchRecords = 4096

    init(
        store: any FileStore,
        hub: JournalHub,
        keys: PersonKeys,
        index: any DecisionIndex,
        progress: LogProgress,
        begin: UInt64
    ) {
        self.begin = begin
        self.store = store
        self.hub = hub
        self.keys = keys
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
                try self.catchUp()
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
    private mutating func catchUp() throws(Failure) {
        var next: UInt64
        do {
            next = try self.index.nextIndex()
        } catch {
            throw Failure(text: "\(error)")
        }
        if let begin = self.begin {
            guard next <= begin else { throw Failure(text: "\(LogFailure.belowIndex(log: begin, index: next))") }
            self.begin = nil
        }
        self.progress.indexed = next
        while next < self.hub.position.durable {
            let batch: [IndexedEntry]
            if let recent = self.hub.recent?.take(from: next, limit: Self.batchRecords) {
                next = recent.next
                batch = self.keys.withoutErased(recent.rows)
            } else {
                // From the files, up to where memory goes on.
                let end = min(self.hub.position.durable, self.hub.recent?.first.map { max($0, next + 1) } ?? .max)
                (batch, next) = try self.read(from: next, to: end)
            }
            do {
                try self.index.ingest(batch, next: next)
            } catch {
                throw Failure(text: "\(error)")
            }
            self.progress.indexed = next
        }
    }

    /// A batch from the files, and the place after it.
    private mutating func read(from place: UInt64, to end: UInt64) throws(Failure) -> ([IndexedEntry], UInt64) {
        var reader = LogReader(from: place, of: self.hub.position, in: self.store)
        if let open = self.reader, open.index == place { reader = open }
        // Emptied first, so that the reader's buffers have one owner.
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
        self.reader = reader
        return (batch, reader.index)
    }
}

extension PersonKeys {
    /// The rows without what they say of people whose keys were destroyed since they were made.
    fileprivate func withoutErased(_ rows: [IndexedEntry]) -> [IndexedEntry] {
        var rows = rows
        // Neighbouring rows are mostly about the same person.
        var last: (person: Shared<RecordedPerson>, isErased: Bool)?
        for place in rows.indices {
            guard let person = rows[place].person else { continue }
            if last?.person !== person {
                last = (person, person.value.id.map { self.existing(for: $0) == nil } ?? false)
            }
            if last?.isErased == true { rows[place] = rows[place].erased }
        }
        return rows
    }
}

extension IndexedEntry {
    /// The row as it would be read back without the person's key.
    fileprivate var erased: IndexedEntry {
        var row = self
        (row.person, row.method, row.path, row.peer) = (nil, nil, nil, nil)
        return row
    }
}
