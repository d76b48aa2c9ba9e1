import TransparencyLog

/// A file of the journal: entries from a place in the log on.
///
///     journal/00000000000000012345.0000
///
/// The name says the place of its first entry, and which attempt it was: a segment that failed is abandoned, and the next
/// begins where the last durable entry was. What an abandoned one holds beyond that place does not count.
package struct Segment: Hashable, Comparable, Sendable {
    /// The place in the log of the first entry.
    package let first: UInt64
    /// Tells segments with the same beginning apart; the last one counts.
    package let attempt: UInt16

    package static let folder = "journal"

    package var path: String {
        let digits = String(self.first)
        let number = String(self.attempt)
        return Self.folder + "/" + String(repeating: "0", count: 20 - digits.count) + digits + "."
            + String(repeating: "0", count: 4 - min(4, number.count)) + number
    }

    init(first: UInt64, attempt: UInt16 = 0) {
        self.first = first
        self.attempt = attempt
    }

    package init?(name: String) {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].count == 20, parts[1].count >= 4, let first = UInt64(parts[0]),
            first <= UInt64(Int64.max), let attempt = UInt16(parts[1])
        else { return nil }
        self.init(first: first, attempt: attempt)
        // A second name for the same file, such as `+1` for `01`, is none.
        guard self.path.utf8.elementsEqual((Self.folder + "/" + name).utf8) else { return nil }
    }

    /// What its frames' checksums are bound to.
    package var identity: UInt64 { self.first << 16 | UInt64(self.attempt) }

    package static func < (a: Self, b: Self) -> Bool { (a.first, a.attempt) < (b.first, b.attempt) }

    /// The file after those of `all` that begin at a place.
    ///
    /// - Throws: ``LogFailure/corrupt(_:offset:)`` when there is one with the last number: nobody has tried so often.
    static func fresh(at first: UInt64, after all: [Segment]) throws(LogFailure) -> Segment {
        guard let last = all.filter({ $0.first == first }).max() else { return Segment(first: first) }
        guard last.attempt < .max else { throw .corrupt(last.path, offset: 0) }
        return Segment(first: first, attempt: last.attempt + 1)
    }

    /// The segments of a journal that count, in order.
    ///
    /// - Throws: ``LogFailure/stray(_:)`` when something else lies among them: nobody could say whether it counts.
    static func all(in store: any FileStore) throws(LogFailure) -> [Segment] {
        let names = try LogFailure.naming { () throws(FileFailure) in try store.list(Self.folder) }
        var segments: [Segment] = []
        for name in names {
            guard let segment = Segment(name: name) else { throw .stray(Self.folder + "/" + name) }
            segments.append(segment)
        }
        return segments.sorted()
    }
}

/// Reads a segment from front to back, in large pieces, frame by frame.
struct SegmentReader {
    let segment: Segment
    /// The place in the log of the next entry.
    private(set) var index: UInt64
    /// Where in the file it begins.
    private(set) var offset: UInt64 = 0

    private let store: any FileStore
    private var piece: [UInt8] = []
    private var base: UInt64 = 0

    /// What is read at once: little enough to stay in the processor's cache, and to be given the same memory each time.
    private static let pieceBytes = 262_144
    /// What is read at once where a frame is longer than that; longer than any frame.
    private static let longestPiece = 2 * Frame.maximumPayload

    init(_ segment: Segment, in store: any FileStore) {
        self.segment = segment
        self.index = segment.first
        self.store = store
    }

    /// What comes next.
    enum Step {
        case entry(payload: ArraySlice<UInt8>, group: UInt32)
        /// The file ends exactly here.
        case end
        /// The file goes on, but not with a frame.
        case damaged
    }

    /// Reads the next frame.
    mutating func next() throws(LogFailure) -> Step {
        // From what was read before; then from a piece that begins here; then from one that holds any frame.
        for count in [0, Self.pieceBytes, Self.longestPiece] {
            if count > 0 { try self.read(count) }
            let position = Int(self.offset - self.base)
            guard position <= self.piece.count, !self.piece.isEmpty else {
                if count > 0 { return .end }
                continue
            }
            // A piece that came short ends where the file ends.
            let isWhole = count == Self.longestPiece || count > self.piece.count
            switch Frame.read(self.piece[...], at: position, base: self.base, segment: self.segment.identity) {
            case .whole(let payload, let group, let next):
                self.offset = self.base + UInt64(next)
                self.index += 1
                return .entry(payload: payload, group: group)
            case .cut where isWhole: return position == self.piece.count ? .end : .damaged
            case .cut: continue
            case .damaged where count > 0: return .damaged
            case .damaged: continue
            }
        }
        return .damaged
    }

    private mutating func read(_ count: Int) throws(LogFailure) {
        let (path, offset, store) = (self.segment.path, self.offset, self.store)
        // Emptied first, so that its memory can be given out again.
        self.piece = []
        self.piece = try LogFailure.naming { () throws(FileFailure) in
            try store.read(path, at: offset, count: count)
        }
        self.base = offset
    }

    /// Where a frame of a later group begins, beyond a damaged place: proof that the place was once whole.
    func laterGroup(than damaged: UInt64) throws(LogFailure) -> UInt64? {
        let path = self.segment.path
        let store = self.store
        let bytes = try LogFailure.naming { () throws(FileFailure) in
            try store.read(path, at: damaged, count: Int(try store.size(path) ?? 0))
        }
        for position in bytes.indices.dropFirst() {
            guard let group = BigEndian.read(UInt32.self, bytes[...], at: position + 4), UInt64(group) > damaged else {
                continue
            }
            if case .whole = Frame.read(bytes[...], at: position, base: damaged, segment: self.segment.identity) {
                return damaged + UInt64(position)
            }
        }
        return nil
    }
}
