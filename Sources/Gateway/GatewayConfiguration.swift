/// What the gateway listens on, what it stands in front of, and what one client may take.
package struct GatewayConfiguration: Sendable {
    /// The gateway's name in records, one per decision log; default the host's name as the caller knows it.
    package var name: String

    /// The doors.
    package var listeners: [ListenerConfiguration]

    /// The systems behind it.
    package var services: [ServiceConfiguration]

    /// Where health and metrics are asked for, a loopback address; `nil` for nowhere.
    package var management: ManagementAddress?

    /// What one client may take.
    package var limits = GatewayLimits()

    /// How guessing is slowed down.
    package var guesses = GuessLimits()

    /// Whether there is a page to sign in on, and for how long that holds.
    package var sessions = SessionLimits()

    /// Event loops; default one per core.
    package var eventLoops: Int

    package init(
        name: String,
        listeners: [ListenerConfiguration],
        services: [ServiceConfiguration],
        management: ManagementAddress? = nil,
        eventLoops: Int
    ) {
        self.name = name
        self.listeners = listeners
        self.services = services
        self.management = management
        self.eventLoops = max(1, eventLoops)
    }
}

/// Where the operator's tools reach the gateway.
package struct ManagementAddress: Hashable, Sendable {
    /// The address to bind; default `127.0.0.1`, because metrics say more than strangers should know.
    package var address: String
    /// The port to bind; 0 takes a free one.
    package var port: Int

    package init(address: String = "127.0.0.1", port: Int) {
        self.address = address
        self.port = port
    }
}
