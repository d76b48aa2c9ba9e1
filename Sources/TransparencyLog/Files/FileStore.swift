/// Where a log keeps its files: paths below one root, and the few operations whose durability matters.
///
/// Everything the log writes goes through here, so that a test can break each write and each sync in turn, and can drop
/// what was never synced as a power failure would.
package protocol FileStore: Sendable {
    /// The whole of a file.
    func read(_ path: String) throws(FileFailure) -> [UInt8]

    /// Up to `count` bytes from `offset`; fewer at the end of the file.
    func read(_ path: String, at offset: UInt64, count: Int) throws(FileFailure) -> [UInt8]

    /// A file's length in bytes; `nil` when there is no such file.
    func size(_ path: String) throws(FileFailure) -> UInt64?

    /// The names in a folder, in no order; empty when there is no such folder.
    func list(_ folder: String) throws(FileFailure) -> [String]

    /// Puts `bytes` in place of a file, all or nothing; when this returns and `durably` is set, they survive a power failure.
    func replace(_ path: String, with bytes: [UInt8], durably: Bool) throws(FileFailure)

    /// Makes earlier ``replace(_:with:durably:)``s durable, each file and each folder once.
    func sync(_ paths: [String]) throws(FileFailure)

    /// Removes a file or an empty folder; nothing happens when there is none.
    func remove(_ path: String, durably: Bool) throws(FileFailure)

    /// Makes a new file to append to, whose name is durable when this returns; fails when there is one.
    ///
    /// `reserved` bytes are set aside for it beyond its end, where the file system can: a disk that is too full for them
    /// says so here and not in the middle of a write. The file's length stays what was written.
    func create(_ path: String, reserving reserved: UInt64) throws(FileFailure) -> any AppendableFile

    /// Gives back what was set aside for a file and not written.
    func release(_ path: String) throws(FileFailure)

    /// Cuts a file down to its first bytes, durably.
    func truncate(_ path: String, to size: UInt64) throws(FileFailure)

    /// Bytes free for us.
    func freeSpace() throws(FileFailure) -> UInt64
}

/// A file that only grows.
///
/// One thread uses it.
package protocol AppendableFile: AnyObject, Sendable {
    /// Appends to what was written; after a failure some of the bytes may be there.
    func append(_ bytes: [UInt8]) throws(FileFailure)

    /// Returns when everything appended is on disk.
    ///
    /// After a failure nothing is known about what was not synced before, and the file must not be used again.
    func sync() throws(FileFailure)
}

/// Why a file operation failed.
package enum FileFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// There is no such file.
    case missing(String)
    /// There is such a file already.
    case exists(String)
    /// The disk or the quota is full.
    case full(String)
    /// Anything else: the path, what was tried, and the system's number for the reason.
    case broken(String, operation: String, code: Int32)

    package var description: String {
        switch self {
        case .missing(let path): "no file `\(path)`"
        case .exists(let path): "file `\(path)` is there already"
        case .full(let path): "no space left for `\(path)`"
        case .broken(let path, let operation, let code): "cannot \(operation) `\(path)` (errno \(code))"
        }
    }

    /// The path that it is about.
    package var path: String {
        switch self {
        case .missing(let path), .exists(let path), .full(let path), .broken(let path, _, _): path
        }
    }
}
