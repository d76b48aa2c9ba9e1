import TransparencyLog

/// Reads entries from wherever they are: sealed bundles first, the journal for what is not there.
///
/// One pass from front to back; a place is given once.
struct LogReader {
    private let store: any FileStore
    private let files: SealedFiles
    private var bundle: [LogEntry] = []
    private var bundleStart: UInt64 = 0
    private var follower: JournalFollower
    private(set) var index: UInt64

    /// Below this place bundles are read, although the journal may hold the entries still.
    private let sealedBelow: UInt64
    private let position: JournalPosition

    /// Reads from a place on.
    ///
    /// - Parameters:
    ///   - index: The place to begin at.
    ///   - sealed: Below this place, finished bundles are preferred: a single entry is found faster there. In a long
    ///     run, the journal is faster.
    ///   - position: The journal.
    ///   - store: Where all files are.
    init(
        from index: UInt64,
        preferringSealedBelow sealed: UInt64 = 0,
        of position: JournalPosition,
        in store: any FileStore
    ) {
        self.store = store
        self.files = SealedFiles(store: store)
        self.index = index
        self.sealedBelow = sealed / UInt64(TileCoordinate.fullWidth) * UInt64(TileCoordinate.fullWidth)
        self.follower = JournalFollower(from: index, of: position, in: store)
        self.position = position
    }

    /// Goes on at a later place.
    mutating func move(to place: UInt64) { self.index = max(self.index, place) }

    /// The next entry below `end`.
    mutating func next(below end: UInt64) throws(LogFailure) -> LogEntry? {
        guard self.index < end else { return nil }
        let entry: LogEntry
        if self.isSealed {
            entry = try self.sealed()
        } else {
            do {
                entry = try self.inJournal(below: end)
            } catch .file(.missing(let path)) {
                // The segment was sealed and removed since; what it held is in finished bundles now.
                guard self.isSealed else { throw .file(.missing(path)) }
                entry = try self.sealed()
            }
        }
        self.index += 1
        return entry
    }

    private var isSealed: Bool {
        if self.index < self.sealedBelow { return true }
        guard let first = self.position.state.segments.first?.first else { return true }
        return self.index < first
    }

    private mutating func inJournal(below end: UInt64) throws(LogFailure) -> LogEntry {
        if self.follower.index < self.index, self.follower.isOpen {
            self.follower.skip(to: self.index)
        } else if self.follower.index != self.index {
            self.follower = JournalFollower(from: self.index, of: self.position, in: self.store)
        }
        guard let payload = try self.follower.next(below: end), let entry = LogEntry(payload: payload) else {
            throw .noEntry(self.index)
        }
        return entry
    }

    private mutating func sealed() throws(LogFailure) -> LogEntry {
        let full = UInt64(TileCoordinate.fullWidth)
        let start = self.index / full * full
        if self.bundle.isEmpty || self.bundleStart != start {
            // Whatever was retired lies in finished bundles.
            self.bundle = try self.files.entries(bundle: start / full, width: Int(full))
            self.bundleStart = start
        }
        return self.bundle[Int(self.index - start)]
    }
}
