import Synchronization
import TransparencyLog

/// A folder that counts how often a file is read and a folder listed.
final class CountingStore: FileStore {
    private let store: FolderStore
    private let count = Mutex(0)

    init(_ store: FolderStore) {
        self.store = store
    }

    /// How often since the last time this was asked.
    func counted() -> Int {
        self.count.withLock { count in
            defer { count = 0 }
            return count
        }
    }

    func read(_ path: String) throws(FileFailure) -> [UInt8] {
        self.count.withLock { $0 += 1 }
        return try self.store.read(path)
    }

    func read(_ path: String, at offset: UInt64, count: Int) throws(FileFailure) -> [UInt8] {
        self.count.withLock { $0 += 1 }
        return try self.store.read(path, at: offset, count: count)
    }

    func list(_ folder: String) throws(FileFailure) -> [String] {
        self.count.withLock { $0 += 1 }
        return try self.store.list(folder)
    }

    func size(_ path: String) throws(FileFailure) -> UInt64? { try self.store.size(path) }

    func replace(_ path: String, with bytes: [UInt8], durably: Bool) throws(FileFailure) {
        try self.store.replace(path, with: bytes, durably: durably)
    }

    func sync(_ paths: [String]) throws(FileFailure) { try self.store.sync(paths) }

    func remove(_ path: String, durably: Bool) throws(FileFailure) { try self.store.remove(path, durably: durably) }

    func create(_ path: String, reserving reserved: UInt64) throws(FileFailure) -> any AppendableFile {
        try self.store.create(path, reserving: reserved)
    }

    func release(_ path: String) throws(FileFailure) { try self.store.release(path) }

    func truncate(_ path: String, to size: UInt64) throws(FileFailure) { try self.store.truncate(path, to: size) }

    func freeSpace() throws(FileFailure) -> UInt64 { try self.store.freeSpace() }
}
