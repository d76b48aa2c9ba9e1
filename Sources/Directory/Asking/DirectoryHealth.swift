/// How the directory's servers are, from what the last questions showed.
package struct DirectoryHealth: Hashable, Sendable {
    /// One server.
    package struct Server: Hashable, Sendable {
        /// Its address as configured or discovered, such as `ldaps://dc1.plant.example:636`.
        package let address: String

        /// Whether questions go there.
        package let state: State

        /// Questions answered since start.
        package let answered: UInt64

        /// Questions that failed there since start, deadlines included.
        package let failed: UInt64

        /// Describes one server.
        package init(address: String, state: State, answered: UInt64, failed: UInt64) {
            self.address = address
            self.state = state
            self.answered = answered
            self.failed = failed
        }
    }

    /// Whether a server is asked.
    package enum State: String, Hashable, Sendable {
        /// It is.
        case up
        /// One question is let through to see whether it is back.
        case trying
        /// It failed too often and is left alone for a while.
        case down
    }

    /// In the order in which they are preferred.
    package let servers: [Server]

    /// Describes the servers.
    package init(servers: [Server]) {
        self.servers = servers
    }

    /// Whether at least one server is thought to answer.
    package var isUsable: Bool { self.servers.contains { $0.state != .down } }
}
