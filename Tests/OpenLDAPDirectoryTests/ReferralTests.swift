import Directory
import Foundation
import Programs
import Testing

@testable import OpenLDAPDirectory

@Suite("Answers that lead to other servers")
struct ReferralTests {
    @Test(
        "A URL says where to go on, and nothing else of it counts",
        arguments: [
            ("ldap://dc2.plant.example/ou=abroad,dc=plant,dc=example??sub", "dc2.plant.example", nil, .subtree),
            ("ldaps://DC2.plant.example:6360/OU=Abroad,dc=plant,dc=example", "dc2.plant.example", 6_360, nil),
            ("ldap://[::1]/ou=abroad,dc=plant,dc=example??one?(uid=*)", "::1", nil, .children),
            ("ldap://[::1]:3890/ou=%61broad,dc=plant,dc=example??base", "::1", 3_890, .base),
        ] as [(String, String, UInt16?, SearchRequest.Scope?)]
    )
    func urls(text: String, host: String, port: UInt16?, scope: SearchRequest.Scope?) throws {
        let url = try #require(ReferralURL(text))
        #expect(url.host == host && url.port == port && url.scope == scope)
        #expect(try url.base == DistinguishedName("ou=abroad,dc=plant,dc=example"))
    }

    @Test("A URL without a base keeps the question's own")
    func withoutBase() throws {
        #expect(try #require(ReferralURL("ldap://x")).base == nil)
        #expect(try #require(ReferralURL("ldap://x/??sub")).base == nil)
    }

    @Test(
        "What is no URL of a directory leads nowhere",
        arguments: [
            "", "ldap://", "ldap:///dc=x", "http://x/dc=y", "ldapi://%2Ftmp/dc=x", "ldap://u@x/dc=y", "ldap://x:0/dc=y",
            "ldap://x/uid", "ldap://x/dc=%4", "ldap://x/dc=%zz", "ldap://x/dc=%+1", "ldap://x/dc=%ff",
            "ldap://x/dc=y??all",
            "ldap://x/dc=y????!bindname=cn=evil", "ldap://x/dc=" + String(repeating: "y", count: 5_000),
        ]
    )
    func broken(text: String) {
        #expect(ReferralURL(text) == nil)
    }
}

@Suite(
    "Following answers to other servers",
    .enabled(if: Slapd.missing == nil, "\(Slapd.missing ?? "")"),
    .slapd,
    .serialized
)
struct FollowingTests {
    /// Adds a branch to the suite's server that stands on another one.
    private static func refer(_ branch: String, to target: String) throws {
        try Slapd.change(
            """
            dn: ou=\(branch),dc=plant,dc=example
            changetype: add
            objectClass: referral
            objectClass: extensibleObject
            ou: \(branch)
            ref: \(target)

            """
        )
    }

    private static func remove(_ branch: String) {
        guard let server = Slapd.current, let tool = Programs.find("ldapdelete") else { return }
        let name = "ou=\(branch),dc=plant,dc=example"
        _ = try? Programs.run(tool, ["-Q", "-M", "-Y", "EXTERNAL", "-H", server.socket, name])
    }

    /// A second server, which has a branch with Zoe in it, and knows the gateway by the same password.
    private static func abroad() async throws -> ServerProcess {
        let home = try #require(Slapd.current)
        let certificates = home.folder.appending(path: "tls").path
        let server = try await ServerProcess.apart { try Slapd.start(["--tls", certificates]) }
        let password = try String(contentsOfFile: home.passwordFile, encoding: .utf8)
        try Slapd.$current.withValue(server) {
            try Slapd.change(
                """
                dn: cn=stile,ou=services,dc=plant,dc=example
                changetype: modify
                replace: userPassword
                userPassword: \(password)

                dn: ou=abroad,dc=plant,dc=example
                changetype: add
                objectClass: organizationalUnit
                ou: abroad

                dn: uid=zoe,ou=abroad,dc=plant,dc=example
                changetype: add
                objectClass: inetOrgPerson
                uid: zoe
                cn: Zoe
                sn: Zoe
                userPassword: demo-zoe

                """
            )
        }
        return server
    }

    private static func signIn(
        _ name: String,
        following referrals: ReferralFollowing?
    ) async throws -> AuthenticationOutcome {
        var configuration = try OpenLDAPConfiguration.company()
        configuration.referrals = referrals
        let directory = try OpenLDAPDirectory(configuration)
        defer { directory.stop() }
        return await directory.authenticate(name: name, password: Password("demo-\(name)"))
    }

