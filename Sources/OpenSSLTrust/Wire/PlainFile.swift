import Glibc

/// A file of the operator, read whole.
enum PlainFile {
    /// The longest file that is read, in bytes: lists of revoked certificates of large authorities have some 20 MB.
    static let maximumLength = 64 << 20

    /// - Throws: ``TrustFailure/unreadable(file:reason:)``.
    static func read(_ path: String) throws(TrustFailure) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw self.failure(path) }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw self.failure(path) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .unreadable(file: path, reason: "it is no file") }
        guard status.st_size <= self.maximumLength else {
            throw .unreadable(file: path, reason: "it is longer than \(self.maximumLength >> 20) MiB")
        }
        var isBroken = false
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: Int(status.st_size)) { buffer, filled in
            while filled < buffer.count {
                let count = unsafe Glibc.read(
                    descriptor,
                    buffer.baseAddress?.advanced(by: filled),
                    buffer.count - filled
                )
                if count > 0 {
                    filled += count
                } else if count == 0 || errno != EINTR {
                    isBroken = count < 0
                    return
                }
            }
        }
        if isBroken { throw self.failure(path) }
        return bytes
    }

    private static func failure(_ path: String) -> TrustFailure {
        .unreadable(file: path, reason: unsafe String(cString: strerror(errno)))
    }
}
