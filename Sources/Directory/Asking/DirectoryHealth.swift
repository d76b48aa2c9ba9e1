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

    /// How changes are noticed.
    package enum Watch: Hashable, Sendable {
        /// Nobody watches.
        case none
        /// Changes are noticed this way.
        case live(WatchMethod)
        /// They are not: what is remembered is only as fresh as its time to live.
        case lost(reason: String)

        /// One word for metrics: the method, `lost` or `none`.
        package var word: String {
            switch self {
            case .none: "none"
            case .live(let method): method.rawValue
            case .lost: "lost"
            }
        }
    }

    /// In the order in which they are preferred.
    package let servers: [Server]

    /// How changes are noticed.
    package let watch: Watch

    /// Describes the servers.
    package init(servers: [Server], watch: Watch = .none) {
        self.servers = servers
        self.watch = watch
    }

    /// Whether at least one server is thought to answer.
    package var isUsable: Bool { self.servers.contains { $0.state != .down } }
}
