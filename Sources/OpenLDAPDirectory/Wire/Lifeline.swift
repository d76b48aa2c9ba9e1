import Glibc
import Synchronization

/// The cord by which a question that took too long is cut off from outside.
///
/// libldap waits for whole messages, so a server that sends one byte a second could hold its thread for as long as it likes. When
/// the time of a question is over, the socket is shut down from another thread; every wait inside the library then ends at once.
final class Lifeline: Sendable {
    private struct State {
        /// Counts questions, so that a late cut never hits the next one.
        var question: UInt64 = 0
        var isCut = false
        /// Counts waits, for the same reason.
        var wait: UInt64 = 0
        var isWaitCut = false
        /// INVARIANT: an open descriptor, because ``watching(_:until:_:)`` takes it away before its connection may close it.
        var descriptor: Int32?
    }

    private let state = Mutex(State())

    /// A new question begins.
    ///
    /// - Returns: What to give ``cut(_:)`` when its time is over.
    func begin() -> UInt64 {
        self.state.withLock { state in
            state.question += 1
            state.isCut = false
            return state.question
        }
    }

    /// Ends every wait of a question, now and later; does nothing if the question is over.
    func cut(_ question: UInt64) {
        self.state.withLock { state in
            guard state.question == question else { return }
            state.isCut = true
            if let descriptor = state.descriptor { shutdown(descriptor, Int32(SHUT_RDWR)) }
        }
    }

    /// Whether the time of the question at hand is over.
    var isCut: Bool { self.state.withLock { $0.isCut } }

    /// Runs something that may wait on a socket, and shuts the socket down when it takes too long.
    ///
    /// - Parameters:
    ///   - descriptor: The socket.
    ///   - deadline: For this wait alone.
    ///   - body: What may wait.
    /// - Returns: What `body` returns.
    /// - Throws: ``ConnectionFailure/deadline`` if the time is over before or after; otherwise what `body` throws.
    func watching<Result: ~Copyable>(
        _ descriptor: Int32,
        until deadline: ContinuousClock.Instant,
        _ body: () throws(ConnectionFailure) -> Result
    ) throws(ConnectionFailure) -> Result {
        guard let wait = self.hold(descriptor) else { throw .deadline }
        let alarm = Task {
            try await Task.sleep(until: deadline, clock: .continuous)
            self.cutWait(wait)
        }
        defer {
            alarm.cancel()
            self.release()
        }
        do {
            return try body()
        } catch {
            throw self.state.withLock { $0.isCut || $0.isWaitCut } ? .deadline : error
        }
    }

    private func hold(_ descriptor: Int32) -> UInt64? {
        self.state.withLock { state in
            guard !state.isCut else { return nil }
            state.descriptor = descriptor
            state.wait += 1
            state.isWaitCut = false
            return state.wait
        }
    }

    private func cutWait(_ wait: UInt64) {
        self.state.withLock { state in
            guard state.wait == wait, let descriptor = state.descriptor else { return }
            state.isWaitCut = true
            shutdown(descriptor, Int32(SHUT_RDWR))
        }
    }

    private func release() {
        self.state.withLock { $0.descriptor = nil }
    }
}
