/// What one event loop has counted since it started.
///
/// A plain value that only its loop changes; a reader asks each loop for its copy and adds them up, so that counting costs
/// one increment and no lock.
package struct Counters: Sendable {
    /// Client connections accepted.
    package var connectionsAccepted: UInt64 = 0
    /// Client connections open now.
    package var connectionsOpen: UInt64 = 0
    /// Client connections closed at once because there were too many.
    package var connectionsRefused: UInt64 = 0
    /// Request heads understood.
    package var requests: UInt64 = 0
    /// Requests forwarded, or answered by an in-process service.
    package var forwarded: UInt64 = 0
    /// Answers that Stile gave itself, by their place in ``RefusalKind``.
    package var refusals = [UInt64](repeating: 0, count: RefusalKind.allCases.count)
    /// Credentials recognised without asking anybody.
    package var credentialsKnown: UInt64 = 0
    /// Credentials that had to be verified.
    package var credentialsAsked: UInt64 = 0
    /// Verifications that failed because the directory could not be asked.
    package var directoryUnavailable: UInt64 = 0
    /// Credentials that counted although the directory could not be asked, each for a second.
    package var credentialsFromMemory: UInt64 = 0
    /// Decisions taken from the cache.
    package var rulingsKnown: UInt64 = 0
    /// Decisions made by evaluating policies.
    package var rulingsMade: UInt64 = 0
    /// Metadata look-ups at upstreams.
    package var lookUps: UInt64 = 0
    /// Group commits that released at least one request.
    package var releases: UInt64 = 0
    /// Connections made to upstreams.
    package var upstreamConnects: UInt64 = 0
    /// Requests sent over a connection that had been used before.
    package var upstreamReuses: UInt64 = 0
    /// Requests sent again because a kept connection turned out to be closed.
    package var upstreamRetries: UInt64 = 0
    /// Exchanges with an upstream that failed.
    package var upstreamFailures: UInt64 = 0
    /// Requests under way that were looked at again.
    package var exchangesRechecked: UInt64 = 0
    /// Requests under way that were cut off, because their person lost access.
    package var exchangesCut: UInt64 = 0
    /// Body bytes sent to upstreams.
    package var bytesUp: UInt64 = 0
    /// Answer bytes sent to clients.
    package var bytesDown: UInt64 = 0

    package init() {}

    /// Adds what another loop has counted.
    package mutating func add(_ other: Self) {
        self.connectionsAccepted += other.connectionsAccepted
        self.connectionsOpen += other.connectionsOpen
        self.connectionsRefused += other.connectionsRefused
        self.requests += other.requests
        self.forwarded += other.forwarded
        for kind in RefusalKind.allCases { self.refusals[kind.rawValue] += other.refusals[kind.rawValue] }
        self.credentialsKnown += other.credentialsKnown
        self.credentialsAsked += other.credentialsAsked
        self.directoryUnavailable += other.directoryUnavailable
        self.credentialsFromMemory += other.credentialsFromMemory
        self.rulingsKnown += other.rulingsKnown
        self.rulingsMade += other.rulingsMade
        self.lookUps += other.lookUps
        self.releases += other.releases
        self.upstreamConnects += other.upstreamConnects
        self.upstreamReuses += other.upstreamReuses
        self.upstreamRetries += other.upstreamRetries
        self.upstreamFailures += other.upstreamFailures
        self.exchangesRechecked += other.exchangesRechecked
        self.exchangesCut += other.exchangesCut
        self.bytesUp += other.bytesUp
        self.bytesDown += other.bytesDown
    }
}
