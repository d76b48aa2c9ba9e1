import Directory
import Synchronization

/// Hands changes on to everybody who listens.
final class ChangeFeed: Sendable {
    private struct State {
        var listeners: [Int: AsyncStream<DirectoryChange>.Continuation] = [:]
        /// Listeners that missed something, because they were too slow.
        var owed: Set<Int> = []
        var next = 0
        var last: DirectoryChange
        var isFinished = false
    }

    private let state = Mutex(State(last: .lost(reason: "the watch has not begun")))
    private let servers: ServerList

    /// A feed whose state is told in the health of these servers, too.
    init(_ servers: ServerList) {
        self.servers = servers
    }

    /// The most changes that wait for a listener.
    private static let backlog = 4_096

    /// A new listener, who is told the state first.
    func listen() -> AsyncStream<DirectoryChange> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: DirectoryChange.self,
            bufferingPolicy: .bufferingOldest(Self.backlog)
        )
        let (key, isFinished) = self.state.withLock { state in
            state.next += 1
            if !state.isFinished { state.listeners[state.next] = continuation }
            continuation.yield(state.last)
            return (state.next, state.isFinished)
        }
        continuation.onTermination = { [weak self] _ in self?.leave(key) }
        if isFinished { continuation.finish() }
        return stream
    }

    /// Says something to everybody; a state that everybody knows already is not said again.
    func say(_ change: DirectoryChange) {
        switch change {
        case .live(let method): self.servers.isWatched(.live(method))
        case .lost(let reason): self.servers.isWatched(.lost(reason: reason))
        case .person, .membership, .everything: break
        }
        self.state.withLock { state in
            switch change {
            case .live where change == state.last: return
            case .lost:
                if case .lost = state.last, !state.listeners.isEmpty, state.last == change { return }
                state.last = change
            case .live: state.last = change
            case .person, .membership, .everything: break
            }
            for (key, listener) in state.listeners where !state.owed.contains(key) {
                if case .dropped = listener.yield(change) { state.owed.insert(key) }
            }
            Self.settle(&state)
        }
    }

    /// Tells those who missed something to forget everything, and how things stand, as soon as they take something in again.
    ///
    /// To be called now and then: whoever missed the last change would not hear of it until the next.
    func settle() {
        self.state.withLock { Self.settle(&$0) }
    }

    private static func settle(_ state: inout State) {
        for key in state.owed {
            guard let listener = state.listeners[key], case .enqueued = listener.yield(.everything),
                case .enqueued = listener.yield(state.last)
            else { continue }
            state.owed.remove(key)
        }
    }

    /// Ends every listener's stream.
    func finish() {
        self.servers.isWatched(.none)
        let listeners = self.state.withLock { state in
            state.isFinished = true
            defer { state.listeners = [:] }
            return Array(state.listeners.values)
        }
        for listener in listeners { listener.finish() }
    }

    private func leave(_ key: Int) {
        self.state.withLock { state in
            state.listeners[key] = nil
            state.owed.remove(key)
        }
    }
}
