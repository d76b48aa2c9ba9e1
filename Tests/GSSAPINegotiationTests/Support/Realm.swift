import Foundation
import Glibc
import KerberosInitiator
import Programs
import Testing

/// A Kerberos realm with a KDC, made by the script beside this file.
struct Realm: Sendable {
    /// Where the files are.
    let folder: String

    /// The realm of the suite at hand.
    @TaskLocal static var current: Realm?

    /// Why there can be none on this machine; `nil` if there can.
    static let missing: String? = {
        for program in ["krb5kdc", "kdb5_util", "kadmin.local", "kinit"] where Programs.find(program) == nil {
            return "\(program) is not installed (Debian: apt-get install krb5-kdc krb5-admin-server krb5-user)"
        }
        return nil
    }()

    static let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "realm").path

    /// The path of a file.
    func file(_ name: String) -> String { "\(self.folder)/\(name)" }

    /// A path for a memory of tokens that nobody else uses.
    func replays() -> String { self.file("replays-\(UInt64.random(in: 0 ... .max))") }
}

/// Runs a suite with a realm.
struct WithRealm: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @Sendable () async throws -> Void
    ) async throws {
        let realm = Realm(folder: "/tmp/stile-realm-\(String(UInt32.random(in: .min ... .max), radix: 36))")
        defer { try? FileManager.default.removeItem(atPath: realm.folder) }
        try Programs.run(Realm.script, ["make", realm.folder, "\(Programs.freePort())"])
        let process = try Programs.start(Realm.script, ["serve", realm.folder])
        defer { process.stop() }
        try Programs.wait(for: "commencing operation", in: realm.file("kdc.log"), of: process)
        for name in ["anna", "ben"] { try Programs.run(Realm.script, ["ticket", realm.folder, name]) }
        // The library finds its realm by this alone. Set once in this process, which is safe beside threads that read the environment.
        _ = unsafe setenv("KRB5_CONFIG", realm.file("krb5.conf"), 1)
        try await Realm.$current.withValue(realm) { try await function() }
    }
}

extension Trait where Self == WithRealm {
    /// The suite has a realm of its own.
    static var withRealm: WithRealm { WithRealm() }
}

extension Initiator {
    /// A person of the realm with their ticket.
    convenience init(_ name: String, of realm: Realm, to service: String, _ manner: Manner = .negotiated) throws {
        try self.init(cache: realm.file("\(name).cc"), to: service, manner)
    }
}
