import Directory
import OpenLDAPDirectory
import Testing

@Suite(
    "The gateway's own account by Kerberos",
    .enabled(if: Slapd.missing == nil, "\(Slapd.missing ?? "")"),
    .enabled(if: Kerberos.missing == nil, "\(Kerberos.missing ?? "")"),
    .kerberos,
    .slapd
)
struct ServiceIdentityTests {
    private static func signIn(principal: String, keytab: String) async throws -> AuthenticationOutcome {
        var configuration = try OpenLDAPConfiguration.company()
        configuration.service = .ticket(principal: principal, keytab: keytab)
        let directory = try OpenLDAPDirectory(configuration)
        defer { directory.stop() }
        return await directory.authenticate(name: "anna", password: Password("demo-anna"))
    }

    @Test("A principal and its keytab are let in, over LDAPS and over StartTLS", arguments: [true, false])
    func ticket(fromTheStart: Bool) async throws {
        var configuration = try OpenLDAPConfiguration.company(security: fromTheStart ? .fromTheStart : .startTLS)
        configuration.service = .ticket(principal: "stile@PLANT.TEST", keytab: try Kerberos.keytab)
        let directory = try OpenLDAPDirectory(configuration)
        defer { directory.stop() }
        guard
            case .authenticated(let anna) = await directory.authenticate(name: "anna", password: Password("demo-anna"))
        else {
            Issue.record("not signed in: \(await directory.check())")
            return
        }
        // Only the gateway's own account may read entries of others.
        #expect(anna.groups.count == 4)
    }

    @Test(
        "What is wrong with a keytab is said",
        arguments: [
            ("stile@PLANT.TEST", "/nowhere/stile.keytab", "the keytab `/nowhere/stile.keytab` cannot be read"),
            ("other@PLANT.TEST", nil, "no ticket for `other@PLANT.TEST`: "),
        ] as [(String, String?, String)]
    )
    func broken(principal: String, keytab: String?, reason: String) async throws {
        let outcome = try await Self.signIn(principal: principal, keytab: try keytab ?? Kerberos.keytab)
        guard case .unavailable(.serviceRefused(let said)) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(said.hasPrefix(reason), "\(said)")
    }
}
