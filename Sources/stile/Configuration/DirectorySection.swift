import Catalog
import Directory
import OpenLDAPDirectory
import PolicyFiles

/// The section `directory:` of `stile.yaml`.
///
///     directory:
///       servers: ["ldaps://dc1.plant.example", "ldap://dc2.plant.example"]   # ldap:// means StartTLS
///       domain: plant.example               # instead of servers, or besides: DNS names them (SRV)
///       ca: /etc/stile/directory-ca.pem
///       minimum-tls: 1.2
///       flavour: automatic                  # or openldap, 389ds, active-directory
///       base: dc=plant,dc=example
///       service:                            # one of three
///         dn: cn=stile,ou=services,dc=plant,dc=example
///         password-file: /etc/stile/directory.password
///         # certificate: stile.pem          key: stile.key            SASL EXTERNAL
///         # principal: stile@PLANT.EXAMPLE  keytab: stile.keytab      SASL GSSAPI
///       people: { base: …, filter: "(…)", login-names: [uid], addresses: [mail], domains: [PLANT], attributes: [] }
///       groups: { base: …, filter: "(…)", method: automatic, members: [member], depth: 16, maximum: 2000 }
///       referrals: { servers: ["ldaps://dc.other.example"], hops: 3 }      # without it answers are not followed
///       limits: { connect: 2s, operation: 3s, total: 6s, workers: 4, waiting: 256, age: 10m, idle: 5m, probe: 1s, silence: 5s, polling: 5s }
enum DirectorySection {
    /// Reads the section.
    ///
    /// - Parameters:
    ///   - opened: The section.
    ///   - path: Makes a path absolute.
    /// - Returns: `nil`, with findings, when anything is wrong.
    static func read(_ opened: FieldReader, path: (String) -> String) -> OpenLDAPConfiguration? {
        var fields = opened
        let before = fields.findings.all.count
        let domain = fields.text("domain")
        let servers = self.servers(&fields, domain: domain)
        let authorities = fields.requiredText("ca").map(path)
        let minimum = fields.version("minimum-tls") ?? .tls12
        let flavour = fields.choice("flavour", of: DirectoryFlavour.self) ?? .automatic
        let service = self.service(&fields, path: path)
        let base = fields.names("base")
        if fields.value("base") == nil {
            fields.note("found no `base`, expected the DN below which people and groups are")
        }
        var people = PeopleSearch(bases: base)
        var groups = GroupSearch(bases: base)
        self.people(&fields, &people)
        self.groups(&fields, &groups)
        let referrals = self.referrals(&fields)
        var limits = DirectoryLimits()
        self.limits(&fields, &limits)
        fields.finish()
        guard fields.findings.all.count == before, let authorities, let service else { return nil }
        let configuration = OpenLDAPConfiguration(
            servers: servers,
            domain: domain,
            trust: DirectoryTrust(authorities: authorities, minimum: minimum),
            service: service,
            people: people,
            groups: groups,
            flavour: flavour,
            referrals: referrals,
            limits: limits
        )
        do throws(OpenLDAPConfigurationError) {
            try configuration.validate()
        } catch {
            fields.note("found what could never be asked: \(error)")
            return nil
        }
        return configuration
    }

    private static func servers(_ fields: inout FieldReader, domain: String?) -> [ServerAddress] {
        let before = fields.findings.all.count
        let servers = fields.addresses("servers")
        if servers.isEmpty, domain == nil, fields.findings.all.count == before {
            fields.note(
                "found neither `servers` nor `domain`, expected for example `servers: [\"ldaps://ldap.example:636\"]`"
            )
        }
        return servers
    }

    private static func referrals(_ fields: inout FieldReader) -> ReferralFollowing? {
        guard var section = fields.fields("referrals", subject: "`referrals`") else { return nil }
        let before = section.findings.all.count
        let servers = section.addresses("servers")
        if servers.isEmpty, section.findings.all.count == before {
            section.note("found `referrals` without `servers`, expected the servers that an answer may lead to")
        }
        var referrals = ReferralFollowing(servers: servers)
        if let hops = section.integer("hops", in: 1...16) { referrals.hops = hops }
        section.finish()
        return referrals
    }

    private static func service(_ fields: inout FieldReader, path: (String) -> String) -> ServiceIdentity? {
        _ = fields.requiredValue("service")
        guard var service = fields.fields("service", subject: "`service`") else { return nil }
        defer { service.finish() }
        let certificate = service.text("certificate").map(path)
        let key = service.text("key").map(path)
        if let certificate, let key { return .certificate(file: certificate, key: key) }
        let principal = service.text("principal")
        let keytab = service.text("keytab").map(path)
        if let principal, let keytab { return .ticket(principal: principal, keytab: keytab) }
        let dn = service.name("dn")
        let passwordFile = service.text("password-file").map(path)
        guard let dn, let passwordFile else {
            service.note(
                "found none of `dn:` and `password-file:`, `certificate:` and `key:`, `principal:` and `keytab:`, expected one pair"
            )
            return nil
        }
        return .password(dn: dn, file: passwordFile)
    }

