/// The system that a service's requests are forwarded to.
package struct UpstreamConfiguration: Sendable {
    /// Where it listens.
    package enum Address: Hashable, Sendable {
        /// Over TCP; the name is resolved for each new connection.
        case host(String, port: Int)
        /// Over a Unix domain socket, which other machines and, by its permissions, other users cannot reach.
        case socket(path: String)
    }

    /// How the connection is protected.
    package enum Security: Hashable, Sendable {
        /// Not at all: for loopback and Unix sockets.
        case none
        /// TLS, the certificate verified against this CA file (`nil` takes the system's) and this name.
        case tls(authorities: String?, name: String)
    }

    /// What the upstream sees as `Host`.
    package enum HostField: Hashable, Sendable {
        /// What the client sent: for systems that make absolute links, or compare it with `Origin`.
        case preserve
        /// This text.
        case fixed(String)
    }

    /// What happens to the client's `Authorization` field.
    package enum AuthorizationField: Hashable, Sendable {
        /// It goes no further: the default, since a password is for Stile alone.
        case remove
        /// It is passed on, because the service checks it again.
        case pass
    }

    /// Where it listens.
    package var address: Address

    /// How the connection is protected.
    package var security: Security

    /// What the upstream sees as `Host`; default its own address.
    package var hostField: HostField

    /// What happens to the client's `Authorization` field; default it is removed.
    package var authorizationField: AuthorizationField = .remove

    /// Stile's own name and password at the upstream, for look-ups and, when nothing is passed, for forwarded requests; secret.
    package var credential: (name: String, password: String)?

    /// Connections per event loop; default 256.
    ///
    /// Requests beyond wait, up to ``waiting``.
    package var connections = 256

    /// Requests per event loop that may wait for a connection; default 1,024, further ones are answered 503.
    package var waiting = 1_024

    /// From dialling to the end of the TLS handshake; default 5 s.
    package var connect: Duration = .seconds(5)

    /// From the end of the request to the head of the answer; default 60 s.
    package var responseHead: Duration = .seconds(60)

    /// Between two pieces of an answer's body; default 60 s.
    package var bodyIdle: Duration = .seconds(60)

    /// An unused connection is closed after; default 30 s.
    package var idle: Duration = .seconds(30)

    package init(address: Address, security: Security = .none, hostField: HostField? = nil) {
        self.address = address
        self.security = security
        switch (hostField, address) {
        case (let field?, _): self.hostField = field
        case (nil, .host(let name, let port)):
            self.hostField = .fixed(name.contains(":") ? "[\(name)]:\(port)" : "\(name):\(port)")
        case (nil, .socket): self.hostField = .fixed("localhost")
        }
    }
}
