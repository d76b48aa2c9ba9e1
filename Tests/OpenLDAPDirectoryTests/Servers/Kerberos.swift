import Foundation
import Programs
import Testing

/// The realm of the test run, as SASL needs it.
enum Kerberos {
    /// Why there can be none on this machine; `nil` if there can.
    static let missing: String? = {
        if let missing = Realm.missing { return missing }
        guard FileManager.default.fileExists(atPath: "/usr/lib/x86_64-linux-gnu/sasl2/libgssapiv2.so") else {
            return "Cyrus SASL knows no GSSAPI (Debian: apt-get install libsasl2-modules-gssapi-mit)"
        }
        return nil
    }()

    /// The keytab of the principal `stile`.
    static var keytab: String {
        get throws { try Realm.shared.file("stile.keytab") }
    }
}

/// Has a KDC run, from before the suite's own server starts.
struct WithKerberos: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @Sendable () async throws -> Void
    ) async throws {
        let realm = try await ServerProcess.apart { try Realm.shared }
        // What a server that takes tickets has to find in its environment: where its own key is.
        try await Slapd.$environment.withValue(["KRB5_KTNAME": realm.file("ldap.keytab")]) { try await function() }
    }
}

extension Trait where Self == WithKerberos {
    /// A KDC runs for the suite.
    static var kerberos: WithKerberos { WithKerberos() }
}
