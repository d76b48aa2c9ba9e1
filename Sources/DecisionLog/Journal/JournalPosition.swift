import Synchronization
import TransparencyLog

/// How far the journal is on disk, and in which files: what sealer and indexer read by.
final class JournalPosition: Sendable {
    struct State {
        /// How many entries the log has on disk, sealed ones included.
        var durable: UInt64
        /// The files that count, in order; the last is being written.
        var segments: [Segment]
    }

    private let guarded: Mutex<State>
    /// Counts the files begun, so that followers look again only when there is another one.
    let begun = Atomic<Int>(0)

    init(durable: UInt64, segments: [Segment]) {
        self.guarded = Mutex(State(durable: durable, segments: segments))
    }

    var state: State { self.guarded.withLock { $0 } }

    var durable: UInt64 { self.guarded.withLock { $0.durable } }

    func advance(to durable: UInt64) { self.guarded.withLock { $0.durable = durable } }

    func begin(_ segment: Segment) {
        self.guarded.withLock { $0.segments.append(segment) }
        self.begun.add(1, ordering: .releasing)
    }

    func retire(_ segment: Segment) { self.guarded.withLock { $0.segments.removeAll { $0 == segment } } }
}

/// Follows the journal from a place in the log on, across its files, never beyond what is on disk.
struct JournalFollower {
    private let store: any FileStore
    private let position: JournalPosition
    private var reader: SegmentReader?
    private var begun = 0
    /// Where a later file begins: from there on, what the open one holds does not count.
    private var limit = UInt64.max
    /// The place in the log of the next entry.
    private(set) var index: UInt64

    init(from index: UInt64, of position: JournalPosition, in store: any FileStore) {
        self.index = index
        self.position = position
        self.store = store
    }

    /// Whether it is in the middle of a file, from where a later place is nearer than from the file's beginning.
    var isOpen: Bool { self.reader != nil }

    /// Leaves out the entries before a later place.
    mutating func skip(to index: UInt64) {
        self.index = max(self.index, index)
        guard let reader = self.reader else { return }
        let (segment, place) = (reader.segment, self.index)
        // A later file holds it; this one ends before.
        if self.position.state.segments.contains(where: { $0 > segment && $0.first <= place }) { self.reader = nil }
    }

    /// The next payload; `nil` when everything on disk was read.
    mutating func next(below limit: UInt64) throws(LogFailure) -> ArraySlice<UInt8>? {
        guard self.index < limit else { return nil }
        let begun = self.position.begun.load(ordering: .acquiring)
        if begun != self.begun {
            self.begun = begun
            // A file given up since may hold frames at this place that were never durable.
            if let reader = self.reader {
                self.limit = self.end(of: reader.segment)
                if reader.index >= self.limit { self.reader = nil }
            }
        }
        while true {
            if self.reader == nil { try self.open() }
            // In place: a copy of the reader would share its buffer.
            guard case .entry(let payload, _)? = try self.step(), let place = self.reader?.index else {
                let (path, offset) = (self.reader?.segment.path ?? "", self.reader?.offset ?? 0)
                self.reader = nil
                throw .corrupt(path, offset: offset)
            }
            guard place > self.index else { continue }
            self.index += 1
            // The rest of an abandoned file does not count.
            if place >= self.limit { self.reader = nil }
            return payload
        }
    }

    /// What comes next in the open file, which is opened anew after a failure: another may hold the entry by then.
    private mutating func step() throws(LogFailure) -> SegmentReader.Step? {
        do {
            return try self.reader?.next()
        } catch {
            self.reader = nil
            throw error
        }
    }

    /// Opens the file that holds the entry at ``index``.
    private mutating func open() throws(LogFailure) {
        let segments = self.position.state.segments
        guard let segment = segments.last(where: { $0.first <= self.index }) else { throw .noEntry(self.index) }
        self.reader = SegmentReader(segment, in: self.store)
        self.limit = self.end(of: segment)
    }

    /// The place of the first entry that is in a later file than this.
    private func end(of segment: Segment) -> UInt64 {
        self.position.state.segments.filter { $0 > segment }.map(\.first).min() ?? .max
    }
}
