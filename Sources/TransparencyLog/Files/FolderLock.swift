import Glibc

/// Keeps a second process out of a folder for as long as somebody holds it.
///
/// The system lets go by itself when the process ends, however it ends.
///
/// Source: `flock(2)`.
package final class FolderLock: Sendable {
    private let descriptor: Int32

    /// - Throws: ``FileFailure/exists(_:)`` when another process holds the folder.
    package init(folder: String) throws(FileFailure) {
        let path = folder + "/lock"
        var descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        if descriptor < 0, errno == ENOENT {
            guard unsafe mkdir(folder, 0o700) == 0 || errno == EEXIST else {
                throw .broken(folder, operation: "make the folder", code: errno)
            }
            descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        }
        guard descriptor >= 0 else { throw .broken(path, operation: "open", code: errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw .exists(path)
        }
        self.descriptor = descriptor
    }

    deinit {
        // A program that is being started has a copy of the descriptor, and with it the lock, until it runs.
        flock(self.descriptor, LOCK_UN)
        close(self.descriptor)
    }
}
