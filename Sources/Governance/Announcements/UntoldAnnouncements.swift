import Crypto
import Synchronization
package import TransparencyLog

/// What was taken back while nobody could be told: kept on disk until it is announced, so that a restart does not give it back.
///
///     untold/<SHA-256 of the content>      the kind on a line, then what is said about it
///
/// Not announcements yet: the number of the next one is known for certain only when the database was read.
package final class UntoldAnnouncements: Sendable {
    private let store: any FileStore
    private let waiting: Mutex<[Announcement]>

    private static let folder = "untold"

    /// Reads what waits.
    ///
    /// - Parameter store: The gateway's state folder.
    /// - Throws: ``GovernanceFailure/unreadable(_:)`` when a file is not what was written.
    package init(in store: any FileStore) throws(GovernanceFailure) {
        self.store = store
        var waiting: [Announcement] = []
        do {
            for name in try store.list(Self.folder).sorted() where name.utf8.count == 64 {
                let bytes = try store.read("\(Self.folder)/\(name)")
                guard let announcement = Self.announcement(bytes), Self.name(of: announcement) == name else {
                    throw GovernanceFailure.unreadable(
                        "`\(Self.folder)/\(name)` is damaged; take back again what was taken back last, and remove the file"
                    )
                }
                waiting.append(announcement)
            }
        } catch let failure as GovernanceFailure {
            throw failure
        } catch {
            throw .unavailable("\(error)")
        }
        self.waiting = Mutex(waiting)
    }

    /// What waits.
    package var all: [Announcement] { self.waiting.withLock { $0 } }

    /// Keeps one until it is told, durably; what waits already is kept once.
    package func add(_ announcement: Announcement) throws(GovernanceFailure) {
        try self.waiting.withLock { waiting throws(GovernanceFailure) in
            // It waits in any case; that it does after a restart is what can fail, and be tried again.
            if !waiting.contains(announcement) { waiting.append(announcement) }
            do {
                try self.store.replace(Self.path(of: announcement), with: Self.bytes(announcement), durably: true)
            } catch {
                throw .unavailable("\(error)")
            }
        }
    }

    /// Forgets one that was told.
    ///
    /// One whose file cannot be removed is told once more after a restart, which changes nothing.
    package func remove(_ announcement: Announcement) {
        self.waiting.withLock { waiting in
            waiting.removeAll { $0 == announcement }
            try? self.store.remove(Self.path(of: announcement), durably: true)
        }
    }

    private static func bytes(_ announcement: Announcement) -> [UInt8] {
        Array("\(announcement.kind)\n".utf8) + announcement.payload
    }

    private static func announcement(_ bytes: [UInt8]) -> Announcement? {
        guard let end = bytes.firstIndex(of: 0x0A) else { return nil }
        return Announcement(kind: String(decoding: bytes[..<end], as: UTF8.self), payload: Array(bytes[(end + 1)...]))
    }

    private static func name(of announcement: Announcement) -> String {
        SHA256.hash(data: self.bytes(announcement)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static func path(of announcement: Announcement) -> String {
        "\(self.folder)/\(self.name(of: announcement))"
    }
}
