import Directory

/// Why a directory could never be asked the way it is configured.
package enum OpenLDAPConfigurationError: Error, Hashable, Sendable {
    /// Neither servers nor a domain to find them in.
    case noServer

    /// No base below which people, or groups, would be looked for.
    case noBase(of: String)

    /// No attribute that holds login names.
    case noLoginAttribute

    /// An attribute that holds passwords is among those to be read.
    case readsPassword(String)

    /// A limit that is not positive.
    case notPositive(String)
}

extension OpenLDAPConfigurationError: CustomStringConvertible {
    /// One line for people, with the remedy.
    package var description: String {
        switch self {
        case .noServer: "no directory server, expected `servers` such as `ldaps://ldap.plant.example`, or a `domain`"
        case .noBase(let what): "no base for \(what), expected at least one such as `ou=\(what),dc=plant,dc=example`"
        case .noLoginAttribute: "no attribute holds login names, expected one such as `uid`"
        case .readsPassword(let name): "`\(name)` holds passwords and is never read, remove it"
        case .notPositive(let name): "`\(name)` is zero, expected more"
        }
    }
}

extension OpenLDAPConfiguration {
    /// Holds the configuration to what makes sense at all; whether it fits the directory is what `check` finds out.
    package func validate() throws(OpenLDAPConfigurationError) {
        guard !self.servers.isEmpty || self.domain != nil else { throw .noServer }
        guard !self.people.bases.isEmpty else { throw .noBase(of: "people") }
        guard !self.groups.bases.isEmpty else { throw .noBase(of: "groups") }
        guard !self.people.plainNames.isEmpty else { throw .noLoginAttribute }
        let secrets: Set<String> = ["userpassword", "unicodepwd", "sambantpassword", "krbprincipalkey"]
        for name in self.people.attributes where secrets.contains(name.base.text) { throw .readsPassword(name.text) }
        let limits = self.limits
        let durations = [
            ("connect", limits.connect), ("operation", limits.operation), ("total", limits.total),
            ("rest", limits.rest),
            ("longest-rest", limits.longestRest), ("age", limits.age), ("silence", limits.silence),
            ("polling", limits.polling), ("discovery", limits.discovery), ("idle", limits.idle),
            ("probe", limits.probe),
        ]
        for (name, duration) in durations where duration <= .zero { throw .notPositive(name) }
        let counts = [
            ("workers", limits.workers), ("failures-before-rest", limits.failuresBeforeRest), ("page", limits.page),
            ("message", limits.message), ("depth", self.groups.depth), ("maximum", self.groups.maximum),
            ("hops", self.referrals?.hops ?? 1),
        ]
        for (name, count) in counts where count <= 0 { throw .notPositive(name) }
    }
}
