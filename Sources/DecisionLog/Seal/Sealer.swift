import Synchronization
import TransparencyLog

/// Makes the tree of what the journal holds, and signs it, at least once a second when there is something new.
///
/// Order is everything: tiles and bundles are written before the checkpoint that speaks of them, and a segment is removed
/// only when everything made of it is on disk, sealed, and in the index.
struct Sealer {
    private let store: any FileStore
    private let signers: [NoteSignerKey]
    private let hub: JournalHub
    private let progress: LogProgress
    private var builder: TreeBuilder
    private var follower: JournalFollower
    /// Files not written yet, in order; kept over failures.
    private var waiting: [TreeBuilder.File] = []
    /// Unfinished files of the last checkpoint and the one before it.
    private var superseded: [[String]] = []

    init(store: any FileStore, signers: [NoteSignerKey], hub: JournalHub, progress: LogProgress, builder: TreeBuilder) {
        precondition(!signers.isEmpty, "a log has a key")
        self.store = store
        self.signers = signers
        self.hub = hub
        self.progress = progress
        self.builder = builder
        self.follower = JournalFollower(from: builder.tree.size, of: hub.position, in: store)
    }

    /// Runs until stopped, and seals a last time then; `beside` is done each time, too.
    mutating func run(_ worker: Worker, every milliseconds: Int32, beside: () throws(LogFailure) -> Void) {
        var goesOn = true
        while goesOn {
            goesOn = worker.wait(atMost: milliseconds)
            do {
                try self.seal()
                try self.retire()
                try beside()
                self.progress.sealFailure = nil
            } catch {
                self.progress.sealFailure = error
            }
        }
    }

    /// Brings the tree up to what is durable, and signs it.
    mutating func seal() throws(LogFailure) {
        let end = self.hub.position.durable
        try self.writeWaiting()
        guard end > self.progress.sealed else { return }
        while self.builder.tree.size < end {
            let index = self.builder.tree.size
            guard let payload = try self.follower.next(below: end) else { break }
            guard self.builder.append(payload: payload) else { throw .noEntry(index) }
            // Written as soon as it is full, so that the next one gets the same memory.
            if self.builder.tree.size % UInt64(TileCoordinate.fullWidth) == 0 {
                self.waiting += self.builder.takeFinished()
                try self.writeWaiting()
            }
        }
        let unfinished = self.builder.unfinished
        for file in unfinished { try self.write(file) }
        try self.sign()
        self.superseded.append(unfinished.map(\.path))
        if self.superseded.count > 2 { try self.clear(self.superseded.removeFirst(), keeping: unfinished.map(\.path)) }
    }

    private mutating func sign() throws(LogFailure) {
        let tree = self.builder.tree
        let checkpoint = Checkpoint(origin: self.signers[0].verifier.name, size: tree.size, root: tree.root)
        let note: SignedNote
        do {
            note = try checkpoint.signed(with: self.signers)
        } catch {
            throw .checkpoint(error)
        }
        let store = self.store
        try LogFailure.naming { () throws(FileFailure) in
            try store.replace(SealedFiles.checkpointPath, with: note.bytes, durably: true)
        }
        self.progress.sealed = tree.size
    }

    /// Removes the segments that nobody needs any more.
    mutating func retire() throws(LogFailure) {
        let segments = self.hub.position.state.segments
        // The unfinished bundle can be made again only from the journal.
        let finished = self.progress.sealed / UInt64(TileCoordinate.fullWidth) * UInt64(TileCoordinate.fullWidth)
        let end = min(finished, self.progress.indexed)
        for (segment, next) in zip(segments, segments.dropFirst()) where next.first <= end {
            try self.syncTree(from: segment.first, to: next.first)
            // Out of the table first, so that a reader who finds no file finds it sealed instead.
            self.hub.position.retire(segment)
            let store = self.store
            try LogFailure.naming { () throws(FileFailure) in try store.remove(segment.path, durably: true) }
        }
    }

    /// Makes everything that was made of these entries durable.
    private func syncTree(from first: UInt64, to end: UInt64) throws(LogFailure) {
        guard first < end else { return }
        let full = UInt64(TileCoordinate.fullWidth)
        var paths: [String] = []
        for bundle in (first / full)...((end - 1) / full) {
            paths.append(SealedFiles.path(.entries(index: bundle, width: Int(full))))
            paths.append(SealedFiles.partsPath(index: bundle, width: Int(full)))
        }
        var (level, span) = (0, full)
        while span <= self.builder.tree.size {
            let last = min((end - 1) / span, self.builder.tree.size / span - 1)
            if first / span <= last {
                for index in (first / span)...last {
                    paths.append(SealedFiles.path(.hashes(level: level, index: index, width: Int(full))))
                }
            }
            level += 1
            span *= full
        }
        let store = self.store
        try LogFailure.naming { () throws(FileFailure) in
            var there: [String] = []
            // Parts may have been dropped since.
            for path in paths {
                if path.hasPrefix("parts/"), try store.size(path) == nil { continue }
                there.append(path)
            }
            try store.sync(there)
        }
    }

    private mutating func writeWaiting() throws(LogFailure) {
        var written = 0
        defer { self.waiting.removeFirst(written) }
        for file in self.waiting {
            try self.write(file)
            written += 1
        }
    }

    private func write(_ file: TreeBuilder.File) throws(LogFailure) {
        try LogFailure.naming { () throws(FileFailure) in
            try self.store.replace(file.path, with: file.bytes, durably: false)
        }
    }

    private func clear(_ paths: [String], keeping current: [String]) throws(LogFailure) {
        for path in paths where !current.contains(path) {
            try LogFailure.naming { () throws(FileFailure) in try self.store.remove(path, durably: false) }
        }
    }
}
