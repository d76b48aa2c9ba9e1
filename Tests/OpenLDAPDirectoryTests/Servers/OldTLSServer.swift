import Foundation
import Programs
import Testing

/// A server that speaks one version of TLS and nothing behind it.
final class OldTLSServer: Sendable {
    let port: UInt16
    private let process: Process

    /// Starts it.
    ///
    /// - Parameters:
    ///   - version: An option of `openssl s_server`, such as `-tls1_1`.
    ///   - certificates: The folder with `server.pem` and `server.key`.
    /// - Throws: What starting a program throws.
    init(_ version: String, certificates: URL) throws {
        self.port = Programs.freePort()
        let process = Process()
        process.executableURL = URL(filePath: try #require(Programs.find("openssl")))
        process.arguments = [
            "s_server", version, "-accept", "127.0.0.1:\(self.port)", "-cipher", "ALL:@SECLEVEL=0",
            "-cert", certificates.appending(path: "server.pem").path, "-key",
            certificates.appending(path: "server.key").path, "-www",
        ]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        self.process = process
        // `ACCEPT` is written when it listens.
        var text = ""
        while !text.contains("ACCEPT"), case let data = output.fileHandleForReading.availableData, !data.isEmpty {
            text += String(decoding: data, as: UTF8.self)
        }
    }

    func stop() { self.process.terminate() }
}
