import Glibc
import TransparencyLog

/// What is done to a log now and then: made anew, proven from, and kept no longer than allowed.
extension DecisionLog {
    /// Makes an index anew from the files of a log that is not open elsewhere.
    ///
    /// - Parameters:
    ///   - folder: The log's folder.
    ///   - gateway: The gateway's name.
    ///   - index: The index; everything in it goes.
    ///   - tell: Told each tenth of the way, in percent.
    /// - Returns: How many entries it has been brought up to.
    /// - Throws: ``LogFailure``, or ``IndexFailure`` when the index does not take it.
    package static func rebuild(
        folder: String,
        gateway: String,
        index: any DecisionIndex,
        tell: (Int) -> Void = { _ in }
    ) throws -> UInt64 {
        let seen = try? index.nextIndex()
        try index.reset()
        let log = try DecisionLog.open(folder: folder, gateway: gateway, index: index)
        if let seen, seen > log.begin {
            log.note(LogEvent.entriesLost, ["index": .integer(Int64(seen)), "log": .integer(Int64(log.begin))])
        }
        log.journal.waitForOwn()
        let end = log.journal.durable
        var told = 0
        while log.progress.indexed < end, log.progress.indexFailure == nil {
            usleep(20_000)
            let percent = Int(log.progress.indexed * 100 / max(1, end))
            guard percent >= told + 10 else { continue }
            told = percent / 10 * 10
            tell(told)
        }
        // Closing catches up with everything that is durable.
        log.close()
        let reached = try index.nextIndex()
        guard reached >= end else {
            throw IndexFailure.database(log.progress.indexFailure ?? "stopped at entry \(reached) of \(end)")
        }
        return reached
    }

    /// The receipt for an entry; it must be sealed, which takes a second.
    package func receipt(at place: UInt64, showing parts: Set<LogPart>) throws(LogFailure) -> Receipt {
        let prover = LogProver(store: self.store, keys: self.verifiers)
        return try prover.receipt(at: place, showing: parts, keys: self.keys)
    }

    /// Drops the parts of everything before a day, and the day's index; leaves and hashes stay for ever.
    ///
    /// The log says what is dropped before it is. Only whole bundles that the journal no longer holds are dropped, so the
    /// last hours before the day may stay until the next time.
    ///
    /// - Parameter day: The first day to keep.
    /// - Returns: The place before which parts are gone now, how many bundles' parts went, and the days that the index lost.
    /// - Throws: ``LogFailure`` when a file cannot be read or removed, or when it could not be written down first.
    package func retain(
        from day: CalendarDay
    ) throws(LogFailure) -> (partsBefore: UInt64, bundles: UInt64, days: [CalendarDay]) {
        let full = UInt64(TileCoordinate.fullWidth)
        let journal = self.journal.hub.position.state.segments.first?.first ?? 0
        let bundles = min(self.progress.sealed, journal) / full
        let files = SealedFiles(store: self.store)
        // Bundles with parts begin where dropping stopped last, and end before the first one with an entry to keep.
        var first = try Self.firstBundle(of: bundles) { (bundle) throws(LogFailure) in
            let path = SealedFiles.partsPath(index: bundle, width: Int(full))
            let store = self.store
            return try LogFailure.naming { () throws(FileFailure) in try store.size(path) != nil }
        }
        let end = try Self.firstBundle(of: bundles) { (bundle) throws(LogFailure) in
            let last = try files.entries(bundle: bundle, width: Int(full)).last
            return last?.time.map { $0 >= day.start } ?? true
        }
        var days: [CalendarDay] = []
        do {
            days = try self.index?.removeDays(before: day) ?? []
        } catch {
            self.progress.indexFailure = "\(error)"
        }
        if !days.isEmpty {
            self.note(LogEvent.daysRemoved, ["days": .array(days.map { .string($0.description) })])
        }
        guard first < end else { return (first * full, 0, days) }
        let bundlesDropped = end - first
        for part in LogPart.allCases {
            self.note(
                LogEvent.partsDropped,
                ["part": .string(part.name), "from": .integer(Int64(first * full)), "to": .integer(Int64(end * full))]
            )
        }
        guard self.journal.waitForOwn(patience: .seconds(5)) else { throw .notRecorded(self.journal.state) }
        while first < end {
            let path = SealedFiles.partsPath(index: first, width: Int(full))
            let store = self.store
            try LogFailure.naming { () throws(FileFailure) in try store.remove(path, durably: false) }
            first += 1
        }
        return (end * full, bundlesDropped, days)
    }

    /// The first bundle for which `isLater` holds, when it holds for all after it; `count` when for none.
    private static func firstBundle(
        of count: UInt64,
        isLater: (UInt64) throws(LogFailure) -> Bool
    ) throws(LogFailure) -> UInt64 {
        var (low, high): (UInt64, UInt64) = (0, count)
        while low < high {
            let middle = low + (high - low) / 2
            if try isLater(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

extension LogEntry {
    /// The moment in the leaf.
    var time: Timestamp? { JSONReader.value(self.leaf)?["time"]?.string.flatMap { Timestamp($0) } }
}
