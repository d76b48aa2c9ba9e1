import Synchronization
import TransparencyLog

/// Files in memory, for one thread and one input.
final class FuzzStore: FileStore {
    private let files: Mutex<[String: [UInt8]]>

    init(_ files: [String: [UInt8]] = [:]) { self.files = Mutex(files) }

    /// All files, by path.
    var all: [String: [UInt8]] {
        get { self.files.withLock { $0 } }
        set { self.files.withLock { $0 = newValue } }
    }

    func read(_ path: String) throws(FileFailure) -> [UInt8] {
        guard let bytes = self.files.withLock({ $0[path] }) else { throw .missing(path) }
        return bytes
    }

    func read(_ path: String, at offset: UInt64, count: Int) throws(FileFailure) -> [UInt8] {
        Array(try self.read(path).dropFirst(Int(offset)).prefix(count))
    }

    func size(_ path: String) throws(FileFailure) -> UInt64? {
        self.files.withLock { $0[path].map { UInt64($0.count) } }
    }

    func list(_ folder: String) throws(FileFailure) -> [String] {
        let beginning = folder + "/"
        let names = self.files.withLock { $0.keys.filter { $0.hasPrefix(beginning) } }
        return Array(Set(names.map { String($0.dropFirst(beginning.count).prefix { $0 != "/" }) })).sorted()
    }

    func replace(_ path: String, with bytes: [UInt8], durably: Bool) throws(FileFailure) {
        self.files.withLock { $0[path] = bytes }
    }

    func sync(_ paths: [String]) throws(FileFailure) {}

    func remove(_ path: String, durably: Bool) throws(FileFailure) { self.files.withLock { $0[path] = nil } }

    func create(_ path: String, reserving reserved: UInt64) throws(FileFailure) -> any AppendableFile {
        guard try self.size(path) == nil else { throw .exists(path) }
        try self.replace(path, with: [], durably: true)
        return Appender(store: self, path: path)
    }

    func release(_ path: String) throws(FileFailure) {}

    func truncate(_ path: String, to size: UInt64) throws(FileFailure) {
        try self.replace(path, with: Array(try self.read(path).prefix(Int(size))), durably: true)
    }

    func freeSpace() throws(FileFailure) -> UInt64 { .max }

    private final class Appender: AppendableFile {
        let store: FuzzStore
        let path: String

        init(store: FuzzStore, path: String) {
            self.store = store
            self.path = path
        }

        func append(_ bytes: [UInt8]) throws(FileFailure) {
            self.store.files.withLock { $0[self.path, default: []] += bytes }
        }

        func sync() throws(FileFailure) {}
    }
}
