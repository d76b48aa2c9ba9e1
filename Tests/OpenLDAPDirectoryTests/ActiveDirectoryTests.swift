import Directory
import Foundation
import GSSAPINegotiation
import KerberosInitiator
import Programs
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
        try await OpenLDAPConfiguration.domain().expectSignIn(name, password, as: "alice", orRefused: refusal)
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
        let alice = try await directory.found("alice")
        #expect(alice.groups.map(\.name).sorted() == expected)
        #expect(alice.groups.allSatisfy { $0.id.objectSid != nil })
        #expect(await directory.person(alice.id) == .found(alice))
    }

    @Test("StartTLS works, and without TLS nothing does")
    func startTLS() async throws {
        let directory = try OpenLDAPDirectory(.domain(security: .startTLS))
        defer { directory.stop() }
        _ = try await directory.signedIn("bob", "Pw-bob-1")
    }

    @Test("After too many wrong passwords the account is locked, and the reason is known")
    func lockout() async throws {
        let directory = try OpenLDAPDirectory(.domain())
        defer { directory.stop() }
        for _ in 0..<4 {
            #expect(await directory.authenticate(name: "bob", password: Password("no")) == .refused(.wrongPassword))
        }
        #expect(await directory.authenticate(name: "bob", password: Password("Pw-bob-1")) == .refused(.locked))
        let bob = try await directory.found("bob")
        #expect(bob.account == .locked(until: nil))
    }

    @Test("A check finds a domain controller as it should be")
    func check() async throws {
        let directory = try OpenLDAPDirectory(.domain())
        defer { directory.stop() }
        let findings = await directory.check()
        #expect(findings.allSatisfy { $0.severity == .fine }, "\(findings)")
        #expect(findings.first?.message.hasPrefix("Active Directory") == true)
    }

    @Test("A check warns when the gateway may not see what was deleted")
    func checkDeletions() async throws {
        var configuration = try OpenLDAPConfiguration.domain()
        let file = try #require(Samba.folder).appending(path: "alice.password").path
        try Data("Pw-alice-1\n".utf8).write(to: URL(filePath: file))
        let alice = try DistinguishedName("CN=alice Test,CN=Users,DC=plant,DC=example")
        configuration.service = .password(dn: alice, file: file)
        let directory = try OpenLDAPDirectory(configuration)
        defer { directory.stop() }
        let warnings = await directory.check().filter { $0.severity == .warning }
        #expect(warnings.count == 1 && warnings[0].remedy?.contains("LC and RP") == true, "\(warnings)")
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
        let paul = try await directory.found("paul")
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
        let before = try await directory.found("nina")
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
        _ = try Realm.shared
        var configuration = try OpenLDAPConfiguration.domain(security: security)
        let keytab = try #require(Samba.folder).appending(path: "svcgw.keytab").path
        configuration.service = .ticket(principal: "svcgw@PLANT.EXAMPLE", keytab: keytab)
        let directory = try OpenLDAPDirectory(configuration)
        defer { directory.stop() }
        let alice = try await directory.signedIn("alice", "Pw-alice-1")
        #expect(alice.groups.count == 6)
    }

    @Test(
        "A person of the domain is let in by a ticket, and is the one whom the directory knows",
        .enabled(if: Kerberos.missing == nil, "\(Kerberos.missing ?? "")"),
        arguments: [Initiator.Manner.negotiated, .direct]
    )
    func personByTicket(manner: Initiator.Manner) async throws {
        _ = try Realm.shared
        let folder = try #require(Samba.folder)
        let replays = folder.appending(path: "replays-\(UInt32.random(in: .min ... .max))").path
        let desk = try KerberosDesk(keytab: folder.appending(path: "http.keytab").path, replays: replays)
        let cache = try Samba.ticket(of: "alice", password: "Pw-alice-1")
        let client = try Initiator(cache: cache, to: "HTTP@localhost", manner)
        guard case .accepted(let known, let answer) = desk.begin().take(try client.next()) else {
            Issue.record("not accepted")
            return
        }
        _ = try client.next(answer)
        #expect(client.isSure)
        #expect(known.principal == "alice@PLANT.EXAMPLE")
        let directory = try OpenLDAPDirectory(.domain())
        defer { directory.stop() }
        let name = AssertionValue(known.principal)
        guard case .found(let alice) = await directory.person(matching: [.attribute("userprincipalname", name)]) else {
            Issue.record("not found")
            return
        }
        #expect(alice.name == "alice" && alice.groups.count == 6)
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
        .timeLimit(.minutes(15))
    )
    func pushed() async throws {
        let base = "CN=Users,DC=plant,DC=example"
        try await ChangeOrder(
            server: "Samba AD",
            configuration: .domain(),
            method: .notification,
            marker: "CN=mia Test,CN=Users,DC=plant,DC=example",
            change: Samba.change
        ).run([
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
            .deleted("twin2", at: "CN=twin2 Test,\(base)"),
        ])
    }

    @Test("Whoever is moved out of the bases is told, alone and with the whole unit", .timeLimit(.minutes(15)))
    func movedAway() async throws {
        let (domain, base) = ("DC=plant,DC=example", "OU=Staff,DC=plant,DC=example")
        try Samba.change(
            """
            dn: \(base)
            changetype: add
            objectClass: organizationalUnit

            dn: OU=Press,\(base)
            changetype: add
            objectClass: organizationalUnit

            dn: CN=otto Test,CN=Users,\(domain)
            changetype: modrdn
            newrdn: CN=otto Test
            deleteoldrdn: 1
            newsuperior: \(base)

            dn: CN=carol Test,CN=Users,\(domain)
            changetype: modrdn
            newrdn: CN=carol Test
            deleteoldrdn: 1
            newsuperior: OU=Press,\(base)

            """
        )
        var configuration = try OpenLDAPConfiguration.domain()
        configuration.people.bases = [try DistinguishedName(base)]
        try await ChangeOrder(
            server: "Samba AD",
            configuration: configuration,
            method: .notification,
            marker: "CN=mia Test,CN=Users,DC=plant,DC=example",
            change: Samba.change
        ).run([
            .movedAway("otto", at: "CN=otto Test,\(base)", to: "CN=Users,\(domain)"),
            .movedAway("carol", at: "OU=Press,\(base)", to: domain),
        ])
    }

    @Test("Where nothing is pushed, changes are seen by their numbers", .timeLimit(.minutes(15)))
    func polled() async throws {
        var configuration = try OpenLDAPConfiguration.domain()
        configuration.limits.polling = .milliseconds(200)
        var loose = LooseWatch(configuration)
        let (worker, server, feed, pulse) = (loose.worker, loose.server, loose.feed, loose.pulse)
        let polling = Task { try await worker.poll(server, feed, pulse) }
        await loose.hear { $0 == .live(.polling) }
        try Samba.change(
            "dn: CN=dave Test,CN=Users,DC=plant,DC=example\nchangetype: modify\nreplace: title\ntitle: Lead\n"
        )
        await loose.hear(\.isPerson)
        let directory = try OpenLDAPDirectory(configuration)
        defer { directory.stop() }
        let mia = try await directory.found("mia")
        try Samba.change("dn: CN=mia Test,CN=Users,DC=plant,DC=example\nchangetype: delete\n")
        await loose.hear { $0 == .person(mia.id) }
        pulse.stop()
        try await polling.value
    }
}
