import CFileSpace
import Glibc

/// Files in a folder of a real file system.
///
/// This is the only file of the log that calls the operating system for storage. Replacing a file durably takes the whole
/// ladder: write beside it, sync, rename over it, sync the folder; leaving out any rung loses the file in some crash.
///
/// Source: POSIX.1-2017 `rename`, `fsync`, `fdatasync`; T. Pillai et al., "All File Systems Are Not Created Equal" (OSDI 2014).
package struct FolderStore: FileStore {
    /// The folder, without a slash at its end.
    package let root: String

    /// Files below `root`; folders are made as needed, readable for their owner only.
    package init(root: String) { self.root = root }

    package func read(_ path: String) throws(FileFailure) -> [UInt8] {
        let file = try Descriptor(self.full(path), O_RDONLY, naming: path)
        return try file.read(at: 0, count: Int(try file.size()))
    }

    package func read(_ path: String, at offset: UInt64, count: Int) throws(FileFailure) -> [UInt8] {
        try Descriptor(self.full(path), O_RDONLY, naming: path).read(at: offset, count: count)
    }

    package func size(_ path: String) throws(FileFailure) -> UInt64? {
        do {
            return try Descriptor(self.full(path), O_RDONLY, naming: path).size()
        } catch .missing {
            return nil
        }
    }

    package func list(_ folder: String) throws(FileFailure) -> [String] {
        guard let stream = unsafe opendir(self.full(folder)) else {
            if errno == ENOENT { return [] }
            throw Descriptor.failure("list", folder)
        }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != ".", name != "..", !name.hasSuffix(Self.unfinished) { names.append(name) }
        }
        return names
    }

    package func replace(_ path: String, with bytes: [UInt8], durably: Bool) throws(FileFailure) {
        let temporary = self.full(path) + Self.unfinished
        let file = try self.openMakingFolders(temporary, O_WRONLY | O_CREAT | O_TRUNC, naming: path)
        try file.write(bytes)
        if durably { try file.sync() }
        guard unsafe rename(temporary, self.full(path)) == 0 else { throw Descriptor.failure("rename", path) }
        if durably { try self.syncFolder(of: path) }
    }

    package func sync(_ paths: [String]) throws(FileFailure) {
        var folders: Set<Substring> = [""]
        for start in stride(from: 0, to: paths.count, by: Self.syncedTogether) {
            var files: [Descriptor] = []
            for path in paths[start..<min(start + Self.syncedTogether, paths.count)] {
                files.append(try Descriptor(self.full(path), O_RDONLY, naming: path))
                var rest = path[...]
                while let slash = rest.lastIndex(of: "/") {
                    rest = rest[..<slash]
                    folders.insert(rest)
                }
            }
            // All are on their way before the first is waited for, which then mostly finds nothing left to wait for.
            for file in files { try file.beginSync() }
            for file in files { try file.sync() }
        }
        for folder in folders {
            try Descriptor(self.full(String(folder)), O_RDONLY | O_DIRECTORY, naming: String(folder)).sync()
        }
    }

    package func remove(_ path: String, durably: Bool) throws(FileFailure) {
        guard unsafe Glibc.remove(self.full(path)) == 0 else {
            if errno == ENOENT { return }
            throw Descriptor.failure("remove", path)
        }
        if durably { try self.syncFolder(of: path) }
    }

    package func create(_ path: String, reserving reserved: UInt64) throws(FileFailure) -> any AppendableFile {
        let file = try self.openMakingFolders(self.full(path), O_WRONLY | O_CREAT | O_EXCL | O_APPEND, naming: path)
        do {
            try file.reserve(reserved)
        } catch {
            // An empty file without a place on disk is of no use to anybody.
            _ = unsafe Glibc.remove(self.full(path))
            throw error
        }
        try file.sync()
        try self.syncFolder(of: path)
        return file
    }

    package func release(_ path: String) throws(FileFailure) {
        let file = try Descriptor(self.full(path), O_WRONLY, naming: path)
        try file.truncate(to: try file.size())
    }

    package func truncate(_ path: String, to size: UInt64) throws(FileFailure) {
        let file = try Descriptor(self.full(path), O_WRONLY, naming: path)
        try file.truncate(to: size)
        try file.sync()
    }

    package func freeSpace() throws(FileFailure) -> UInt64 {
        var figures = statvfs()
        guard unsafe statvfs(self.root, &figures) == 0 else { throw Descriptor.failure("measure", self.root) }
        return UInt64(figures.f_bavail) * UInt64(figures.f_frsize)
    }

    /// How many files are open at once while they are synced.
    private static let syncedTogether = 64

    /// What half-written files end with; they are written over, never read.
    private static let unfinished = ".unfinished"

    private func full(_ path: String) -> String { path.isEmpty ? self.root : self.root + "/" + path }

    private func openMakingFolders(
        _ full: String,
        _ flags: Int32,
        naming path: String
    ) throws(FileFailure) -> Descriptor {
        do {
            return try Descriptor(full, flags, naming: path)
        } catch .missing {
            var folder = ""
            for part in full.split(separator: "/", omittingEmptySubsequences: false).dropLast() {
                folder += part + "/"
                guard unsafe mkdir(folder, 0o700) == 0 || errno == EEXIST || errno == EISDIR else {
                    throw Descriptor.failure("make the folder of", path)
                }
            }
            return try Descriptor(full, flags, naming: path)
        }
    }

    /// Makes a name durable, with every folder above it that may be new.
    private func syncFolder(of path: String) throws(FileFailure) {
        var parts = path.split(separator: "/")
        repeat {
            parts = parts.dropLast()
            let folder = parts.joined(separator: "/")
            try Descriptor(self.full(folder), O_RDONLY | O_DIRECTORY, naming: path).sync()
        } while !parts.isEmpty
    }
}

