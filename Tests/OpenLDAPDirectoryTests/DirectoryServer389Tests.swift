import Directory
import Foundation
import Testing

@testable import OpenLDAPDirectory

@Suite(
    "Signing in at a 389 Directory Server",
    .enabled(if: Dirsrv.missing == nil, "\(Dirsrv.missing ?? "")"),
    .dirsrv,
    .serialized
)
struct DirectoryServer389Tests {
    @Test(
        "A name and a password",
        arguments: [
            ("anna", "demo-anna", nil), ("anna@plant.example", "demo-anna", nil), ("anna", "demo", .wrongPassword),
            ("anna", "", .emptyPassword), ("nobody", "demo-anna", .unknownUser), ("dora", "demo-dora", .disabled),
            ("ANNA", "demo-anna", nil), ("*", "demo-anna", .unknownUser), ("anna)(uid=*", "demo-anna", .unknownUser),
            ("uid=anna,ou=people,dc=plant,dc=example", "demo-anna", .unknownUser),
            (#"PLANT\anna"#, "demo-anna", nil), (#"OTHER\anna"#, "demo-anna", .malformedName),
            ("twins@plant.example", "demo-twin1", .ambiguousUser), ("old", "demo-old", .passwordExpired),
        ] as [(String, String, AuthenticationRefusal?)]
    )
    func signIn(name: String, password: String, refusal: AuthenticationRefusal?) async throws {
        try await OpenLDAPConfiguration.dirsrv().expectSignIn(name, password, as: "anna", orRefused: refusal)
    }

    @Test(
        "Nested groups by each way to find them, over LDAPS and StartTLS",
        arguments: [GroupSearch.Method.automatic, .members, .memberOf],
        [ServerAddress.Security.fromTheStart, .startTLS]
    )
    func groups(method: GroupSearch.Method, security: ServerAddress.Security) async throws {
        var configuration = try OpenLDAPConfiguration.dirsrv(security: security)
        configuration.groups.method = method
        let directory = try OpenLDAPDirectory(configuration)
        defer { directory.stop() }
        let ben = try await directory.found("ben")
        #expect(ben.groups.map(\.name).sorted() == ["engineers", "press-shop"])
        #expect(await directory.person(ben.id) == .found(ben))
    }

    @Test("By what a certificate says, and by the certificate itself")
    func keys() async throws {
        let mine = try PersonKeyTests.certificate()
        let other = try PersonKeyTests.certificate()
        try Dirsrv.change(
            """
            dn: uid=anna,ou=people,dc=plant,dc=example
            changetype: modify
            add: userCertificate;binary
            userCertificate;binary:: \(Data(mine).base64EncodedString())

            """
        )
        let directory = try OpenLDAPDirectory(.dirsrv())
        defer { directory.stop() }
        func found(_ der: [UInt8]) async -> String? {
            let key = CertificateKey(der: der, serial: "0A1B2C3D4E5F60718293", issuer: #"CN=a \"b\" {c}"#)
            guard case .found(let person) = await directory.person(matching: [.certificate(key)]) else { return nil }
            return person.name
        }
        #expect(await found(mine) == "anna")
        #expect(await found(other) == nil)
        guard case .found(let anna) = await directory.person(matching: [.attribute("mail", "anna@plant.example")])
        else {
            Issue.record("not found")
            return
        }
        #expect(anna.name == "anna")
    }

    @Test("A renamed person and a renamed group are the same as before")
    func renames() async throws {
        let directory = try OpenLDAPDirectory(.dirsrv())
        defer { directory.stop() }
        let before = try await directory.found("twin1")
        try Dirsrv.change(
            """
            dn: uid=twin1,ou=people,dc=plant,dc=example
            changetype: modrdn
            newrdn: uid=single
            deleteoldrdn: 1

            dn: cn=twins,ou=groups,dc=plant,dc=example
            changetype: modrdn
            newrdn: cn=pairs
            deleteoldrdn: 1

            """
        )
        guard case .found(let after) = await directory.person(before.id) else {
            Issue.record("not found by identity")
            return
        }
        #expect(after.name == "single" && after.id == before.id)
        #expect(before.groups.map(\.name) == ["twins"] && after.groups.map(\.name) == ["pairs"])
        #expect(after.groups.map(\.id) == before.groups.map(\.id))
    }

    @Test("Small pages bring the same groups")
    func pages() async throws {
        var configuration = try OpenLDAPConfiguration.dirsrv()
        configuration.limits.page = 1
        let directory = try OpenLDAPDirectory(configuration)
        defer { directory.stop() }
        let anna = try await directory.found("anna")
        #expect(anna.groups.map(\.name) == ["engineers"])
    }

    @Test(
        "Changes are pushed, and each is in force when it is told",
        .timeLimit(.minutes(15))
    )
    func pushed() async throws {
        let people = "ou=people,dc=plant,dc=example"
        try await ChangeOrder(
            server: "389 DS",
            configuration: .dirsrv(),
            method: .syncrepl,
            marker: "uid=old,\(people)",
            change: Dirsrv.change
        ).run([
            .attribute("eva", "employeetype", "external", at: "uid=eva,\(people)"),
            .groupRemoved(
                "eva",
                "press-shop",
                member: "uid=eva,\(people)",
                group: "cn=press-shop,ou=groups,dc=plant,dc=example"
            ),
            .password(
                "eva",
                from: "demo-eva",
                to: "demo-eva-2",
                "dn: uid=eva,\(people)\nchangetype: modify\nreplace: userPassword\nuserPassword: demo-eva-2\n"
            ),
            .accountDisabled(
                "eva",
                "dn: uid=eva,\(people)\nchangetype: modify\nreplace: nsAccountLock\nnsAccountLock: true\n"
            ),
            .deleted("eva", at: "uid=eva,\(people)"),
        ])
    }

    @Test(
        "Where the plugin for synchronisation is off, changes are pushed by persistent search",
        .timeLimit(.minutes(15))
    )
    func persistentSearch() async throws {
        let configuration = try OpenLDAPConfiguration.dirsrv()
        var loose = LooseWatch(configuration)
        let (worker, server, feed, pulse) = (loose.worker, loose.server, loose.feed, loose.pulse)
        let watching = Task { try await worker.follow(.persistentSearch, on: server, feed, pulse) }
        await loose.hear { $0 == .live(.persistentSearch) }
        try Dirsrv.change(
            "dn: uid=dora,ou=people,dc=plant,dc=example\nchangetype: modify\nreplace: title\ntitle: Lead\n"
        )
        let begin = ContinuousClock.now
        await loose.hear(\.isPerson)
        print("389 DS: told by persistent search \(begin.duration(to: .now)) after the change")
        try Dirsrv.change(
            "dn: cn=twins2,ou=groups,dc=plant,dc=example\nchangetype: add\nobjectClass: groupOfNames\ncn: twins2\n"
        )
        await loose.hear { $0 == .membership }
        pulse.stop()
        #expect(try await watching.value == nil)
    }

    @Test("A sign-in is no change, or each would undo itself", .timeLimit(.minutes(15)))
    func signInIsNoChange() async throws {
        let watched = try await WatchedDirectory(.dirsrv())
        defer { watched.stop() }
        let anna = try await watched.directory.signedIn("anna", "demo-anna")
        try Dirsrv.change(
            "dn: uid=dora,ou=people,dc=plant,dc=example\nchangetype: modify\nreplace: title\ntitle: Head\n"
        )
        #expect(await watched.next(\.isPerson) != .person(anna.id))
    }

    @Test("After too many wrong passwords the account is locked, and the reason is known")
    func lockout() async throws {
        let directory = try OpenLDAPDirectory(.dirsrv())
        defer { directory.stop() }
        for _ in 0..<3 { _ = await directory.authenticate(name: "ben", password: Password("no")) }
        #expect(await directory.authenticate(name: "ben", password: Password("demo-ben")) == .refused(.locked))
    }
}
