import Foundation
import Glibc
import OpenSSLTrust
import Programs
import Testing

/// A certificate authority with everything that can be wrong about certificates, made by the script beside this file.
///
/// With it runs an OCSP responder, on the address that the certificates name.
struct TestAuthority: Sendable {
    /// Where the files are.
    let folder: String
    /// The responder's address.
    let responder: String

    /// The authority of the suite at hand.
    @TaskLocal static var current: TestAuthority?

    /// Why there can be none on this machine; `nil` if there can.
    static let missing: String? =
        Programs.find("openssl") == nil ? "openssl is not installed (Debian: apt-get install openssl)" : nil

    /// The path of a file.
    func file(_ name: String) -> String { "\(self.folder)/\(name)" }

    /// The certificates of a file, in DER.
    func chain(_ name: String) throws -> [[UInt8]] {
        let text = try Array(Data(contentsOf: URL(filePath: self.file(name))))
        return try #require(Certificate.all(inPEM: text)).map(\.der)
    }

    /// Trust in the root, with what a row of a table changes.
    ///
    /// A responder may take as long as it likes: it answers one after the other, and no test is about how fast it does.
    func trust(_ change: (inout CertificateTrust) -> Void = { _ in }) -> CertificateTrust {
        var trust = CertificateTrust(authorities: [self.file("ca.pem")])
        trust.onlineSeconds = 600
        change(&trust)
        return trust
    }
}

/// Runs a suite with an authority and its responder.
struct WithAuthority: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @Sendable () async throws -> Void
    ) async throws {
        let folder = "/tmp/stile-ca-\(String(UInt32.random(in: .min ... .max), radix: 36))"
        let port = Programs.freePort()
        let authority = TestAuthority(folder: folder, responder: "http://127.0.0.1:\(port)/")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "authority").path
        try Programs.run(script, [folder, authority.responder])
        let responder = try Responder(authority, port: port, index: "issuing.txt", signer: "responder")
        defer { responder.stop() }
        try await TestAuthority.$current.withValue(authority) { try await function() }
    }
}

extension Trait where Self == WithAuthority {
    /// The suite has an authority of its own.
    static var withAuthority: WithAuthority { WithAuthority() }
}

/// An OCSP responder: `openssl ocsp`.
struct Responder {
    private let process: Programs.Running
    let address: String

    /// Starts one and waits until it listens.
    ///
    /// - Parameters:
    ///   - authority: Whose certificates it knows.
    ///   - port: Where it listens.
    ///   - index: The file that it answers from.
    ///   - signer: The certificate that it signs with.
    ///   - more: More arguments.
    /// - Throws: When it does not start.
    init(
        _ authority: TestAuthority,
        port: UInt16,
        index: String,
        signer: String,
        _ more: [String] = ["-nmin", "10"]
    ) throws {
        self.address = "http://127.0.0.1:\(port)/"
        let arguments = [
            "ocsp", "-port", "\(port)", "-index", index, "-CA", "issuing.pem", "-rsigner", "\(signer).pem", "-rkey",
            "\(signer).key", "-rmd", "sha256",
        ]
        let log = authority.file("responder-\(port).log")
        self.process = try Programs.start(
            try #require(Programs.find("openssl")),
            arguments + more,
            in: authority.folder,
            log: log
        )
        // It is not tried out: a connection without a request makes `openssl ocsp` spin.
        try Programs.wait(for: "waiting for OCSP client connections", in: log, of: self.process)
    }

    func stop() { self.process.stop() }
}