/// An open file, closed when nobody holds it any more.
private final class Descriptor: AppendableFile {
    private let number: Int32
    private let path: String

    init(_ full: String, _ flags: Int32, naming path: String) throws(FileFailure) {
        self.path = path
        self.number = unsafe open(full, flags | O_CLOEXEC, 0o600)
        guard self.number >= 0 else { throw Self.failure("open", path) }
    }

    deinit { close(self.number) }

    func append(_ bytes: [UInt8]) throws(FileFailure) { try self.write(bytes) }

    func write(_ bytes: [UInt8]) throws(FileFailure) {
        var position = 0
        while position < bytes.count {
            let written = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(self.number, buffer.baseAddress?.advanced(by: position), buffer.count - position)
            }
            if written > 0 {
                position += written
            } else if written == 0 || errno != EINTR {
                throw Self.failure("write", self.path)
            }
        }
    }

    func sync() throws(FileFailure) {
        guard fdatasync(self.number) == 0 else { throw Self.failure("sync", self.path) }
    }

    /// Begins to write what is not on disk, and does not wait; ``sync()`` does.
    ///
    /// Source: `sync_file_range(2)`, `SYNC_FILE_RANGE_WRITE`.
    func beginSync() throws(FileFailure) {
        // Where there is no such call, the sync that follows does it all.
        guard stile_begin_sync(self.number) != 0, errno != ENOSYS else { return }
        throw Self.failure("sync", self.path)
    }

    /// Sets space aside beyond the file's end; a file system that cannot is no failure.
    ///
    /// Source: `fallocate(2)`, `FALLOC_FL_KEEP_SIZE`.
    func reserve(_ bytes: UInt64) throws(FileFailure) {
        guard bytes > 0, stile_reserve(self.number, Int(bytes)) != 0 else { return }
        guard errno == ENOSPC || errno == EDQUOT else { return }
        throw Self.failure("reserve space for", self.path)
    }

    func truncate(to size: UInt64) throws(FileFailure) {
        guard ftruncate(self.number, Int(size)) == 0 else { throw Self.failure("truncate", self.path) }
    }

    func size() throws(FileFailure) -> UInt64 {
        var status = stat()
        guard unsafe fstat(self.number, &status) == 0 else { throw Self.failure("measure", self.path) }
        return UInt64(status.st_size)
    }

    func read(at offset: UInt64, count: Int) throws(FileFailure) -> [UInt8] {
        var isBroken = false
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let got = unsafe pread(
                    self.number,
                    buffer.baseAddress?.advanced(by: filled),
                    count - filled,
                    Int(offset) + filled
                )
                if got > 0 {
                    filled += got
                } else if got == 0 {
                    return
                } else if errno != EINTR {
                    isBroken = true
                    return
                }
            }
        }
        if isBroken { throw Self.failure("read", self.path) }
        return bytes
    }

    /// What `errno` says now.
    static func failure(_ operation: String, _ path: String) -> FileFailure {
        switch errno {
        case ENOENT: .missing(path)
        case EEXIST: .exists(path)
        case ENOSPC, EDQUOT: .full(path)
        default: .broken(path, operation: operation, code: errno)
        }
    }
}
