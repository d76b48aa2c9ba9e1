import Synchronization
package import TransparencyLog

/// The decision log of one gateway: journal, tree and index, opened together and in the right order.
///
///     let log = try DecisionLog.open(folder: "/var/lib/stile/log", gateway: "plant-1", index: index)
///     let anna = try log.prepare(RecordedPerson(id: "uuid:…", name: "anna"), facts: facts)
///     let recorder = log.journal.recorder { progress in … }      // once on each event loop
///     recorder.record(decision, by: anna, …)                     // per request
///     log.close()
///
/// Three threads of its own do all the waiting: one writes, one seals, one indexes.
package final class DecisionLog: Sendable {
    package let journal: Journal
    /// How far sealing and indexing have come.
    package let progress: LogProgress
    /// The public halves of the keys that sign, the present one first.
    package let verifiers: [NoteVerifierKey]
    /// The gateway's name, which stands in every entry.
    package let gateway: String

    let store: any FileStore
    /// How many entries there were when it was opened.
    let begin: UInt64
    let keys: PersonKeys
    let index: (any DecisionIndex)?
    /// Held until the log is closed.
    private let lock: Mutex<FolderLock?>
    private let dayKeys: DayKeys
    private let sharedFacts = Mutex<[String: (day: CalendarDay, facts: PersonFacts, reference: FactsReference)]>([:])
    private let sealer: Worker
    private let indexer: Worker?
    private let configuration: DecisionLogConfiguration

    /// Opens a log in a folder that `stile log init` made, and keeps every other process out.
    ///
    /// - Throws: ``LogFailure`` with the file, the place and the way out; nothing is repaired silently.
    package static func open(
        folder: String,
        gateway: String,
        configuration: DecisionLogConfiguration = DecisionLogConfiguration(),
        index: (any DecisionIndex)? = nil
    ) throws(LogFailure) -> DecisionLog {
        let lock = try LogFailure.lock(folder)
        let store = FolderStore(root: folder)
        let keys = try LogKeys.read(from: store)
        return try DecisionLog(
            store: store,
            gateway: gateway,
            keys: keys,
            configuration: configuration,
            index: index,
            lock: lock
        )
    }

    /// Opens a log over any store.
    package init(
        store: any FileStore,
        gateway: String,
        keys: LogKeys,
        configuration: DecisionLogConfiguration = DecisionLogConfiguration(),
        index: (any DecisionIndex)? = nil,
        lock: FolderLock? = nil
    ) throws(LogFailure) {
        try LogStart.beginIfNew(store, keys: keys)
        let start = try LogStart(store, keys: keys)
        let (persons, signed, recovery, seal) = (start.persons, start.signed, start.recovery, start.seal)
        // Where it cannot be asked now, the indexer asks later. It has only what was on disk before it.
        if let seen = try? index?.nextIndex(), seen > recovery.end {
            throw .belowIndex(log: recovery.end, index: seen)
        }
        // Before the journal, whose thread nobody would end if there were no keys.
        let dayKeys = try DayKeys(keys: persons, now: .now())
        let journal = try Journal(
            store: store,
            recovery: recovery,
            configuration: configuration.journal,
            isIndexed: index != nil
        ) { segment, state in
            Self.payload(
                LogEvent.segmentAbandoned,
                ["file": .string(segment.path), "reason": .string("\(state)")],
                gateway: gateway
            )
        }
        let progress = LogProgress()
        progress.sealed = signed
        let (hub, builder) = (journal.hub, seal.builder)
        self.journal = journal
        self.progress = progress
        self.verifiers = keys.verifiers
        self.gateway = gateway
        self.store = store
        self.begin = recovery.end
        self.keys = persons
        self.index = index
        self.lock = Mutex(lock)
        self.configuration = configuration
        self.dayKeys = dayKeys
        if index != nil { progress.indexed = 0 }
        self.sealer = Worker { worker in
            var sealer = Sealer(store: store, signers: keys.signers, hub: hub, progress: progress, builder: builder)
            sealer.run(worker, every: configuration.sealMilliseconds) { () throws(LogFailure) in
                try dayKeys.turn(now: .now())
            }
        }
        self.indexer = index.map { index in
            Worker { worker in
                var indexer = Indexer(
                    store: store,
                    hub: hub,
                    keys: persons,
                    index: index,
                    progress: progress,
                    begin: recovery.end
                )
                indexer.run(worker, every: configuration.indexMilliseconds)
            }
        }
        if let cut = recovery.cut {
            self.note(
                LogEvent.journalCut,
                [
                    "file": .string(cut.path), "offset": .integer(Int64(cut.offset)),
                    "bytes": .integer(Int64(cut.bytes)),
                ]
            )
        }
        self.note(
            LogEvent.opened,
            ["entries": .integer(Int64(recovery.end)), "rewritten": .integer(Int64(seal.rewritten))]
        )
    }

    /// Writes, seals and indexes what is there, and stops; nothing is recorded any more.
    package func close() {
        self.journal.close()
        self.sealer.stop()
        self.indexer?.stop()
        self.lock.withLock { $0 = nil }
    }

    /// Gets a person ready to be written down: their key, their fields, and their groups and attributes.
    ///
    /// Blocks for a sync the first time a person is seen: call it where the directory's answer arrives, not on an event loop.
    package func prepare(_ who: RecordedPerson, facts: PersonFacts? = nil) throws(LogFailure) -> PreparedPerson {
        guard let id = who.id else { return self.prepareUnknown(who) }
        let key = try self.keys.key(for: id)
        return PreparedPerson(who, key: key, facts: facts.map { self.share($0, of: key) })
    }

    /// Gets somebody ready whom nobody recognised, under a key of the day; never blocks.
    package func prepareUnknown(_ who: RecordedPerson) -> PreparedPerson {
        PreparedPerson(who, key: self.dayKeys.key(now: .now()), facts: nil)
    }

    /// Writes down something that happened to the log.
    package func note(_ name: String, _ details: [String: JSONValue]) {
        self.journal.appendOwn(Self.payload(name, details, gateway: self.gateway))
    }

    /// Destroys a person's keys, and takes them out of the index; this is itself written down, without saying who.
    ///
    /// Every leaf stays, and proves what it proved; nobody can read any more who it was about.
    ///
    /// The log says it first: a key that is gone without a word is tampering, see ``PersonKeyUse``.
    ///
    /// - Parameters:
    ///   - id: The person's stable id.
    ///   - patience: How long the disk may take.
    /// - Returns: How many keys there were.
    /// - Throws: ``LogFailure/notRecorded(_:)`` when that could not be written down; then nothing was destroyed.
    package func erase(person id: String, patience: Duration = .seconds(5)) throws(LogFailure) -> Int {
        let ids = self.keys.ids(of: id)
        guard !ids.isEmpty else { return 0 }
        self.note(
            LogEvent.personErased,
            ["keys": .integer(Int64(ids.count)), "ids": .array(ids.map { .string($0.text) })]
        )
        guard self.journal.waitForOwn(patience: patience) else { throw .notRecorded(self.journal.state) }
        let count = try self.keys.destroy(owner: id)
        self.sharedFacts.withLock { $0[id] = nil }
        if let index = self.index {
            do {
                try index.forget(person: id)
            } catch {
                self.progress.indexFailure = "\(error)"
            }
        }
        return count
    }

    /// The entry at a place of the log, wherever it lies.
    package func entry(at place: UInt64) throws(LogFailure) -> LogEntry {
        var reader = LogReader(
            from: place,
            preferringSealedBelow: self.progress.sealed,
            of: self.journal.hub.position,
            in: self.store
        )
        guard let entry = try reader.next(below: self.journal.durable) else { throw .noEntry(place) }
        return entry
    }

    /// What the entry at a place of the log says, as far as it was not erased.
    package func content(at place: UInt64) throws(LogFailure) -> EntryContent {
        try self.entry(at: place).content(keys: self.keys)
    }

    /// What the entries at these places of the log say, in the order asked for; one pass over the files.
    package func contents(at places: [UInt64]) throws(LogFailure) -> [EntryContent] {
        var found: [UInt64: EntryContent] = [:]
        var stream = self.stream(from: places.min() ?? 0)
        for place in Set(places).sorted() {
            stream.move(to: place)
            guard let next = try stream.next(limit: 1).first else { throw .noEntry(place) }
            found[place] = next.content
        }
        return try places.map { (place) throws(LogFailure) in
            guard let content = found[place] else { throw .noEntry(place) }
            return content
        }
    }

    /// Reads the log from a place on, as far as it is on disk, again and again as it grows.
    package func stream(from place: UInt64) -> EntryStream { EntryStream(from: place, of: self) }

    /// Whether there is a key for this person: whether anything about them can be read.
    package func knows(person id: String) -> Bool { self.keys.existing(for: id) != nil }

    /// Writes a person's facts once a day, and again when they change.
    private func share(_ facts: PersonFacts, of key: PersonKey) -> FactsReference {
        let now = Timestamp.now()
        if let known = self.sharedFacts.withLock({ $0[key.owner] }), known.day == now.day, known.facts == facts {
            return known.reference
        }
        var encoder = EntryEncoder()
        let leaf = encoder.encode(facts, of: key, gateway: self.gateway, Self.moment(now))
        // The entry goes in before any record that refers to it, and is kept over a failed file.
        self.journal.appendOwn(encoder.payload)
        let reference = FactsReference(leaf: leaf)
        self.sharedFacts.withLock { $0[key.owner] = (now.day, facts, reference) }
        return reference
    }

    private static func payload(_ name: String, _ details: [String: JSONValue], gateway: String) -> [UInt8] {
        var encoder = EntryEncoder()
        let moment = self.moment(.now())
        encoder.encode(
            LogEvent(id: moment.id, time: moment.time, gateway: gateway, name: name, details: .object(details))
        )
        return encoder.payload
    }

    private static func moment(_ time: Timestamp) -> EntryEncoder.Moment {
        var random = RandomPool()
        let fresh = random.drawEntry()
        return EntryEncoder.Moment(
            id: DecisionID(time: time, random: fresh.id),
            time: time,
            micros: 0,
            exchange: nil,
            repetition: nil,
            salts: fresh.salts
        )
    }
}

/// How a decision log works.
package struct DecisionLogConfiguration: Hashable, Sendable {
    package var journal: JournalConfiguration
    /// How often the tree is signed when there is something new, in milliseconds; default one second.
    package var sealMilliseconds: Int32
    /// How often the index is brought up to date, in milliseconds; default a quarter of a second.
    package var indexMilliseconds: Int32

    package init(
        journal: JournalConfiguration = JournalConfiguration(),
        sealMilliseconds: Int32 = 1000,
        indexMilliseconds: Int32 = 250
    ) {
        self.journal = journal
        self.sealMilliseconds = sealMilliseconds
        self.indexMilliseconds = indexMilliseconds
    }
}
