import Directory
import Foundation
import Glibc
import OpenLDAPDirectory
import Programs
import Testing

/// A Samba server as a domain controller of Active Directory.
enum Samba {
    /// Where its files are, while one runs for the suite at hand.
    @TaskLocal static var folder: URL?

    /// A loopback address that nobody else uses.
    static let address = "127.0.5.1"

    /// Why there can be no server on this machine; `nil` if there can.
    static let missing: String? = {
        guard geteuid() == 0 else { return "a domain controller has fixed ports, for which this has to run as root" }
        for program in ["samba", "samba-tool", "ldbmodify", "ldapmodify", "openssl"]
        where Programs.find(program) == nil {
            return "\(program) is not installed (Debian: apt-get install samba samba-dsdb-modules samba-vfs-modules "
                + "samba-ad-provision ldb-tools ldap-utils)"
        }
        // Somebody else's directory or KDC, which listens on every address of the machine.
        for port: UInt16 in [88, 389, 464, 636, 3268, 3269] where !Programs.canListen(on: port, at: 0x7F00_0501) {
            return "a domain controller needs port \(port) of \(Self.address), where something else listens"
        }
        return nil
    }()

    /// Changes entries as the administrator, over LDAP as administrators do.
    static func change(_ ldif: String) throws {
        let folder = try #require(Self.folder).path
        let tool = try #require(Programs.find("ldapmodify"))
        let command =
            "LDAPTLS_CACERT='\(folder)/tls/ca.pem' \(tool) -x -H ldaps://\(Self.address) "
            + "-D administrator@plant.example -w 'Passw0rd!x'"
        try Programs.run("/bin/sh", ["-c", command], input: ldif)
    }

    /// A ticket of somebody's, got from the domain controller as a person's own computer gets it.
    ///
    /// - Returns: The file with the ticket.
    static func ticket(of name: String, password: String) throws -> String {
        let (file, tool) = (
            try #require(Self.folder).appending(path: "\(name).cc").path, try #require(Programs.find("kinit"))
        )
        try Programs.run(tool, ["-c", file, "\(name)@PLANT.EXAMPLE"], input: password + "\n")
        return file
    }

    static let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "samba").path
}

/// Runs a domain controller for the length of a suite.
struct WithSamba: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @Sendable () async throws -> Void
    ) async throws {
        let folder = URL(filePath: "/tmp/stile-\(String(UInt32.random(in: .min ... .max), radix: 36))")
        defer {
            _ = try? Programs.run(Samba.script, ["stop", folder.path])
            try? FileManager.default.removeItem(at: folder)
        }
        try await ServerProcess.apart { try Programs.run(Samba.script, ["start", folder.path, Samba.address]) }
        try Data("Pw-svcgw-1\n".utf8).write(to: folder.appending(path: "password"))
        try await Samba.$folder.withValue(folder) { try await function() }
    }
}

extension Trait where Self == WithSamba {
    /// The suite runs against a domain controller of its own.
    static var samba: WithSamba { WithSamba() }
}

extension OpenLDAPConfiguration {
    /// How the sample domain is asked.
    static func domain(security: ServerAddress.Security = .fromTheStart) throws -> OpenLDAPConfiguration {
        let folder = try #require(Samba.folder)
        let password = folder.appending(path: "password").path
        let base = try DistinguishedName("DC=plant,DC=example")
        var configuration = OpenLDAPConfiguration(
            servers: [ServerAddress(security: security, host: Samba.address)],
            trust: DirectoryTrust(authorities: folder.appending(path: "tls/ca.pem").path),
            service: .password(dn: try DistinguishedName("CN=svcgw Test,CN=Users,DC=plant,DC=example"), file: password),
            people: PeopleSearch(
                bases: [base],
                filter: .equals("objectcategory", "person"),
                plainNames: ["samaccountname"],
                domains: ["plant"],
                attributes: ["employeetype"]
            ),
            groups: GroupSearch(bases: [base])
        )
        configuration.limits = .patient
        return configuration
    }
}
