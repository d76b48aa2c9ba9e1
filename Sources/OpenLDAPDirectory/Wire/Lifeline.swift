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
        /// INVARIANT: an open descriptor, because ``watching(_:_:)`` takes it away before its connection may close it.
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

    /// Runs something that may wait on a socket.
    ///
    /// - Throws: ``ConnectionFailure/deadline`` if the time is over before or after; otherwise what `body` throws.
    func watching<Result: ~Copyable>(
        _ descriptor: Int32,
        _ body: () throws(ConnectionFailure) -> Result
    ) throws(ConnectionFailure) -> Result {
        guard self.hold(descriptor) else { throw .deadline }
        defer { self.release() }
        do {
            return try body()
        } catch {
            throw self.isCut ? .deadline : error
        }
    }

    private func hold(_ descriptor: Int32) -> Bool {
        self.state.withLock { state in
            guard !state.isCut else { return false }
            state.descriptor = descriptor
            return true
        }
    }

    private func release() {
        self.state.withLock { $0.descriptor = nil }
    }
}
