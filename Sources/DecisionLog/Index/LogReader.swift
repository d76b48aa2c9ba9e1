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

    init(from index: UInt64, of position: JournalPosition, in store: any FileStore) {
        self.store = store
        self.files = SealedFiles(store: store)
        self.index = index
        self.follower = JournalFollower(from: index, of: position, in: store)
        self.position = position
    }

    private let position: JournalPosition

    /// The next entry below `end`.
    mutating func next(below end: UInt64) throws(LogFailure) -> LogEntry? {
        guard self.index < end else { return nil }
        // The first bytes of the journal may lie before the reader's place, never after it, unless they were retired.
        let entry: LogEntry
        if let first = self.position.state.segments.first?.first, self.index < first {
            entry = try self.sealed()
        } else {
            if self.follower.index != self.index {
                self.follower = JournalFollower(from: self.index, of: self.position, in: self.store)
            }
            guard let payload = try self.follower.next(below: end), let read = LogEntry(payload: payload) else {
                throw .noEntry(self.index)
            }
            entry = read
        }
        self.index += 1
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
