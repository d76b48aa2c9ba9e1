import Directory
import Foundation
import OpenLDAPDirectory
import Programs
import Testing

/// An OpenLDAP server with the sample company, started by the script that the demo uses too.
enum Slapd {
    /// The server that runs for the suite at hand.
    @TaskLocal static var current: ServerProcess?

    /// What servers find in their environment besides ours.
    @TaskLocal static var environment: [String: String] = [:]

    /// Why there can be no server on this machine; `nil` if there can.
    static let missing: String? = {
        for program in ["slapd", "ldapadd", "openssl"] where Programs.find(program) == nil {
            return "\(program) is not installed (Debian: apt-get install slapd ldap-utils openssl)"
        }
        return nil
    }()

    private static let script = ServerProcess.repository.appending(path: "deploy/slapd").path

    /// Starts a server in a new folder.
    ///
    /// - Parameter arguments: More arguments for the script.
    /// - Returns: Where it is.
    /// - Throws: ``Programs/Failed`` if it did not start.
    static func start(_ arguments: [String] = []) throws -> ServerProcess {
        // The path of a Unix socket is short, so the folder's name is too.
        let folder = URL(filePath: "/tmp/stile-\(String(UInt32.random(in: .min ... .max), radix: 36))")
        let server = ServerProcess(
            folder: folder,
            ldaps: Programs.freePort(),
            ldap: Programs.freePort()
        )
        let more = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "more.ldif").path
        try Self.start(server, with: ["--ldif", more] + arguments)
        return server
    }

    /// Stops a server and removes its folder.
    static func remove(_ server: ServerProcess) {
        try? Self.stop(server)
        try? FileManager.default.removeItem(at: server.folder)
    }

    /// Starts a server again that was stopped.
    static func start(_ server: ServerProcess, with arguments: [String] = []) throws {
        let ports = ["--ldap", "\(server.ldap)", "--ldaps", "\(server.ldaps)"]
        try Programs.run(
            Self.script,
            ["start", server.folder.path] + ports + arguments,
            environment: Self.environment
        )
    }

    /// Stops a server and keeps its folder.
    static func stop(_ server: ServerProcess) throws {
        try Programs.run(Self.script, ["stop", server.folder.path])
    }

    /// Changes entries as the administrator.
    static func change(_ ldif: String) throws {
        let server = try #require(Self.current)
        let tool = try #require(Programs.find("ldapmodify"))
        try Programs.run(tool, ["-Q", "-Y", "EXTERNAL", "-H", server.socket], input: ldif)
    }
}

/// Runs a server for the length of a suite.
struct WithSlapd: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @Sendable () async throws -> Void
    ) async throws {
        let environment = Slapd.environment
        let server = try await ServerProcess.apart {
            try Slapd.$environment.withValue(environment) { try Slapd.start() }
        }
        defer { Slapd.remove(server) }
        try await Slapd.$current.withValue(server) { try await function() }
    }
}

extension Trait where Self == WithSlapd {
    /// The suite runs against a server of its own.
    static var slapd: WithSlapd { WithSlapd() }
}

extension OpenLDAPConfiguration {
    /// How the sample company is asked.
    static func company(
        _ server: ServerProcess? = Slapd.current,
        security: ServerAddress.Security = .fromTheStart
    ) throws -> OpenLDAPConfiguration {
        let server = try #require(server)
        let base = try DistinguishedName("dc=plant,dc=example")
        var configuration = OpenLDAPConfiguration(
            servers: [
                ServerAddress(
                    security: security,
                    host: "127.0.0.1",
                    port: security == .fromTheStart ? server.ldaps : server.ldap
                )
            ],
            trust: DirectoryTrust(authorities: server.authorities),
            service: .password(
                dn: try DistinguishedName("cn=stile,ou=services,dc=plant,dc=example"),
                file: server.passwordFile
            ),
            people: PeopleSearch(
                bases: [base],
                domains: ["plant"],
                attributes: ["employeetype", "departmentnumber"],
                disabledWhen: [AttributeMark(attribute: "employeetype", value: "left")]
            ),
            groups: GroupSearch(bases: [try DistinguishedName("ou=groups,dc=plant,dc=example")])
        )
        configuration.limits = .patient
        return configuration
    }
}

extension DirectoryLimits {
    /// Limits that decide nothing, however slow and busy the machine; a test that is about a limit sets that one.
    static var patient: DirectoryLimits {
        var limits = DirectoryLimits()
        let never = Duration.seconds(900)
        (limits.connect, limits.operation, limits.total) = (never, never, never)
        (limits.probe, limits.silence) = (never, never)
        limits.refusal = .milliseconds(1)
        return limits
    }
}
