import Directory
import Foundation
import OpenLDAPDirectory
import Testing

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
        ] as [(String, String, AuthenticationRefusal?)]
    )
    func signIn(name: String, password: String, refusal: AuthenticationRefusal?) async throws {
        let directory = try OpenLDAPDirectory(.dirsrv())
        defer { directory.stop() }
        switch await directory.authenticate(name: name, password: Password(password)) {
        case .authenticated(let person): #expect(refusal == nil && person.name == "anna")
        case .refused(let reason): #expect(reason == refusal)
        case .unavailable(let failure): Issue.record("\(failure)")
        }
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
        guard case .found(let ben) = await directory.person(named: "ben") else {
            Issue.record("not found")
            return
        }
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

    @Test("Changes are pushed within a second", .timeLimit(.minutes(1)))
    func watch() async throws {
        let directory = try OpenLDAPDirectory(.dirsrv())
        defer { directory.stop() }
        let watch = OpenLDAPWatch(directory)
        defer { watch.stop() }
        var changes = watch.changes().makeAsyncIterator()
        while let change = await changes.next(), change != .live(.syncrepl) {}
        guard case .found(let anna) = await directory.person(named: "anna") else {
            Issue.record("not found")
            return
        }
        let begin = ContinuousClock.now
        try Dirsrv.change(
            "dn: uid=anna,ou=people,dc=plant,dc=example\nchangetype: modify\nreplace: title\ntitle: Lead\n"
        )
        while let change = await changes.next(), change != .person(anna.id) {}
        #expect(begin.duration(to: .now) < .seconds(1))
    }

    @Test("After too many wrong passwords the account is locked, and the reason is known")
    func lockout() async throws {
        let directory = try OpenLDAPDirectory(.dirsrv())
        defer { directory.stop() }
        for _ in 0..<3 { _ = await directory.authenticate(name: "ben", password: Password("no")) }
        #expect(await directory.authenticate(name: "ben", password: Password("demo-ben")) == .refused(.locked))
    }
}
