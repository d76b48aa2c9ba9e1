package import Directory

/// How the company's directory is asked: where it is, as whom, where people and groups are, and how long anything may take.
package struct OpenLDAPConfiguration: Sendable {
    /// The servers, in the order in which they are preferred.
    ///
    /// Either these or ``domain``; with neither, the client refuses to start.
    package var servers: [ServerAddress]

    /// A DNS domain whose SRV records name the servers, such as `plant.example`; asked again every ``DirectoryLimits/discovery``.
    ///
    /// Default `nil`. Only hosts inside the domain are believed, because plain DNS can be forged and our authority may have given
    /// certificates to other hosts too. Source: RFC 2782; [MS-ADTS] 6.3.2.3 for `_ldap._tcp.dc._msdcs`.
    package var domain: String?

    /// Whom to believe that a server is the right one.
    package var trust: DirectoryTrust

    /// As whom people and groups are read.
    package var service: ServiceIdentity

    /// Where people are and by what they are known.
    package var people: PeopleSearch

    /// Where groups are and how membership is found.
    package var groups: GroupSearch

    /// What kind of server it is; default ``DirectoryFlavour/automatic``, because the server says so itself.
    package var flavour: DirectoryFlavour

    /// Whether questions follow an answer to another server; default `nil`: they do not, and such answers are dropped.
    package var referrals: ReferralFollowing?

    /// The DNS server that is asked for SRV records; default `nil`, the machine's own.
    package var nameServer: NameServer?

    /// Time limits and sizes.
    package var limits: DirectoryLimits

    /// Describes a directory; what is not given has its default.
    package init(
        servers: [ServerAddress],
        domain: String? = nil,
        trust: DirectoryTrust,
        service: ServiceIdentity,
        people: PeopleSearch,
        groups: GroupSearch,
        flavour: DirectoryFlavour = .automatic,
        referrals: ReferralFollowing? = nil,
        nameServer: NameServer? = nil,
        limits: DirectoryLimits = DirectoryLimits()
    ) {
        self.servers = servers
        self.domain = domain
        self.trust = trust
        self.service = service
        self.people = people
        self.groups = groups
        self.flavour = flavour
        self.referrals = referrals
        self.nameServer = nameServer
        self.limits = limits
    }
}

/// What kind of directory server answers; they differ in identities, account states and nested groups.
package enum DirectoryFlavour: String, Hashable, Sendable, CaseIterable {
    /// As its root entry says.
    case automatic
    /// OpenLDAP, and anything that follows the standards alone.
    case standard = "openldap"
    /// 389 Directory Server and its kin.
    case dirsrv389 = "389ds"
    /// Active Directory, and Samba as one.
    case activeDirectory = "active-directory"
}

/// Whom to believe that a directory server is the right one.
package struct DirectoryTrust: Hashable, Sendable {
    /// A PEM file with the authorities whose certificates count.
    ///
    /// No default: the machine's own list would let a public authority vouch for a company's directory. Read anew for
    /// each connection, so a replaced file needs no restart.
    package var authorities: String

    /// The lowest version of TLS that is spoken; default 1.2, since older ones are broken (RFC 8996).
    package var minimum: Version

    /// A version of TLS.
    package enum Version: String, Hashable, Sendable {
        /// TLS 1.2.
        case tls12 = "1.2"
        /// TLS 1.3.
        case tls13 = "1.3"
    }

    /// Describes the trust.
    package init(authorities: String, minimum: Version = .tls12) {
        self.authorities = authorities
        self.minimum = minimum
    }
}

/// As whom the gateway itself reads the directory.
package enum ServiceIdentity: Hashable, Sendable {
    /// A name and a file that holds the password and nothing else (one line end is dropped). Read anew for each connection.
    case password(dn: DistinguishedName, file: String)

    /// A certificate and its key, both PEM files (SASL EXTERNAL). Source: RFC 4422, appendix A; RFC 4513, section 5.2.3.
    case certificate(file: String, key: String)

    /// A Kerberos principal and the keytab with its key (SASL GSSAPI). Source: RFC 4752.
    case ticket(principal: String, keytab: String)
}

/// To which other servers an answer may lead, and how far.
package struct ReferralFollowing: Hashable, Sendable {
    /// The servers that an answer may name; others are never connected to.
    ///
    /// How TLS comes about is said here and not by the answer, and the service account signs in there as it does at home.
    package var servers: [ServerAddress]

    /// How many times one question may be sent on; default 3.
    package var hops: Int

    /// Describes what may be followed.
    package init(servers: [ServerAddress], hops: Int = 3) {
        self.servers = servers
        self.hops = hops
    }
}

/// A DNS server, by its IPv4 address.
package struct NameServer: Hashable, Sendable {
    /// Such as `10.0.0.53`.
    package var address: String

    /// 53 as a rule.
    package var port: UInt16

    /// Describes a DNS server.
    package init(address: String, port: UInt16 = 53) {
        self.address = address
        self.port = port
    }
}

/// An attribute that has a value: how files say "whoever is marked so".
package struct AttributeMark: Hashable, Sendable {
    /// The attribute.
    package let attribute: AttributeName
    /// The value, compared without regard to case.
    package let value: String

    /// Puts a mark together.
    package init(attribute: AttributeName, value: String) {
        self.attribute = attribute
        self.value = value
    }
}
