import Glibc
import Synchronization
import TransparencyLog

/// Files in memory that know what was synced: each operation can be broken, and a power failure takes what was not synced.
final class MemoryStore: FileStore {
    /// What a broken operation leaves behind.
    enum Fault: Hashable, Sendable, CaseIterable {
        /// Nothing was done.
        case lost
        /// Everything was done, and the failure is a lie.
        case kept
        /// Half of the bytes were written.
        case torn
    }

    struct File {
        var live: [UInt8]
        /// What a power failure leaves; `nil` when not even the name is on disk.
        var durable: [UInt8]?

        mutating func sync() { self.durable = self.live }
    }

    struct State {
        var files: [String: File] = [:]
        /// Names whose removal is not on disk yet.
        var removed: [String: [UInt8]] = [:]
        var operations = 0
        var breaks: [Int: Fault] = [:]
        var failure = FileFailure.broken("test", operation: "break", code: 5)
        /// From this operation on nothing works any more.
        var deadFrom = Int.max
        var free = UInt64.max
        /// Whether syncs of appended files wait.
        var isHeld = false
        var trace: [String] = []
    }

    let state = Mutex(State())

    /// How many operations that change something there were.
    var operations: Int { self.state.withLock { $0.operations } }

    func breakOperation(_ number: Int, _ fault: Fault, as failure: FileFailure? = nil, andAllAfter isDead: Bool = false)
    {
        self.state.withLock { state in
            state.breaks[number] = fault
            if let failure { state.failure = failure }
            if isDead { state.deadFrom = number + 1 }
        }
    }

    /// Lets no sync of an appended file end, until told otherwise.
    func hold(_ isHeld: Bool) { self.state.withLock { $0.isHeld = isHeld } }

    func heal() {
        self.state.withLock { state in
            state.breaks = [:]
            state.deadFrom = .max
            state.free = .max
        }
    }

    /// What is left after the power went: only what was synced.
    func afterPowerFailure() -> MemoryStore {
        let copy = MemoryStore()
        let files = self.state.withLock { state in
            var files = state.files.compactMapValues { file in file.durable.map { File(live: $0, durable: $0) } }
            for (path, bytes) in state.removed where files[path] == nil {
                files[path] = File(live: bytes, durable: bytes)
            }
            return files
        }
        copy.state.withLock { $0.files = files }
        return copy
    }

    /// What is left after the process was killed: everything that was written.
    func afterKill() -> MemoryStore {
        let copy = MemoryStore()
        let files = self.state.withLock { $0.files.mapValues { File(live: $0.live, durable: $0.live) } }
        copy.state.withLock { $0.files = files }
        return copy
    }

    func set(_ path: String, _ bytes: [UInt8]?) {
        self.state.withLock { $0.files[path] = bytes.map { File(live: $0, durable: $0) } }
    }

    var paths: [String] { self.state.withLock { $0.files.keys.sorted() } }

    func bytes(_ path: String) -> [UInt8] { self.state.withLock { $0.files[path]?.live ?? [] } }

    // MARK: - FileStore

    func read(_ path: String) throws(FileFailure) -> [UInt8] {
        guard let file = self.state.withLock({ $0.files[path] }) else { throw .missing(path) }
        return file.live
    }

    func read(_ path: String, at offset: UInt64, count: Int) throws(FileFailure) -> [UInt8] {
        Array(try self.read(path).dropFirst(Int(offset)).prefix(count))
    }

    func size(_ path: String) throws(FileFailure) -> UInt64? {
        self.state.withLock { $0.files[path].map { UInt64($0.live.count) } }
    }

    func list(_ folder: String) throws(FileFailure) -> [String] {
        self.state.withLock { state in
            Array(
                Set(
                    state.files.keys.filter { $0.hasPrefix(folder + "/") }.map {
                        String($0.dropFirst(folder.count + 1).prefix { $0 != "/" })
                    }
                )
            )
        }
    }

    func replace(_ path: String, with bytes: [UInt8], durably: Bool) throws(FileFailure) {
        try self.operate("replace \(path)") { state in
            state.files[path] = File(live: bytes, durable: durably ? bytes : state.files[path]?.durable)
        }
    }

    func sync(_ paths: [String]) throws(FileFailure) {
        for path in paths {
            guard self.state.withLock({ $0.files[path] }) != nil else { throw .missing(path) }
            try self.operate("sync \(path)") { $0.files[path]?.sync() }
        }
    }

    func remove(_ path: String, durably: Bool) throws(FileFailure) {
        try self.operate("remove \(path)") { state in
            if !durably, let bytes = state.files[path]?.durable { state.removed[path] = bytes }
            state.files[path] = nil
        }
    }

    func release(_ path: String) throws(FileFailure) {}

    func create(_ path: String, reserving reserved: UInt64) throws(FileFailure) -> any AppendableFile {
        if self.state.withLock({ $0.files[path] }) != nil { throw .exists(path) }
        try self.operate("create \(path)") { $0.files[path] = File(live: [], durable: []) }
        return Appender(store: self, path: path)
    }

    func truncate(_ path: String, to size: UInt64) throws(FileFailure) {
        try self.operate("truncate \(path)") { state in
            guard let file = state.files[path] else { return }
            let bytes = Array(file.live.prefix(Int(size)))
            state.files[path] = File(live: bytes, durable: bytes)
        }
    }

    func freeSpace() throws(FileFailure) -> UInt64 { self.state.withLock { $0.free } }

    /// Does something, or breaks it as planned.
    func operate(
        _ name: String,
        torn: ((inout State) -> Void)? = nil,
        _ body: (inout State) -> Void
    ) throws(FileFailure) {
        let failure = self.state.withLock { state -> FileFailure? in
            state.operations += 1
            state.trace.append(name)
            if state.operations >= state.deadFrom { return state.failure }
            guard let fault = state.breaks[state.operations] else {
                body(&state)
                return nil
            }
            switch fault {
            case .lost: break
            case .kept: body(&state)
            case .torn: torn?(&state)
            }
            return state.failure
        }
        if let failure { throw failure }
    }
}

private final class Appender: AppendableFile {
    let store: MemoryStore
    let path: String

    init(store: MemoryStore, path: String) {
        self.store = store
        self.path = path
    }

    func append(_ bytes: [UInt8]) throws(FileFailure) {
        let half: (inout MemoryStore.State) -> Void = { state in
            state.files[self.path]?.live.append(contentsOf: bytes.prefix(bytes.count / 2))
        }
        try self.store.operate("append \(self.path)", torn: half) { state in
            state.files[self.path]?.live.append(contentsOf: bytes)
        }
    }

    func sync() throws(FileFailure) {
        while self.store.state.withLock({ $0.isHeld }) { usleep(100) }
        try self.store.operate("sync \(self.path)") { $0.files[self.path]?.sync() }
    }
}
