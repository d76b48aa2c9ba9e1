import Glibc

/// The append-only file of bindings: a first line, then one line per ``Binding``, each durable before it counts.
///
/// The only file of this room that calls the system. A crash while a line is written leaves it without its end; such a tail
/// was never promised to anybody and is cut when the file is opened. Any other deviation is corruption, and an error.
struct BindingFile: ~Copyable, Sendable {
    private static let firstLine = Array("stile bindings 1\n".utf8)

    private let path: String
    private let descriptor: Int32
    private var length: Int
    private var isBroken = false

    /// Opens or makes the file and hands each binding in it to `take`, in the order written.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - take: Called with each binding.
    /// - Returns: The file, ready to append to.
    /// - Throws: ``BindingError`` when it cannot be read or is not what was written.
    static func open(path: String, take: (Binding) -> Void) throws(BindingError) -> BindingFile {
        var file = BindingFile(path: path, descriptor: try Self.descriptor(path))
        try file.checkKind()
        try file.read(take)
        return file
    }

    private init(path: String, descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
        self.length = 0
    }

    deinit { close(self.descriptor) }

    private static func descriptor(_ path: String) throws(BindingError) -> Int32 {
        // SAFETY: the path is a valid C string for the call.
        let descriptor = unsafe Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Self.failure("open", path) }
        return descriptor
    }

    private func checkKind() throws(BindingError) {
        var status = stat()
        // SAFETY: the structure is this function's own and outlives the call.
        guard unsafe fstat(self.descriptor, &status) == 0 else { throw Self.failure("look at", self.path) }
        // A device or a pipe would be read without end.
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notBindings(path: self.path) }
    }

    private mutating func read(_ take: (Binding) -> Void) throws(BindingError) {
        let bytes = try self.contents()
        if Self.firstLine.starts(with: bytes) {
            // New, or its making was interrupted: begin again.
            try self.cut(to: 0)
            try self.write(Self.firstLine)
            try self.syncFolder()
            return
        }
        guard bytes.starts(with: Self.firstLine) else { throw .notBindings(path: self.path) }
        let end = (bytes.lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1
        var start = Self.firstLine.count
        var number = 1
        while start < end, let newline = bytes[start..<end].firstIndex(of: UInt8(ascii: "\n")) {
            number += 1
            guard let binding = Binding(line: bytes[start..<newline]) else {
                throw .corrupt(path: self.path, line: number)
            }
            take(binding)
            start = newline + 1
        }
        try self.cut(to: end)
    }

    /// Writes a binding and waits until it is on the disk.
    ///
    /// When that fails, the half-written line is cut off again; when even that fails, the file takes nothing more, since a
    /// `fdatasync` that failed once says nothing about what a second one saved.
    mutating func append(_ binding: Binding) throws(BindingError) {
        guard !self.isBroken else { throw .broken(path: self.path) }
        let before = self.length
        do {
            try self.write(binding.line)
        } catch {
            self.isBroken = true
            if case .system("write", _, _, _) = error, (try? self.cut(to: before)) != nil { self.isBroken = false }
            throw error
        }
    }

    /// Appends bytes at the end and waits for the disk.
    private mutating func write(_ bytes: [UInt8]) throws(BindingError) {
        var written = 0
        while written < bytes.count {
            let remaining = bytes[written...]
            let offset = off_t(self.length + written)
            // SAFETY: the buffer is valid for the call, which reads exactly `count` bytes of it.
            let count = unsafe remaining.withUnsafeBytes {
                unsafe pwrite(self.descriptor, $0.baseAddress, $0.count, offset)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.failure("write", self.path) }
            written += count
        }
        guard fdatasync(self.descriptor) == 0 else { throw Self.failure("sync", self.path) }
        self.length += bytes.count
    }

    private mutating func cut(to length: Int) throws(BindingError) {
        guard ftruncate(self.descriptor, off_t(length)) == 0 else { throw Self.failure("cut", self.path) }
        guard fdatasync(self.descriptor) == 0 else { throw Self.failure("sync", self.path) }
        self.length = length
    }

    private func contents() throws(BindingError) -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            var failed = false
            let offset = off_t(bytes.count)
            // SAFETY: the buffer has room for the bytes asked for, and only those that were read are counted.
            let piece = unsafe [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
                var read: Int
                repeat {
                    read = unsafe pread(self.descriptor, buffer.baseAddress, buffer.count, offset)
                } while read < 0
                    && errno == EINTR
                failed = read < 0
                count = max(0, read)
            }
            guard !failed else { throw Self.failure("read", self.path) }
            guard !piece.isEmpty else { return bytes }
            bytes += piece
        }
    }

    /// Makes the file's name durable too.
    private func syncFolder() throws(BindingError) {
        let folder = self.path.lastIndex(of: "/").map { String(self.path[...$0]) } ?? "."
        // SAFETY: the path is a valid C string for the call.
        let descriptor = unsafe Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.failure("open", folder) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw Self.failure("sync", folder) }
    }

    private static func failure(_ operation: String, _ path: String) -> BindingError {
        let code = errno
        // SAFETY: strerror's text is copied before anything else could overwrite it.
        return .system(operation: operation, path: path, errno: code, message: unsafe String(cString: strerror(code)))
    }
}
