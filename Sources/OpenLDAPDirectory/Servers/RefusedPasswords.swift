import Glibc
import Synchronization

/// Which password file each server has refused, so that a wrong one is not shown again and again until the gateway's own account is locked.
///
/// Keeps no password: a file is known again by its state.
final class RefusedPasswords: Sendable {
    /// A file as it was when it was read.
    struct FileState: Hashable, Sendable {
        private var (device, node, size): (UInt, UInt, Int)
        private var (seconds, nanoseconds): (Int, Int)

        /// The state of an open file; `nil` if the system will not say.
        init?(of descriptor: Int32) {
            var status = stat()
            guard unsafe fstat(descriptor, &status) == 0 else { return nil }
            (self.device, self.node, self.size) = (UInt(status.st_dev), UInt(status.st_ino), Int(status.st_size))
            (self.seconds, self.nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
        }
    }

    private struct Refusal {
        var file: FileState
        var until: ContinuousClock.Instant
    }

    private let refusals = Mutex<[ServerAddress: Refusal]>([:])

    /// How long a refused password is not shown again, unless the file changes: longer than it takes for tries to be forgotten by a usual
    /// lockout policy, divided by the few that it allows.
    static let pause: Duration = .seconds(600)

    /// Whether a server has refused this file lately.
    func holds(_ file: FileState, at server: ServerAddress, now: ContinuousClock.Instant = .now) -> Bool {
        self.refusals.withLock { $0[server].map { $0.file == file && now < $0.until } ?? false }
    }

    /// Notes that a server has refused this file.
    func note(_ file: FileState, at server: ServerAddress, now: ContinuousClock.Instant = .now) {
        self.refusals.withLock { $0[server] = Refusal(file: file, until: now + Self.pause) }
    }
}
