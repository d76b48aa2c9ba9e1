import Foundation
import Glibc
import Testing

/// A directory server that a test started, in a folder that goes with it.
struct ServerProcess: Sendable {
    /// Everything the server writes.
    var folder: URL
    /// The port of LDAPS.
    var ldaps: UInt16
    /// The port of LDAP with StartTLS.
    var ldap: UInt16

    /// The authority that signed the server's certificate.
    var authorities: String { self.folder.appending(path: "tls/ca.pem").path }
    /// The password of the gateway's own account.
    var passwordFile: String { self.folder.appending(path: "stile.password").path }
    /// Where slapd's administrator is let in without a password.
    var socket: String {
        let path = self.folder.appending(path: "run/ldapi").path
        return "ldapi://" + path.replacing("/", with: "%2F")
    }

    /// The top of the repository.
    static let repository = URL(filePath: #filePath).appending(path: "../../../..").standardizedFileURL

    /// Whether a program is installed, in the usual places or in those of an administrator.
    static func find(_ program: String) -> String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        for folder in "\(path):/usr/sbin:/sbin".split(separator: ":") {
            let file = "\(folder)/\(program)"
            if unsafe access(file, X_OK) == 0 { return file }
        }
        return nil
    }

    /// Runs a program to its end.
    ///
    /// - Returns: What it wrote, both kinds together.
    /// - Throws: ``Failed`` with what it wrote if it did not end well.
    @discardableResult
    static func run(_ program: String, _ arguments: [String], input: String = "") throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        let folder = URL.temporaryDirectory.appending(path: "stile-run-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (read, written) = (folder.appending(path: "in"), folder.appending(path: "out"))
        try Data(input.utf8).write(to: read)
        try Data().write(to: written)
        process.standardInput = try FileHandle(forReadingFrom: read)
        let output = try FileHandle(forWritingTo: written)
        process.standardOutput = output
        process.standardError = output
        // Threads of the pool block signals, and what they start would never hear that it is to stop.
        var (none, before) = (sigset_t(), sigset_t())
        _ = unsafe pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { _ = unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
        try process.run()
        process.waitUntilExit()
        let text = try String(contentsOf: written, encoding: .utf8)
        guard process.terminationStatus == 0 else { throw Failed(program: program, output: text) }
        return text
    }

    /// Does something that takes a while on a thread of its own, so that the few threads of the pool stay free for those who keep time.
    @discardableResult
    static func apart<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Swift.Result(catching: work)) }
        }
    }

    /// A program that did not end well.
    struct Failed: Error, CustomStringConvertible {
        var program: String
        var output: String
        var description: String { "\(self.program): \(self.output)" }
    }

    /// A port that nobody uses at the moment.
    static func freePort() throws -> UInt16 {
        let descriptor = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(descriptor, pointer, length) == 0 ? unsafe getsockname(descriptor, pointer, &length) : -1
            }
        }
        try #require(code == 0)
        return UInt16(bigEndian: address.sin_port)
    }
}
