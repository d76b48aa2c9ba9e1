import Foundation
import Glibc
import Testing

/// Programs that tests run.
enum Programs {
    /// A program that did not end well.
    struct Failed: Error, CustomStringConvertible {
        var program: String
        var output: String
        var description: String { "\(self.program): \(self.output)" }
    }

    /// Where a program is installed.
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
    @discardableResult
    static func run(_ program: String, _ arguments: [String], in folder: String? = nil) throws -> String {
        let written = URL.temporaryDirectory.appending(path: "stile-run-\(UUID().uuidString)")
        try Data().write(to: written)
        defer { try? FileManager.default.removeItem(at: written) }
        let process = try self.start(program, arguments, in: folder, output: FileHandle(forWritingTo: written))
        process.waitUntilExit()
        let text = String(decoding: try Data(contentsOf: written), as: UTF8.self)
        guard process.terminationStatus == 0 else { throw Failed(program: program, output: text) }
        return text
    }

    /// Starts a program.
    static func start(
        _ program: String,
        _ arguments: [String],
        in folder: String? = nil,
        output: FileHandle = .nullDevice
    ) throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        if let folder { process.currentDirectoryURL = URL(filePath: folder) }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        // Threads of the pool block signals, and what they start would never hear that it is to stop.
        var (none, before) = (sigset_t(), sigset_t())
        _ = unsafe pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { _ = unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
        try process.run()
        return process
    }

    /// Ends a program and waits for its end.
    static func stop(_ process: Process) {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Waits until a program has written something.
    static func wait(for text: String, in log: String, of process: Process) throws {
        while true {
            let written = String(decoding: try Data(contentsOf: URL(filePath: log)), as: UTF8.self)
            if written.contains(text) { return }
            guard process.isRunning else {
                throw Failed(program: process.executableURL?.path ?? "", output: written)
            }
            usleep(5_000)
        }
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
