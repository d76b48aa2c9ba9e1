package import Profiles

/// A system behind the gateway: under which names it is reached, what knows its protocol, and where it is.
package struct ServiceConfiguration: Sendable {
    /// What answers its requests.
    package enum Backend: Sendable {
        /// Another process, whose protocol the profile knows.
        case upstream(UpstreamConfiguration, any Profile)
        /// A room of this process: it has no front door of its own, and its requests are authenticated, decided and
        /// recorded like any.
        case inProcess(InProcessService)
    }

    /// The name in catalogue, policies and records.
    package var name: String

    /// The host names it is reached by, without a port; an IPv6 address in brackets.
    package var hosts: [String]

    /// The path prefix it is mounted at; `/` takes a whole host.
    package var mount: String

    /// What answers its requests.
    package var backend: Backend

    /// How its upstream is told, in a way that it can check, who asks; default `nil`, plain fields only.
    package var assertion: AssertionAudience?

    package init(name: String, hosts: [String], mount: String = "/", backend: Backend) {
        self.name = name
        self.hosts = hosts
        self.mount = mount
        self.backend = backend
    }
}
