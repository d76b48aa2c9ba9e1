import Synchronization

/// How far sealing and indexing have come, and what stopped them; for the threads, the metrics and the answers.
package final class LogProgress: Sendable {
    private struct State {
        var sealed: UInt64 = 0
        var indexed: UInt64 = .max
        var sealFailure: LogFailure?
        var indexFailure: String?
    }

    private let state = Mutex(State())

    /// How many entries the newest checkpoint is over.
    package internal(set) var sealed: UInt64 {
        get { self.state.withLock { $0.sealed } }
        set { self.state.withLock { $0.sealed = newValue } }
    }

    /// How many entries are in the index; all of them when there is none.
    package internal(set) var indexed: UInt64 {
        get { self.state.withLock { $0.indexed } }
        set { self.state.withLock { $0.indexed = newValue } }
    }

    /// Why the last attempt to seal failed.
    package internal(set) var sealFailure: LogFailure? {
        get { self.state.withLock { $0.sealFailure } }
        set { self.state.withLock { $0.sealFailure = newValue } }
    }

    /// Why the last attempt to index failed.
    package internal(set) var indexFailure: String? {
        get { self.state.withLock { $0.indexFailure } }
        set { self.state.withLock { $0.indexFailure = newValue } }
    }
}
