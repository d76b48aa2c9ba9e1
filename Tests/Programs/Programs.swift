import Foundation
import Glibc
import Synchronization

/// Programs that tests run.
///
/// By `posix_spawn`, since Foundation's `Process` reads `/proc/self/fd` in a way that does not survive a thousand open files.
package enum Programs {
    /// A program that did not end well.
    package struct Failed: Error, CustomStringConvertible {
        package var program: String
        package var output: String
        package var description: String { "\(self.program): \(self.output)" }
    }

    /// A program that runs.
    package struct Running: Sendable {
        let program: String
        let identifier: pid_t

        /// Whether it has not ended yet; its number stays its own until ``stop()``.
        package var isRunning: Bool {
            var found = unsafe siginfo_t()
            let code = unsafe waitid(P_PID, id_t(self.identifier), &found, WEXITED | WNOHANG | WNOWAIT)
            return unsafe code == 0 && found.si_signo == 0
        }

        /// Ends the program and waits for its end.
        ///
        /// - Returns: What it ended with, as ``Programs/status(_:_:)`` says; `-SIGKILL` unless it ended by itself before.
        @discardableResult
        package func stop() -> Int32 {
            kill(self.identifier, SIGKILL)
            return Programs.wait(self.identifier)
        }
    }

    /// Where a program is installed, in the usual places or in those of an administrator.
    package static func find(_ program: String) -> String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        for folder in "\(path):/usr/sbin:/sbin".split(separator: ":") {
            let file = "\(folder)/\(program)"
            if unsafe access(file, X_OK) == 0 { return file }
        }
        return nil
    }

    /// Runs a program to its end.
    ///
    /// - Parameters:
    ///   - program: The path of the program.
    ///   - arguments: Its arguments.
    ///   - folder: Where it runs; default where the tests do.
    ///   - environment: Variables that it gets besides ours.
    ///   - input: What it reads.
    /// - Returns: What it wrote, both kinds together.
    /// - Throws: ``Failed`` with what it wrote if it did not end well.
    @discardableResult
    package static func run(
        _ program: String,
        _ arguments: [String],
        in folder: String? = nil,
        environment: [String: String] = [:],
        input: String = ""
    ) throws -> String {
        let log = "/tmp/stile-run-\(UUID().uuidString)"
        defer { for file in [log, log + ".in"] { try? FileManager.default.removeItem(atPath: file) } }
        if !input.isEmpty { try Data(input.utf8).write(to: URL(filePath: log + ".in")) }
        let running = try self.start(
            program,
            arguments,
            in: folder,
            environment: environment,
            input: input.isEmpty ? "/dev/null" : log + ".in",
            log: log
        )
        let status = self.wait(running.identifier)
        let text = String(decoding: try Data(contentsOf: URL(filePath: log)), as: UTF8.self)
        guard status == 0 else { throw Failed(program: program, output: text) }
        return text
    }

    /// Runs a program to its end, whatever it says.
    ///
    /// - Parameters:
    ///   - program: The path of the program.
    ///   - arguments: Its arguments.
    /// - Returns: What it ended with: its exit code, or the signal's number below zero.
    /// - Throws: ``Failed`` if it cannot be started.
    package static func status(_ program: String, _ arguments: [String]) throws -> Int32 {
        self.wait(try self.start(program, arguments).identifier)
    }

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - program: The path of the program.
    ///   - arguments: Its arguments.
    ///   - folder: Where it runs; default where the tests do.
    ///   - environment: Variables that it gets besides ours.
    ///   - input: The file that it reads.
    ///   - log: The file that it writes to.
    /// - Returns: The program, which is to be stopped.
    /// - Throws: ``Failed`` if it cannot be started.
    package static func start(
        _ program: String,
        _ arguments: [String],
        in folder: String? = nil,
        environment: [String: String] = [:],
        input: String = "/dev/null",
        log: String = "/dev/null"
    ) throws -> Running {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
        unsafe posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        unsafe posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        // Threads of the pool block signals, and what they start would never hear that it is to stop.
        var none = sigset_t()
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        // What programs say is waited for and compared, in English.
        let variables = ProcessInfo.processInfo.environment
            .merging(["LC_ALL": "C.UTF-8", "LANGUAGE": ""]) { $1 }.merging(environment) { $1 }
            .map { "\($0.key)=\($0.value)" }
        // Copies of the texts, for the length of the call.
        let (words, settings) = ((folder.map { ["env", "-C", $0, program] } ?? [program]) + arguments, variables)
        var (argv, envp) = unsafe (words.map { unsafe strdup($0) } + [nil], settings.map { unsafe strdup($0) } + [nil])
        defer {
            for index in 0..<words.count { unsafe free(argv[index]) }
            for index in 0..<settings.count { unsafe free(envp[index]) }
        }
        var identifier: pid_t = 0
        let path = folder == nil ? program : "/usr/bin/env"
        let code = unsafe posix_spawn(&identifier, path, &actions, &attributes, &argv, &envp)
        guard code == 0 else { throw Failed(program: program, output: unsafe String(cString: strerror(code))) }
        return Running(program: program, identifier: identifier)
    }

    /// Waits until a program has written something.
    ///
    /// - Parameters:
    ///   - text: What is waited for.
    ///   - log: Where it is written.
    ///   - running: The program.
    /// - Throws: ``Failed`` if the program ends before.
    package static func wait(for text: String, in log: String, of running: Running) throws {
        while true {
            let written = String(decoding: (try? Data(contentsOf: URL(filePath: log))) ?? Data(), as: UTF8.self)
            if written.contains(text) { return }
            var status: Int32 = 0
            guard unsafe waitpid(running.identifier, &status, WNOHANG) == 0 else {
                throw Failed(program: running.program, output: written)
            }
            usleep(5_000)
        }
    }

    /// The ports that were given away, each with the socket that keeps it.
    private static let given = Mutex<[UInt16: Int32]>([:])

    /// A port for a program that is started a while later, or for nobody at all.
    ///
    /// It is given away once, and stays taken until the tests end: a socket that does not listen is bound to it, so that the system gives it to
    /// no connection, and whoever connects to it meanwhile is refused. A server may listen there all the same, since servers set
    /// `SO_REUSEADDR` as this does.
    package static func freePort() -> UInt16 {
        while true {
            let port = UInt16.random(in: 10_000..<32_768)
            let isOurs = self.given.withLock { given in
                guard given[port] == nil, let descriptor = self.bound(to: port) else { return false }
                given[port] = descriptor
                return true
            }
            if isOurs { return port }
        }
    }

    /// Whether a server could listen on a port that it cannot choose.
    ///
    /// - Parameters:
    ///   - port: The port.
    ///   - address: The IPv4 address, such as 0x7F000001.
    /// - Returns: Whether nothing listens there, or on every address.
    package static func canListen(on port: UInt16, at address: UInt32) -> Bool {
        guard let descriptor = self.bound(to: port, at: address, sharing: true) else { return false }
        close(descriptor)
        return true
    }

    private static func bound(to port: UInt16, at host: UInt32 = 0x7F00_0001, sharing: Bool = false) -> Int32? {
        let descriptor = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var isShared: Int32 = sharing ? 1 : 0
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &isShared, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = host.bigEndian
        let code = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else {
            close(descriptor)
            return nil
        }
        // Only now, or it would be bound to a port that another one keeps in the same way.
        isShared = 1
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &isShared, socklen_t(MemoryLayout<Int32>.size))
        return descriptor
    }

    private static func wait(_ identifier: pid_t) -> Int32 {
        var status: Int32 = 0
        while unsafe waitpid(identifier, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7F
        return signal == 0 ? status >> 8 & 0xFF : -signal
    }
}
