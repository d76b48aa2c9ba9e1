import Foundation
import Programs
import Testing

/// A server that speaks one version of TLS and nothing behind it.
final class OldTLSServer: Sendable {
    let port: UInt16
    private let running: Programs.Running

    /// Starts it.
    ///
    /// - Parameters:
    ///   - version: An option of `openssl s_server`, such as `-tls1_1`.
    ///   - certificates: The folder with `server.pem` and `server.key`.
    /// - Throws: What starting a program throws.
    init(_ version: String, certificates: URL) throws {
        self.port = Programs.freePort()
        let log = certificates.appending(path: "s_server-\(self.port).log").path
        self.running = try Programs.start(
            try #require(Programs.find("openssl")),
            [
                "s_server", version, "-accept", "127.0.0.1:\(self.port)", "-cipher", "ALL:@SECLEVEL=0",
                "-cert", certificates.appending(path: "server.pem").path, "-key",
                certificates.appending(path: "server.key").path, "-www",
            ],
            log: log
        )
        // Written when it listens.
        try Programs.wait(for: "ACCEPT", in: log, of: self.running)
    }

    func stop() { self.running.stop() }
}
