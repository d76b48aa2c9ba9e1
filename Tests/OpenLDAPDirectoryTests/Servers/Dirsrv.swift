import Directory
import Foundation
import Glibc
import OpenLDAPDirectory
import Programs
import Testing

/// A 389 Directory Server with a few people.
enum Dirsrv {
    /// The server that runs for the suite at hand.
    @TaskLocal static var current: ServerProcess?

    /// Why there can be no server on this machine; `nil` if there can.
    static let missing: String? = {
        guard geteuid() == 0 else { return "an instance of 389 Directory Server is made as root" }
        for program in ["ns-slapd", "dscreate", "dsctl", "ldapmodify", "openssl"]
        where Programs.find(program) == nil {
            return "\(program) is not installed (Debian: apt-get install 389-ds-base python3-lib389 ldap-utils openssl)"
        }
        return nil
    }()

    static let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "dirsrv").path

    /// Changes entries as the administrator.
    static func change(_ ldif: String) throws {
        let server = try #require(Self.current)
        let (shell, tool) = ("/bin/sh", try #require(Programs.find("ldapmodify")))
        let command =
            "LDAPTLS_CACERT='\(server.authorities)' \(tool) -x -H ldaps://127.0.0.1:\(server.ldaps) "
            + "-D 'cn=Directory Manager' -w Secret-4711"
        try Programs.run(shell, ["-c", command], input: ldif)
    }
}

/// Runs a 389 Directory Server for the length of a suite.
struct WithDirsrv: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @Sendable () async throws -> Void
    ) async throws {
        let folder = URL(filePath: "/tmp/stile-\(String(UInt32.random(in: .min ... .max), radix: 36))")
        let server = ServerProcess(
            folder: folder,
            ldaps: Programs.freePort(),
            ldap: Programs.freePort()
        )
        defer {
            _ = try? Programs.run(Dirsrv.script, ["stop", folder.path])
            try? FileManager.default.removeItem(at: folder)
        }
        try await ServerProcess.apart {
            try Programs.run(Dirsrv.script, ["start", folder.path, "\(server.ldap)", "\(server.ldaps)"])
        }
        try await Dirsrv.$current.withValue(server) { try await function() }
    }
}

extension Trait where Self == WithDirsrv {
    /// The suite runs against a 389 Directory Server of its own.
    static var dirsrv: WithDirsrv { WithDirsrv() }
}

extension OpenLDAPConfiguration {
    /// How the 389 Directory Server is asked.
    static func dirsrv(security: ServerAddress.Security = .fromTheStart) throws -> OpenLDAPConfiguration {
        let server = try #require(Dirsrv.current)
        var configuration = try OpenLDAPConfiguration.company(server, security: security)
        let stile = try DistinguishedName("cn=stile,ou=services,dc=plant,dc=example")
        configuration.service = .password(dn: stile, file: server.folder.appending(path: "password").path)
        return configuration
    }
}
