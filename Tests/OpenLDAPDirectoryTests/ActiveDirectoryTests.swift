import Directory
import Foundation
import Testing

@testable import OpenLDAPDirectory

@Suite(
    "Signing in at a domain controller",
    .enabled(if: Samba.missing == nil, "\(Samba.missing ?? "")"),
    .samba,
    .serialized
)
struct ActiveDirectoryTests {
    @Test(
        "A name and a password",
        arguments: [
            ("alice", "Pw-alice-1", nil),
            ("ALICE", "Pw-alice-1", nil),
            ("alice@plant.example", "Pw-alice-1", nil),
            (#"PLANT\alice"#, "Pw-alice-1", nil),
            (#"OTHER\alice"#, "Pw-alice-1", .malformedName),
            ("alice", "pw-alice-1", .wrongPassword),
            ("alice", "", .emptyPassword),
            ("nobody", "Pw-alice-1", .unknownUser),
            ("a*", "Pw-alice-1", .unknownUser),
            ("*", "Pw-alice-1", .unknownUser),
            ("alice)(cn=*", "Pw-alice-1", .unknownUser),
            ("alice@other.example", "Pw-alice-1", .unknownUser),
            ("twins@plant.example", "Pw-twin1-1", .ambiguousUser),
            ("otto", "Pw-otto-1", .notHereOrNow),
            ("otto", "wrong", .wrongPassword),
            ("carol", "Pw-carol-1", .disabled),
            ("dave", "Pw-dave-1", .expired),
            ("mia", "Pw-mia-1", .passwordMustChange),
        ] as [(String, String, AuthenticationRefusal?)]
    )
    func signIn(name: String, password: String, refusal: AuthenticationRefusal?) async throws {
        let directory = try OpenLDAPDirectory(.domain())
        defer { directory.stop() }
        switch await directory.authenticate(name: name, password: Password(password)) {
        case .authenticated(let person): #expect(refusal == nil && person.name == "alice")
        case .refused(let reason): #expect(reason == refusal)
        case .unavailable(let failure): Issue.record("\(failure)")
        }
    }

    @Test(
        "By what a ticket or a certificate says",
        arguments: try [
            // the principal of a ticket has its realm in capitals, the directory does not
            ([.attribute("userprincipalname", "alice@PLANT.EXAMPLE")], "alice", .unknownUser),
            (
                [.attribute("mail", "alice@plant.example"), .attribute("samaccountname", "alice")], "alice",
                .unknownUser
            ),
            ([.name(DistinguishedName("CN=alice Test,CN=Users,DC=plant,DC=example"))], "alice", .unknownUser),
            ([.attribute("userprincipalname", "alice@OTHER.EXAMPLE")], nil, .unknownUser),
            ([.attribute("samaccountname", "alice"), .attribute("samaccountname", "bob")], nil, .ambiguousUser),
            (
                [.certificate(CertificateKey(der: [0x30, 0x03, 0x02, 0x01, 0x00], serial: "01", issuer: "CN=a"))], nil,
                .unknownUser
            ),
        ] as [([PersonKey], String?, AuthenticationRefusal)]
    )
    func keys(keys: [PersonKey], name: String?, refusal: AuthenticationRefusal) async throws {
        let directory = try OpenLDAPDirectory(.domain())
        defer { directory.stop() }
        switch await directory.person(matching: keys) {
        case .found(let person): #expect(person.name == name)
        case .refused(let reason): #expect(name == nil && reason == refusal)
        case .unavailable(let failure): Issue.record("\(failure)")
        }
    }

    @Test(
        "Nested groups and the primary group, by each way to find them",
        arguments: [
            (.automatic, ["Domain Users", "Engineers", "Everybody", "PlantData", "Quality", "Users"]),
            (.tokenGroups, ["Domain Users", "Engineers", "Everybody", "PlantData", "Quality", "Users"]),
            (.inChain, ["Domain Users", "Engineers", "Everybody", "PlantData", "Quality", "Users"]),
            (.members, ["Engineers", "Everybody", "PlantData", "Quality"]),
            (.memberOf, ["Engineers", "Everybody", "PlantData", "Quality"]),
        ] as [(GroupSearch.Method, [String])]
    )
    func groups(method: GroupSearch.Method, expected: [String]) async throws {
        var configuration = try OpenLDAPConfiguration.domain()
        configuration.groups.method = method
        let directory = try OpenLDAPDirectory(configuration)
        defer { directory.stop() }
        guard case .found(let alice) = await directory.person(named: "alice") else {
            Issue.record("not found")
            return
        }
        #expect(alice.groups.map(\.name).sorted() == expected)
        #expect(alice.groups.allSatisfy { $0.id.objectSid != nil })
        #expect(await directory.person(alice.id) == .found(alice))
    }

    @Test("StartTLS works, and without TLS nothing does")
    func startTLS() async throws {
        let directory = try OpenLDAPDirectory(.domain(security: .startTLS))
        defer { directory.stop() }
        guard case .authenticated = await directory.authenticate(name: "bob", password: Password("Pw-bob-1")) else {
            Issue.record("not signed in")
            return
        }
    }

    @Test("After too many wrong passwords the account is locked, and the reason is known")
    func lockout() async throws {
        let directory = try OpenLDAPDirectory(.domain())
        defer { directory.stop() }
        for _ in 0..<4 {
            #expect(await directory.authenticate(name: "bob", password: Password("no")) == .refused(.wrongPassword))
        }
        #expect(await directory.authenticate(name: "bob", password: Password("Pw-bob-1")) == .refused(.locked))
        guard case .found(let bob) = await directory.person(named: "bob") else {
            Issue.record("not found")
            return
        }
        #expect(bob.account == .locked(until: nil))
    }

    @Test("A check finds a domain controller as it should be")
    func check() async throws {
        let directory = try OpenLDAPDirectory(.domain())
        defer { directory.stop() }
        let findings = await directory.check()
        #expect(findings.allSatisfy { $0.severity != .failure }, "\(findings)")
        #expect(findings.first?.message.hasPrefix("Active Directory") == true)
    }

    @Test(
        "A primary group counts, though no group lists the person",
        arguments: [GroupSearch.Method.tokenGroups, .inChain]
    )
    func primaryGroup(method: GroupSearch.Method) async throws {
        var configuration = try OpenLDAPConfiguration.domain()
        configuration.groups.method = method
        let directory = try OpenLDAPDirectory(configuration)
        defer { directory.stop() }
        guard case .found(let paul) = await directory.person(named: "paul") else {
            Issue.record("not found")
            return
        }
        #expect(paul.groups.contains { $0.name == "Secret" }, "\(paul.groups.map(\.name))")
    }

    @Test("More members than one answer holds are read to the last, and so are more entries than one page")
    func manyMembers() async throws {
        var configuration = try OpenLDAPConfiguration.domain()
        configuration.limits.page = 100
        let directory = try OpenLDAPDirectory(configuration)
        defer { directory.stop() }
        let server = try #require(directory.servers.all.first)
        let counts = await directory.workforce.ask { worker, deadline -> Result<[Int], DirectoryFailure> in
            worker.onSomeServer(by: deadline) { _ throws(ConnectionFailure) in
                let group = SearchRequest(
                    base: "CN=Everybody,CN=Users,DC=plant,DC=example",
                    scope: .base,
                    // Samba sends all at once unless it is asked for a part, which domain controllers send unasked.
                    attributes: ["member;range=0-1499"]
                )
                let members = try worker.entries(group, on: server, by: deadline).first?.values["member"] ?? []
                let contacts = SearchRequest(
                    base: "DC=plant,DC=example",
                    filter: .equals("objectclass", "contact"),
                    attributes: []
                )
                return [Set(members).count, try worker.entries(contacts, on: server, by: deadline).count]
            }
        }
        let read = try counts.get()
        #expect(read == [1_601, 1_600])
    }

    @Test("A renamed person and a renamed group are the same as before")
    func renames() async throws {
        let directory = try OpenLDAPDirectory(.domain())
        defer { directory.stop() }
        guard case .found(let before) = await directory.person(named: "nina") else {
            Issue.record("not found")
            return
        }
        try Samba.change(
            """
            dn: CN=nina Test,CN=Users,DC=plant,DC=example
            changetype: modify
            replace: sAMAccountName
            sAMAccountName: nina.new

            dn: CN=nina Test,CN=Users,DC=plant,DC=example
            changetype: modrdn
            newrdn: CN=Nina New
            deleteoldrdn: 1

            dn: CN=Secret,CN=Users,DC=plant,DC=example
            changetype: modrdn
            newrdn: CN=Confidential
            deleteoldrdn: 1

            """
        )
        guard case .found(let after) = await directory.person(before.id) else {
            Issue.record("not found by identity")
            return
        }
        #expect(after.name == "nina.new" && after.id == before.id && after.dn != before.dn)
        #expect(after.groups.map(\.id) == before.groups.map(\.id))
        #expect(after.groups.contains { $0.name == "Confidential" } && before.groups.contains { $0.name == "Secret" })
        #expect(await directory.person(named: "nina") == .refused(.unknownUser))
        try Samba.change(
            "dn: CN=Confidential,CN=Users,DC=plant,DC=example\nchangetype: modrdn\nnewrdn: CN=Secret\ndeleteoldrdn: 1\n"
        )
    }

    @Test(
        "The gateway's own account by a Kerberos ticket of the domain",
        .enabled(if: Kerberos.missing == nil, "\(Kerberos.missing ?? "")"),
        arguments: [ServerAddress.Security.fromTheStart, .startTLS]
    )
    func ticket(security: ServerAddress.Security) async throws {
        // Its configuration knows the domain's realm, too.
        _ = try #require(Kerberos.folder)
        var configuration = try OpenLDAPConfiguration.domain(security: security)
        let keytab = try #require(Samba.folder).appending(path: "svcgw.keytab").path
        configuration.service = .ticket(principal: "svcgw@PLANT.EXAMPLE", keytab: keytab)
        let directory = try OpenLDAPDirectory(configuration)
        defer { directory.stop() }
        let outcome = await directory.authenticate(name: "alice", password: Password("Pw-alice-1"))
        guard case .authenticated(let alice) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(alice.groups.count == 6)
    }

    @Test("A trace shows the way to each group, though the token names them without one")
    func trace() async throws {
        let directory = try OpenLDAPDirectory(.domain())
        defer { directory.stop() }
        let lines = await directory.trace(named: "alice").steps.map(\.description)
        for line in [
            "fine: group: `Engineers` directly;", "fine: group: `PlantData` through `Engineers`, then `Quality`;",
            "fine: group: `Domain Users` as the primary group;",
        ] { #expect(lines.contains { $0.hasPrefix(line) }, "\(lines)") }
    }

    @Test(
        "Changes are pushed to an account that may do no more than read, and each is in force when it is told",
        .timeLimit(.minutes(1))
    )
    func pushed() async throws {
        let directory = try OpenLDAPDirectory(.domain())
        defer { directory.stop() }
        let base = "CN=Users,DC=plant,DC=example"
        try await ChangeOrder(server: "Samba AD", directory: directory, method: .notification, change: Samba.change)
            .run([
                .attribute("alice", "employeetype", "external", at: "CN=alice Test,\(base)"),
                .groupRemoved("alice", "Engineers", member: "CN=alice Test,\(base)", group: "CN=Engineers,\(base)"),
                .password(
                    "twin1",
                    from: "Pw-twin1-1",
                    to: "Pw-twin1-2",
                    "dn: CN=twin1 Test,\(base)\nchangetype: modify\nreplace: unicodePwd\n"
                        + "unicodePwd:: \(Data("\"Pw-twin1-2\"".utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }).base64EncodedString())\n"
                ),
                .accountDisabled(
                    "twin2",
                    "dn: CN=twin2 Test,\(base)\nchangetype: modify\nreplace: userAccountControl\nuserAccountControl: 514\n"
                ),
            ])
    }

    @Test("Where nothing is pushed, changes are seen by their numbers", .timeLimit(.minutes(1)))
    func polled() async throws {
        var configuration = try OpenLDAPConfiguration.domain()
        configuration.limits.polling = .milliseconds(200)
        let servers = ServerList(configuration.servers, limits: configuration.limits)
        let worker = Worker(number: 9, configuration: configuration, servers: servers)
        let (feed, pulse) = (ChangeFeed(servers), Pulse())
        pulse.begin(worker.lifeline.begin())
        var changes = feed.listen().makeAsyncIterator()
        let server = configuration.servers[0]
        let polling = Task { try await worker.poll(server, feed, pulse) }
        while let change = await changes.next(), change != .live(.polling) {}
        try Samba.change(
            "dn: CN=dave Test,CN=Users,DC=plant,DC=example\nchangetype: modify\nreplace: title\ntitle: Lead\n"
        )
        var told: DirectoryChange?
        while told == nil, let change = await changes.next() {
            if case .person = change { told = change }
        }
        pulse.stop()
        try await polling.value
    }
}
