import Directory
import Synchronization

/// The servers in their order, with a circuit breaker for each.
///
/// A server that failed several times in a row is left alone for a while, so that nobody waits for it; then one question is let
/// through to see. Rests double while it stays away, up to a limit of seconds, so that it is used again soon after it is back.
final class ServerList: Sendable {
    private struct Entry {
        var address: ServerAddress
        var failuresInARow = 0
        var rest: Duration
        var restsUntil: ContinuousClock.Instant?
        /// Whether one question is out to see if the server is back.
        var isTried = false
        var answered: UInt64 = 0
        var failed: UInt64 = 0
        var lastFailure: String?

        func state(at now: ContinuousClock.Instant) -> DirectoryHealth.State {
            guard let restsUntil = self.restsUntil else { return .up }
            return now < restsUntil ? .down : .trying
        }
    }

    /// Which of them have refused the gateway's own password.
    let refusedPasswords = RefusedPasswords()
    private let entries: Mutex<[Entry]>
    private let watch = Mutex(DirectoryHealth.Watch.none)
    private let limits: DirectoryLimits

    init(_ addresses: [ServerAddress], limits: DirectoryLimits) {
        self.limits = limits
        self.entries = Mutex(addresses.map { Entry(address: $0, rest: limits.rest) })
    }

    /// Takes over a new list; what is known about servers that stay is kept.
    func replace(with addresses: [ServerAddress]) {
        self.entries.withLock { entries in
            let known = Dictionary(entries.map { ($0.address, $0) }, uniquingKeysWith: { first, _ in first })
            entries = addresses.map { known[$0] ?? Entry(address: $0, rest: self.limits.rest) }
        }
    }

    /// Every server, in order.
    var all: [ServerAddress] { self.entries.withLock { $0.map(\.address) } }

    /// The servers to ask now, in order: those that are up, and of those whose rest is over each to one question at a time.
    ///
    /// When every server rests, all are returned: an attempt costs less than an answer that could have been given.
    func candidates(at now: ContinuousClock.Instant = .now) -> [ServerAddress] {
        self.entries.withLock { entries in
            var candidates: [ServerAddress] = []
            for at in entries.indices {
                switch entries[at].state(at: now) {
                case .up: candidates.append(entries[at].address)
                case .trying where !entries[at].isTried:
                    entries[at].isTried = true
                    candidates.append(entries[at].address)
                case .trying, .down: break
                }
            }
            return candidates.isEmpty ? entries.map(\.address) : candidates
        }
    }

    /// Notes that a server answered.
    func answered(_ address: ServerAddress) {
        self.update(address) { entry in
            entry.failuresInARow = 0
            entry.rest = self.limits.rest
            entry.restsUntil = nil
            entry.isTried = false
            entry.answered &+= 1
        }
    }

    /// Notes that a server was chosen but not needed, so that the next question may try it.
    func notAsked(_ address: ServerAddress) {
        self.update(address) { $0.isTried = false }
    }

    /// Notes that a server failed.
    func failed(_ address: ServerAddress, _ failure: ConnectionFailure, at now: ContinuousClock.Instant = .now) {
        self.update(address) { entry in
            entry.failuresInARow += 1
            entry.failed &+= 1
            entry.lastFailure = failure.description
            entry.isTried = false
            guard entry.failuresInARow >= self.limits.failuresBeforeRest else { return }
            entry.restsUntil = now + entry.rest
            entry.rest = min(entry.rest * 2, self.limits.longestRest)
        }
    }

    /// Why servers are not up, in one line.
    var complaints: String {
        self.entries.withLock { entries in
            if entries.isEmpty { return "none is configured, and DNS names none" }
            return entries.map { "`\($0.address)` \($0.lastFailure ?? "was not asked")" }.joined(separator: "; ")
        }
    }

    /// Notes how changes are noticed from now on.
    func isWatched(_ watch: DirectoryHealth.Watch) {
        self.watch.withLock { $0 = watch }
    }

    /// How each server is, and how changes on them are noticed.
    func health(at now: ContinuousClock.Instant = .now) -> DirectoryHealth {
        let watch = self.watch.withLock { $0 }
        return self.entries.withLock { entries in
            DirectoryHealth(
                servers: entries.map { entry in
                    DirectoryHealth.Server(
                        address: entry.address.description,
                        state: entry.state(at: now),
                        answered: entry.answered,
                        failed: entry.failed
                    )
                },
                watch: watch
            )
        }
    }

    private func update(_ address: ServerAddress, _ change: (inout Entry) -> Void) {
        self.entries.withLock { entries in
            guard let at = entries.firstIndex(where: { $0.address == address }) else { return }
            change(&entries[at])
        }
    }
}
