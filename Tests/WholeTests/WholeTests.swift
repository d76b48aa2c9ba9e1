import Foundation
import Testing

/// The product as a whole on real servers: each test runs a script beside this file, which starts its own directory, its own
/// upstream and its own gateway, and prints the facts that it checks.
@Suite("The whole", .serialized)
struct WholeTests {
    static let binary = ProcessInfo.processInfo.environment["STILE_BINARY"]
    static let python = ProcessInfo.processInfo.environment["STILE_MLFLOW_PYTHON"]

    static func isInstalled(_ names: String...) -> Bool {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let folders = path.split(separator: ":").map(String.init) + ["/usr/sbin", "/sbin"]
        return names.allSatisfy { name in
            folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }
        }
    }

    /// Whether the server is there, and not its client alone.
    static var hasPostgreSQLServer: Bool {
        let folder = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return versions.contains { FileManager.default.isExecutableFile(atPath: "\(folder)/\($0)/bin/initdb") }
    }

    @Test(
        "Kill -9 at a hundred random moments loses no decision whose request was forwarded",
        .enabled(if: binary != nil && isInstalled("slapd"), "needs slapd, and STILE_BINARY as deploy/test sets it")
    )
    func kill() async throws {
        try await self.run("kill.py", with: "python3")
    }

    @Test(
        "Who runs out of file descriptors waits, records what it acts on, and goes on",
        .enabled(if: binary != nil && isInstalled("slapd"), "needs slapd, and STILE_BINARY as deploy/test sets it")
    )
    func descriptors() async throws {
        try await self.run("descriptors.py", with: "python3")
    }

    @Test(
        "The log is searched, proven, erased, exported, shipped and witnessed as it must be",
        .enabled(if: binary != nil && isInstalled("slapd"), "needs slapd, and STILE_BINARY as deploy/test sets it")
    )
    func auditor() async throws {
        try await self.run("auditor.py", with: Self.python ?? "python3")
    }

    @Test(
        "A full disk lets nobody pass unrecorded, and the door opens by itself",
        .enabled(if: binary != nil && isInstalled("slapd"), "needs slapd, and STILE_BINARY as deploy/test sets it")
    )
    func disk() async throws {
        try await self.run("disk.py", with: "python3")
    }

    @Test(
        "200 MB go up and down in flat memory",
        .enabled(
            if: binary != nil && python != nil && isInstalled("slapd"),
            "needs slapd and MLflow, as deploy/test sets them up"
        )
    )
    func streams() async throws {
        try await self.run("streams.py", with: "python3")
    }

    @Test(
        "What a clumsy or hostile person tries gets them nowhere",
        .enabled(
            if: binary != nil && python != nil && isInstalled("slapd"),
            "needs slapd and MLflow, as deploy/test sets them up"
        )
    )
    func hostile() async throws {
        try await self.run("hostile.py", with: "python3")
    }

    @Test(
        "Certificates, tickets, assertions and time stamps are worth what they prove",
        .enabled(
            if: binary != nil && python != nil && isInstalled("slapd", "krb5kdc", "kinit", "curl", "openssl"),
            "needs slapd, MIT Kerberos and Python's cryptography, as deploy/test sets them up"
        )
    )
    func credentials() async throws {
        try await self.run("credentials.py", with: try #require(Self.python))
    }

    @Test(
        "Whoever loses access loses it at once, however they had signed in",
        .enabled(if: binary != nil && isInstalled("slapd"), "needs slapd, and STILE_BINARY as deploy/test sets it")
    )
    func access() async throws {
        try await self.run("access.py", with: "python3")
    }

    @Test(
        "Two gateways over one database know what the other has taken back, and are one log to search",
        .enabled(
            if: binary != nil && isInstalled("slapd") && hasPostgreSQLServer,
            "needs slapd and PostgreSQL, and STILE_BINARY as deploy/test sets it"
        )
    )
    func gateways() async throws {
        try await self.run("gateways.py", with: "python3")
    }

    @Test(
        "No call of MLflow opens a door, whatever stands in its arguments",
        .enabled(
            if: binary != nil && python != nil && isInstalled("slapd"),
            "needs slapd and MLflow, as deploy/test sets them up"
        )
    )
    func doors() async throws {
        try await self.run("doors.py", with: try #require(Self.python))
    }

    @Test(
        "Servers of five kinds read each request as Stile does",
        .enabled(
            if: binary != nil && python != nil && isInstalled("slapd"),
            "needs slapd and MLflow's Python, as deploy/test sets them up"
        )
    )
    func desync() async throws {
        try await self.run("desync.py", with: try #require(Self.python))
    }

    @Test(
        "What changes in a directory counts with the next request",
        .enabled(if: binary != nil && isInstalled("slapd"), "needs slapd, and STILE_BINARY as deploy/test sets it")
    )
    func change() async throws {
        try await self.run("change.py", with: "python3")
    }

    @Test(
        "MLflow's pages work in a browser",
        .enabled(
            if: binary != nil && python != nil && isInstalled("slapd", "chromium", "chromedriver"),
            "needs slapd, MLflow, Chromium and its driver, as deploy/test sets them up"
        )
    )
    func browser() async throws {
        try await self.run("browser.py", with: try #require(Self.python))
    }

    private func run(_ script: String, with python: String) async throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        let log = FileManager.default.temporaryDirectory.appending(path: "stile-\(script)-\(UUID().uuidString).log")
        try Data().write(to: log)
        defer { try? FileManager.default.removeItem(at: log) }
        let output = try FileHandle(forWritingTo: log)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [python, folder.appending(path: script).path]
        // Texts are UTF-8 and messages are not translated, whatever the machine speaks.
        process.environment = ProcessInfo.processInfo.environment.merging(["PYTHONUTF8": "1", "LC_ALL": "C.UTF-8"]) {
            $1
        }
        process.standardOutput = output
        process.standardError = output
        // Not waited for with a blocked thread: other tests need it.
        let status = try await withCheckedThrowingContinuation { (ended: CheckedContinuation<Int32, any Error>) in
            process.terminationHandler = { ended.resume(returning: $0.terminationStatus) }
            do {
                try process.run()
            } catch {
                process.terminationHandler = nil
                ended.resume(throwing: error)
            }
        }
        let text = try String(contentsOf: log, encoding: .utf8)
        print(text)
        #expect(status == 0, "\(text)")
    }
}
