import Directory
import Foundation
import OpenLDAPDirectory
import Testing

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
            (.automatic, ["Domain Users", "Engineers", "PlantData", "Quality", "Users"]),
            (.tokenGroups, ["Domain Users", "Engineers", "PlantData", "Quality", "Users"]),
            (.inChain, ["Domain Users", "Engineers", "PlantData", "Quality", "Users"]),
            (.members, ["Engineers", "PlantData", "Quality"]),
            (.memberOf, ["Engineers", "PlantData", "Quality"]),
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
        "Changes are seen by asking now and then, and the watch says that it is no more than that",
        .timeLimit(.minutes(1))
    )
    func polling() async throws {
        var configuration = try OpenLDAPConfiguration.domain()
        configuration.limits.polling = .milliseconds(300)
        let directory = try OpenLDAPDirectory(configuration)
        defer { directory.stop() }
        let watch = OpenLDAPWatch(directory)
        defer { watch.stop() }
        var changes = watch.changes().makeAsyncIterator()
        while let change = await changes.next(), change != .live(.polling) {}
        guard case .found(let alice) = await directory.person(named: "alice") else {
            Issue.record("not found")
            return
        }
        let folder = try #require(Samba.folder).path
        let change = "dn: CN=alice Test,CN=Users,DC=plant,DC=example\nchangetype: modify\nreplace: title\ntitle: Lead\n"
        let tool = try #require(ServerProcess.find("ldbmodify"))
        try ServerProcess.run(tool, ["-H", "\(folder)/dc/private/sam.ldb"], input: change)
        while let change = await changes.next(), change != .person(alice.id) {}
    }
}
