package import TransparencyLog

/// Why the log cannot be opened, continued or read.
package enum LogFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// A file operation failed.
    case file(FileFailure)
    /// A file holds what the log never wrote there, at this place.
    case corrupt(String, offset: UInt64)
    /// A file that the log never made lies among its own.
    case stray(String)
    /// The journal ends before what was signed: `journal` entries, where the checkpoint says `signed`.
    case belowCheckpoint(journal: UInt64, signed: UInt64)
    /// The files give another root than the one that was signed.
    case forked(size: UInt64)
    /// The checkpoint is not one, or not signed by this log's key.
    case checkpoint(NoteError)
    /// There is no checkpoint, though the log was begun.
    case noCheckpoint
    /// The index has more entries than the log: the newest were cut, or an older state was put back.
    case belowIndex(log: UInt64, index: UInt64)
    /// The log takes no records now, so what has to be recorded first cannot be done.
    case notRecorded(JournalState)
    /// Another process has the log open.
    case inUse
    /// A name that a log cannot have.
    case malformedOrigin(String)
    /// One of the log's own keys is not there: it was never made, or is lost.
    case keyMissing(String)
    /// One of the log's own keys is not what was written.
    case keyDamaged(String)
    /// There are keys already.
    case keysExist(String)
    /// A witness has seen more entries than the log has: an older state was put back.
    case belowWitness(log: UInt64, witness: UInt64)
    /// The key that signs is being changed already; the old one still signs, too.
    case keysChanging(String)
    /// The key that signs is not being changed.
    case keysNotChanging
    /// The entry is not in the log.
    case noEntry(UInt64)

    package var description: String {
        switch self {
        case .file(let failure): "\(failure)"
        case .corrupt(let path, let offset):
            "`\(path)` is damaged at byte \(offset); see `stile log verify`, then restore the file from a copy, "
                + "or move it aside with `stile log quarantine`"
        case .stray(let path):
            "`\(path)` is no file of the log's; take it out of the folder, or have `stile log quarantine` move it aside"
        case .belowCheckpoint(let journal, let signed):
            "the journal ends after \(journal) entries, but \(signed) were signed; restore the journal from a copy, "
                + "or make it again from the sealed log with `stile log quarantine`"
        case .forked(let size):
            "the files give another root than the one signed for \(size) entries; see `stile log verify`, then restore"
        case .checkpoint(let error):
            "checkpoint: \(error); see `stile log verify`, then restore it from a copy, or sign anew with `stile log quarantine`"
        case .noCheckpoint:
            "there is no `\(SealedFiles.checkpointPath)`, but the log was begun: restore it from a copy, "
                + "or sign anew with `stile log quarantine`"
        case .belowIndex(let log, let index):
            "the log has \(log) entries, but its index has seen \(index): the newest were cut, or an old state was put back; "
                + "restore the newest, or accept the loss with `stile log rebuild`"
        case .notRecorded(let state):
            "the log takes no records now (\(state)), and nothing is done that is not recorded; try again"
        case .inUse: "the log is open in another process, which has to be stopped first"
        case .malformedOrigin(let name):
            "`\(name)` cannot name a log: expected no spaces and no `+`, for example `stile.plant.example`"
        case .keyMissing(let path):
            "there is no `\(path)` in the log's folder; `stile log init` makes the keys of a new log, "
                + "and one that was begun needs its own: restore the file from a copy"
        case .keyDamaged(let path):
            "`\(path)` is not a key as it was written; restore the file from a copy: no other key continues this log"
        case .keysExist(let path): "`\(path)` is there already; a log keeps its keys for life"
        case .belowWitness(let log, let witness):
            "the log has \(log) sealed entries, but its witness has seen \(witness): an old state was put back; restore the newest"
        case .keysChanging(let key):
            "`\(key)` is being retired still; end that with `stile log rotate-key --end` first"
        case .keysNotChanging: "no key is being retired; `stile log rotate-key` begins a change of keys"
        case .noEntry(let index):
            "there is no entry \(index) in the log; if it does not open, restore it from a copy, or see `stile log quarantine`"
        }
    }

    /// Keeps every other process out of a folder, for as long as the lock is held.
    package static func lock(_ folder: String) throws(LogFailure) -> FolderLock {
        do {
            return try FolderLock(folder: folder)
        } catch .exists {
            throw .inUse
        } catch {
            throw .file(error)
        }
    }

    /// Runs file operations and names their failure as the log's.
    static func naming<Result>(_ body: () throws(FileFailure) -> Result) throws(LogFailure) -> Result {
        do {
            return try body()
        } catch {
            throw .file(error)
        }
    }
}
