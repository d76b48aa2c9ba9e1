package import Directory
import Synchronization

/// Watches the directory on a connection and a thread of its own.
///
/// The server pushes changes in the best way it has; where it has none, it is asked now and then, and the state says so. A server from which nothing
/// is heard for ``DirectoryLimits/silence``, not even an answer to a probe, counts as lost.
package final class OpenLDAPWatch: DirectoryWatch {
    private let feed: ChangeFeed
    private let pulse: Pulse
    private let tasks: Mutex<[Task<Void, Never>]>

    /// Begins to watch.
    ///
    /// - Parameter directory: The directory whose configuration and servers are used.
    package init(_ directory: OpenLDAPDirectory) {
        let (feed, pulse) = (ChangeFeed(directory.servers), Pulse())
        self.feed = feed
        self.pulse = pulse
        let worker = Worker(number: 0, configuration: directory.configuration, servers: directory.servers)
        let limits = directory.configuration.limits
        let watching = Task {
            var wait = limits.rest
            while !Task.isCancelled {
                let began = ContinuousClock.now
                let reason = await worker.watch(feed, pulse)
                guard !Task.isCancelled else { break }
                feed.say(.lost(reason: reason))
                // A watch that stood for a while is worth coming back to at once.
                wait = began.duration(to: .now) > limits.longestRest ? limits.rest : min(wait * 2, limits.longestRest)
                try? await Task.sleep(for: wait)
            }
        }
        let listening = Task {
            while !Task.isCancelled {
                try? await Task.sleep(for: limits.silence / 5)
                feed.settle()
                guard pulse.isSilent(for: limits.silence) else { continue }
                feed.say(.lost(reason: "nothing was heard for \(limits.silence)"))
                worker.lifeline.cut(pulse.question)
            }
        }
        self.tasks = Mutex([watching, listening])
    }

    package func changes() -> AsyncStream<DirectoryChange> { self.feed.listen() }

    /// Ends the watch and every listener's stream.
    package func stop() {
        self.tasks.withLock { for task in $0 { task.cancel() } }
        self.pulse.stop()
        self.feed.finish()
    }
}

/// When a server was last heard, shared between who listens and who watches over the listener.
final class Pulse: Sendable {
    private struct State {
        var heard: ContinuousClock.Instant?
        var question: UInt64 = 0
        var isStopped = false
    }

    private let state = Mutex(State())

    /// A watch begins: it is heard from now on, and cut off by this number.
    func begin(_ question: UInt64) {
        self.state.withLock { state in
            state.question = question
            state.heard = .now
        }
    }

    /// Something came.
    func beat() { self.state.withLock { $0.heard = .now } }

    /// The watch has ended, so silence means nothing.
    func end() { self.state.withLock { $0.heard = nil } }

    /// Nobody wants to watch any more.
    func stop() { self.state.withLock { $0.isStopped = true } }

    var isStopped: Bool { self.state.withLock { $0.isStopped } }
    var question: UInt64 { self.state.withLock { $0.question } }

    /// Whether a watch stands and nothing has come for this long.
    func isSilent(for time: Duration) -> Bool {
        self.state.withLock { state in state.heard.map { $0.duration(to: .now) > time } ?? false }
    }
}