    @Test("Whoever stands on a listed server is found and signs in there; by default nobody is")
    func followed() async throws {
        let abroad = try await Self.abroad()
        defer { Slapd.remove(abroad) }
        try Self.refer("abroad", to: "ldap://127.0.0.1:\(abroad.ldap)/ou=abroad,dc=plant,dc=example??sub")
        defer { Self.remove("abroad") }
        #expect(try await Self.signIn("zoe", following: nil) == .refused(.unknownUser))
        // Listed with the security that the list says: the answer's `ldap://` becomes StartTLS.
        let listed = ServerAddress(security: .startTLS, host: "127.0.0.1", port: abroad.ldap)
        guard case .authenticated(let zoe) = try await Self.signIn("zoe", following: .init(servers: [listed])) else {
            Issue.record("Zoe was not signed in")
            return
        }
        #expect(zoe.name == "zoe")
        // Who is at home stays there.
        guard case .authenticated = try await Self.signIn("anna", following: .init(servers: [listed])) else {
            Issue.record("Anna was not signed in")
            return
        }
    }

    @Test("A server that is not listed is not even connected to", arguments: [true, false])
    func unlisted(isOn: Bool) async throws {
        let stranger = try OddServer(.closing)
        defer { stranger.stop() }
        try Self.refer("strange", to: "ldap://127.0.0.1:\(stranger.port)/ou=strange,dc=plant,dc=example??sub")
        defer { Self.remove("strange") }
        let other = ServerAddress(security: .startTLS, host: "127.0.0.1", port: Programs.freePort())
        #expect(try await Self.signIn("zoe", following: isOn ? .init(servers: [other]) : nil) == .refused(.unknownUser))
        #expect(stranger.connections == 0)
    }

    @Test("A listed server that is down makes the answer no answer, and the first server is not blamed")
    func down() async throws {
        let port = Programs.freePort()
        try Self.refer("asleep", to: "ldap://127.0.0.1:\(port)/ou=asleep,dc=plant,dc=example??sub")
        defer { Self.remove("asleep") }
        var configuration = try OpenLDAPConfiguration.company()
        configuration.referrals = .init(servers: [ServerAddress(security: .startTLS, host: "127.0.0.1", port: port)])
        let directory = try OpenLDAPDirectory(configuration)
        defer { directory.stop() }
        let outcome = await directory.authenticate(name: "anna", password: Password("demo-anna"))
        guard case .unavailable(.operation(code: ResultCode.referral, let message)) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(message.contains("127.0.0.1:\(port)"))
        #expect(directory.health().servers.map(\.state) == [.up])
    }

    @Test("An answer that leads further than may be followed is no answer")
    func tooFar() async throws {
        let abroad = try await Self.abroad()
        defer { Slapd.remove(abroad) }
        try Self.refer("abroad", to: "ldap://127.0.0.1:\(abroad.ldap)/ou=abroad,dc=plant,dc=example??sub")
        defer { Self.remove("abroad") }
        let third = ServerAddress(security: .startTLS, host: "127.0.0.1", port: Programs.freePort())
        try Slapd.$current.withValue(abroad) {
            try Self.refer(
                "further,ou=abroad",
                to: "ldap://127.0.0.1:\(third.port)/ou=further,dc=plant,dc=example??sub"
            )
        }
        let listed = [ServerAddress(security: .startTLS, host: "127.0.0.1", port: abroad.ldap), third]
        let outcome = try await Self.signIn("zoe", following: .init(servers: listed, hops: 1))
        guard case .unavailable(.operation(code: ResultCode.referral, let message)) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(message.contains("by more than 1 steps"))
    }

    @Test("Servers that point at each other come to an end", .timeLimit(.minutes(15)))
    func circle() async throws {
        let home = try #require(Slapd.current)
        let abroad = try await Self.abroad()
        defer { Slapd.remove(abroad) }
        try Self.refer("abroad", to: "ldap://127.0.0.1:\(abroad.ldap)/dc=plant,dc=example??sub")
        defer { Self.remove("abroad") }
        try Slapd.$current.withValue(abroad) {
            try Self.refer("back", to: "ldap://127.0.0.1:\(home.ldap)/dc=plant,dc=example??sub")
        }
        let listed = [home, abroad].map { ServerAddress(security: .startTLS, host: "127.0.0.1", port: $0.ldap) }
        // Both know an Anna under the same name, so there is one hit; the other Anna's identity is never asked for.
        let outcome = try await Self.signIn("zoe", following: .init(servers: listed, hops: 8))
        guard case .authenticated = outcome else {
            Issue.record("\(outcome)")
            return
        }
    }
}
