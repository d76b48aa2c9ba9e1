import DecisionLog
import Glibc

/// A file that decisions are appended to, one line each; opened anew for each delivery, so that it can be rotated away.
final class FileReceiver: ShipReceiver {
    private let path: String

    init(path: String) { self.path = path }

    func deliver(_ messages: [String]) throws(ShipFailure) {
        let descriptor = unsafe open(self.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw self.failure("open") }
        defer { Glibc.close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw self.failure("measure") }
        let length = status.st_size
        do throws(ShipFailure) {
            try self.write(messages.map { $0 + "\n" }.joined(), to: descriptor)
            guard fdatasync(descriptor) == 0 else { throw self.failure("sync") }
        } catch {
            // Half a line would be read as a line together with the next one.
            _ = ftruncate(descriptor, length)
            throw error
        }
    }

    func close() {}

    private func write(_ text: String, to descriptor: Int32) throws(ShipFailure) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            // SAFETY: the pointer and the count are of the same buffer.
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if count == 0 || errno != EINTR {
                throw self.failure("write")
            }
        }
    }

    private func failure(_ operation: String) -> ShipFailure {
        ShipFailure("cannot \(operation) `\(self.path)` (errno \(errno))")
    }
}