    private static func people(_ fields: inout FieldReader, _ people: inout PeopleSearch) {
        guard var section = fields.fields("people", subject: "`people`") else { return }
        let bases = section.names("base")
        if !bases.isEmpty { people.bases = bases }
        people.filter = section.filter("filter")
        if let names = section.attributes("login-names") { people.plainNames = names }
        if let names = section.attributes("addresses") { people.addresses = names }
        if let domains = section.texts("domains") { people.domains = Set(domains.map { $0.lowercased() }) }
        if let name = section.attributes("name")?.first { people.name = name }
        if let names = section.attributes("display-names") { people.displayNames = names }
        if let names = section.attributes("attributes") { people.attributes = Set(names) }
        for mark in section.named("disabled-when", what: "attribute values") {
            guard let attribute = AttributeName(mark.key[...]), case .text(let value, _) = mark.value.content else {
                section.findings.note(
                    "found `\(mark.key)` under `disabled-when`, expected `attribute: value`",
                    at: mark.position
                )
                continue
            }
            people.disabledWhen.insert(AttributeMark(attribute: attribute, value: value))
        }
        section.finish()
    }

    private static func groups(_ fields: inout FieldReader, _ groups: inout GroupSearch) {
        guard var section = fields.fields("groups", subject: "`groups`") else { return }
        let bases = section.names("base")
        if !bases.isEmpty { groups.bases = bases }
        groups.filter = section.filter("filter")
        if let method = section.choice("method", of: GroupSearch.Method.self) { groups.method = method }
        if let names = section.attributes("members") { groups.memberAttributes = names }
        if let depth = section.integer("depth", in: 1...100) { groups.depth = depth }
        if let maximum = section.integer("maximum", in: 1...100_000) { groups.maximum = maximum }
        section.finish()
    }

    private static func limits(_ fields: inout FieldReader, _ limits: inout DirectoryLimits) {
        guard var section = fields.fields("limits", subject: "`limits`") else { return }
        if let value = section.someTime("connect") { limits.connect = value }
        if let value = section.someTime("operation") { limits.operation = value }
        if let value = section.someTime("total") { limits.total = value }
        if let value = section.integer("workers", in: 1...64) { limits.workers = value }
        if let value = section.integer("waiting", in: 1...100_000) { limits.waiting = value }
        if let value = section.duration("refusal") { limits.refusal = value }
        if let value = section.someTime("age") { limits.age = value }
        if let value = section.someTime("idle") { limits.idle = value }
        if let value = section.someTime("probe") { limits.probe = value }
        if let value = section.someTime("silence") { limits.silence = value }
        if let value = section.someTime("polling") { limits.polling = value }
        section.finish()
    }
}

extension FieldReader {
    /// A span of time under a key, of which there has to be some.
    mutating func someTime(_ key: String) -> Duration? {
        guard let value = self.value(key), let time = self.duration(key) else { return nil }
        guard time > .zero else {
            self.note("found no time at all under `\(key)`, expected some, such as `2s`", at: value)
            return nil
        }
        return time
    }

    /// The addresses of servers under a key: one, or a list.
    fileprivate mutating func addresses(_ key: String) -> [ServerAddress] {
        let value = self.value(key)
        return (self.texts(key) ?? []).compactMap { text in
            if let server = ServerAddress(text) { return server }
            self.findings.note(
                "found the server `\(text)`, expected `ldaps://host:port`, or `ldap://host:port` for StartTLS",
                at: value?.position ?? self.position
            )
            return nil
        }
    }

    /// The DNs under a key: one, or a list.
    fileprivate mutating func names(_ key: String) -> [DistinguishedName] {
        let value = self.value(key)
        return (self.texts(key) ?? []).compactMap { text in
            do throws(DistinguishedNameError) {
                return try DistinguishedName(text)
            } catch {
                self.findings.note(
                    "found `\(text)` under `\(key)`, expected a DN: \(error)",
                    at: value?.position ?? self.position
                )
                return nil
            }
        }
    }

    /// The DN under a key.
    fileprivate mutating func name(_ key: String) -> DistinguishedName? {
        self.names(key).first
    }

    /// The attribute names under a key.
    fileprivate mutating func attributes(_ key: String) -> [AttributeName]? {
        let value = self.value(key)
        return self.texts(key)?.compactMap { text in
            if let name = AttributeName(text[...]) { return name }
            self.findings.note(
                "found `\(text)` under `\(key)`, expected the name of an attribute",
                at: value?.position ?? self.position
            )
            return nil
        }
    }

    /// The search filter under a key (RFC 4515).
    fileprivate mutating func filter(_ key: String) -> SearchFilter? {
        guard let value = self.value(key), let text = self.text(key) else { return nil }
        do {
            return try SearchFilter(text)
        } catch {
            self.findings.note("found `\(text)` under `\(key)`, expected a search filter: \(error)", at: value.position)
            return nil
        }
    }

    /// The version of TLS under a key.
    fileprivate mutating func version(_ key: String) -> DirectoryTrust.Version? {
        guard let value = self.value(key), let text = self.text(key) else { return nil }
        if let version = DirectoryTrust.Version(rawValue: text) { return version }
        self.note("found `\(text)` under `\(key)`, expected `1.2` or `1.3`", at: value)
        return nil
    }

    /// One of the named choices under a key.
    mutating func choice<Choice: RawRepresentable & CaseIterable>(_ key: String, of: Choice.Type) -> Choice?
    where Choice.RawValue == String {
        guard let value = self.value(key), let text = self.text(key) else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        let known = Choice.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
        self.findings.note(
            "found `\(text)` under `\(key)`, expected one of \(known)",
            at: value.position,
            remedy: nearestName(to: text, among: Choice.allCases.map(\.rawValue)).map { "did you mean `\($0)`?" }
        )
        return nil
    }
}
