import TransparencyLog

/// What a start finds in the journal's files.
///
/// Fails closed: only what can be explained by a write that was under way when the machine stopped is cut, and never
/// anything that was signed. Everything else stops the start with the file, the place and the way out.
struct JournalRecovery {
    /// A torn tail that was cut.
    struct Cut: Hashable, Sendable {
        var path: String
        var offset: UInt64
        var bytes: UInt64
    }

    /// The files, in order; also those that another replaces, so that they go when it goes.
    private(set) var segments: [Segment] = []
    /// The place of the first entry that the files hold.
    private(set) var first: UInt64 = 0
    /// How many entries the log has, sealed ones included.
    private(set) var end: UInt64 = 0
    private(set) var cut: Cut?

    /// Reads every segment, cuts a torn tail, and hands each entry's place and payload to `entry`.
    ///
    /// - Parameters:
    ///   - store: Where the files are.
    ///   - signed: The size of the newest checkpoint.
    ///   - entry: Gets each entry once, in order.
    /// - Throws: ``LogFailure`` when the files cannot be explained, or what `entry` throws.
    init(
        of store: any FileStore,
        signed: UInt64,
        entry: (UInt64, ArraySlice<UInt8>) throws(LogFailure) -> Void = { _, _ in }
    ) throws(LogFailure) {
        let all = try Segment.all(in: store)
        self.first = all.first?.first ?? signed
        self.end = self.first
        for (position, segment) in all.enumerated() {
            guard segment.first <= self.end else { throw .noEntry(self.end) }
            let limit = position + 1 < all.count ? all[position + 1].first : nil
            // A segment that another of the same beginning replaces holds nothing that counts.
            self.segments.append(segment)
            if let limit, limit == segment.first { continue }
            try self.read(segment, below: limit, signed: signed, in: store, entry: entry)
        }
        guard self.end >= signed else { throw .belowCheckpoint(journal: self.end, signed: signed) }
    }

    private mutating func read(
        _ segment: Segment,
        below limit: UInt64?,
        signed: UInt64,
        in store: any FileStore,
        entry: (UInt64, ArraySlice<UInt8>) throws(LogFailure) -> Void
    ) throws(LogFailure) {
        var reader = SegmentReader(segment, in: store)
        while reader.index < limit ?? .max {
            let index = reader.index
            switch try reader.next() {
            case .entry(let payload, _):
                try entry(index, payload)
                self.end = reader.index
            case .end:
                if limit != nil { throw .corrupt(segment.path, offset: reader.offset) }
                return
            case .damaged:
                let offset = reader.offset
                guard limit == nil, try reader.laterGroup(than: offset) == nil else {
                    throw .corrupt(segment.path, offset: offset)
                }
                guard reader.index >= signed else { throw .belowCheckpoint(journal: reader.index, signed: signed) }
                let size = try LogFailure.naming { () throws(FileFailure) in try store.size(segment.path) } ?? offset
                try LogFailure.naming { () throws(FileFailure) in try store.truncate(segment.path, to: offset) }
                self.cut = Cut(path: segment.path, offset: offset, bytes: size - offset)
                return
            }
        }
    }
}
