import Foundation
import Glibc
import Programs
import Testing

/// A Kerberos key distribution centre with a principal for the gateway and one for an LDAP server.
enum Kerberos {
    /// Why there can be none on this machine; `nil` if there can.
    static let missing: String? = {
        for program in ["krb5kdc", "kadmin.local", "kdb5_util", "kinit"] where Programs.find(program) == nil {
            return "\(program) is not installed (Debian: apt-get install krb5-kdc krb5-admin-server krb5-user)"
        }
        guard FileManager.default.fileExists(atPath: "/usr/lib/x86_64-linux-gnu/sasl2/libgssapiv2.so") else {
            return "Cyrus SASL knows no GSSAPI (Debian: apt-get install libsasl2-modules-gssapi-mit)"
        }
        return nil
    }()

    /// Where the files of the one that runs are.
    ///
    /// One for the whole process, since the library finds its configuration by an environment variable.
    static let folder: URL? = {
        guard Self.missing == nil else { return nil }
        let folder = URL(filePath: "/tmp/stile-\(String(UInt32.random(in: .min ... .max), radix: 36))")
        let arguments = ["start", folder.path, "\(Programs.freePort())"]
        guard (try? Programs.run(Self.script, arguments)) != nil else { return nil }
        // The only one of this process, or those who read the environment meanwhile could read freed memory.
        unsafe setenv("KRB5_CONFIG", folder.appending(path: "krb5.conf").path, 1)
        atexit {
            guard let folder = Kerberos.folder else { return }
            _ = try? Programs.run(Kerberos.script, ["stop", folder.path])
            try? FileManager.default.removeItem(at: folder)
        }
        return folder
    }()

    private static let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "kdc").path

    /// What a server that takes tickets has to find in its environment: where its own key is.
    static let serverEnvironment: [String: String] =
        Self.folder.map { ["KRB5_KTNAME": $0.appending(path: "ldap.keytab").path] } ?? [:]

    /// The keytab of the principal `stile`.
    static var keytab: String {
        get throws { try #require(Self.folder).appending(path: "stile.keytab").path }
    }
}

/// Has a KDC run, from before the suite's own server starts.
struct WithKerberos: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @Sendable () async throws -> Void
    ) async throws {
        _ = try #require(try await ServerProcess.apart { Kerberos.folder })
        try await Slapd.$environment.withValue(Kerberos.serverEnvironment) { try await function() }
    }
}

extension Trait where Self == WithKerberos {
    /// A KDC runs for the suite.
    static var kerberos: WithKerberos { WithKerberos() }
}
