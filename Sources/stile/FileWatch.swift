import Foundation

/// Notices that files have changed, within half a second.
///
/// Looks instead of subscribing: it sees editors that rename, shares that tell nobody, and a folder that was replaced as a
/// whole; a dozen `stat` calls four times a second cost nothing. A change counts once two looks in a row see the same, so
/// that a folder being copied is not read half way.
final class FileWatch: Sendable {
    private let task: Task<Void, Never>

    /// Begins to look.
    ///
    /// - Parameters:
    ///   - every: The time between looks.
    ///   - fingerprint: A value that changes when the files do.
    ///   - changed: Called after a change, one call at a time.
    init(
        every: Duration = .milliseconds(250),
        fingerprint: @escaping @Sendable () -> Int,
        changed: @escaping @Sendable () -> Void
    ) {
        let first = fingerprint()
        self.task = Task {
            var known = first
            var candidate: Int?
            while !Task.isCancelled {
                try? await Task.sleep(for: every)
                let now = fingerprint()
                if now == known {
                    candidate = nil
                } else if candidate == now {
                    known = now
                    candidate = nil
                    changed()
                } else {
                    candidate = now
                }
            }
        }
    }

    /// Ends.
    func stop() {
        self.task.cancel()
    }

    /// The fingerprint of single files.
    static func fingerprint(of paths: [String]) -> Int {
        var hasher = Hasher()
        for path in paths {
            guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else { continue }
            hasher.combine(path)
            hasher.combine(attributes[.size] as? Int)
            hasher.combine(attributes[.modificationDate] as? Date)
            hasher.combine(attributes[.systemFileNumber] as? Int)
        }
        return hasher.finalize()
    }
}
