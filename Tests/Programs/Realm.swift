import Foundation
import Glibc

/// The Kerberos realm of a test run, with a KDC of its own: made by the script beside this file.
///
/// One for the whole process, since the library finds its configuration by an environment variable.
package struct Realm: Sendable {
    /// Where the files are.
    package let folder: String

    /// Why there can be none on this machine; `nil` if there can.
    package static let missing: String? = {
        for program in ["krb5kdc", "kdb5_util", "kadmin.local", "kinit"] where Programs.find(program) == nil {
            return "\(program) is not installed (Debian: apt-get install krb5-kdc krb5-admin-server krb5-user)"
        }
        return nil
    }()

    /// The realm; made, and its KDC started, when it is asked for first.
    private static let made = Result { try Realm() }

    private static let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "realm").path

    /// The realm, which takes a second or two to make; not for a thread that others need meanwhile.
    ///
    /// - Throws: What the programs said that make it.
    package static var shared: Realm {
        get throws { try self.made.get() }
    }

    private let controller: Programs.Running

    private init() throws {
        self.folder = "/tmp/stile-realm-\(String(UInt32.random(in: .min ... .max), radix: 36))"
        try Programs.run(Self.script, ["make", self.folder, "\(Programs.freePort())"])
        self.controller = try Programs.start(Self.script, ["serve", self.folder])
        atexit {
            guard let realm = try? Realm.shared else { return }
            realm.controller.stop()
            try? FileManager.default.removeItem(atPath: realm.folder)
        }
        do {
            try Programs.wait(for: "commencing operation", in: self.file("kdc.log"), of: self.controller)
            for name in ["anna", "ben"] { try Programs.run(Self.script, ["ticket", self.folder, name]) }
        } catch {
            self.controller.stop()
            throw error
        }
        // The only one of this process, or those who read the environment meanwhile could read freed memory.
        unsafe setenv("KRB5_CONFIG", self.file("krb5.conf"), 1)
    }

    /// The path of a file.
    package func file(_ name: String) -> String { "\(self.folder)/\(name)" }

    /// A path for a memory of tokens that nobody else uses.
    package func replays() -> String { self.file("replays-\(UInt64.random(in: 0 ... .max))") }
}
