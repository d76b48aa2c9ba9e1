import Foundation
import PostgreSQLStorage
import Programs
import Synchronization

/// A PostgreSQL server of this test run's own, in a temporary folder, reached by a Unix socket only.
///
/// PostgreSQL refuses to run as root; then it runs as the user `postgres` that Debian's package makes.
final class PostgreSQLServer: Sendable {
    let folder: String
    private let programs: String
    private let process = Mutex<Programs.Running?>(nil)
    private let databases = Mutex(0)

    /// Where the newest version's programs are; `nil` when no server is installed.
    private static let installed: String? = {
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        return versions.compactMap(Int.init).sorted(by: >).map { "\(root)/\($0)/bin" }.first {
            FileManager.default.isExecutableFile(atPath: $0 + "/postgres")
        }
    }()

    /// Whether there is PostgreSQL here: a server that is installed and does not start fails the tests.
    static let isInstalled = installed != nil

    /// The server that all tests share, each in a database of its own.
    static var shared: PostgreSQLServer { get throws { try Self.starting.get() } }

    private static let starting = Result { try PostgreSQLServer(settings: "") }

    /// Why there is none.
    static let missing = "PostgreSQL is not installed (Debian's postgresql); deploy/prepare test installs it"

    init(settings: String) throws {
        guard let programs = Self.installed else { throw Missing() }
        self.programs = programs
        // Not where TMPDIR says: a socket's path has 107 bytes at most, and the user `postgres` has to get there.
        self.folder = "/tmp/stile-pg-\(UUID())"
        try FileManager.default.createDirectory(atPath: self.folder, withIntermediateDirectories: true)
        if geteuid() == 0 { try Self.run(["chown", "postgres", self.folder]) }
        try Self.run(
            self.asUser([
                self.programs + "/initdb", "-D", self.folder + "/data", "-A", "trust", "-U", "stile", "-N", "-E",
                "UTF8",
                "--no-instructions", "--locale=C.UTF-8",
            ])
        )
        let text = """
            listen_addresses = ''
            unix_socket_directories = '\(self.folder)'
            unix_socket_permissions = 0777
            fsync = off
            max_connections = 500
            \(settings)

            """
        let path = self.folder + "/data/postgresql.auto.conf"
        try text.write(toFile: path, atomically: false, encoding: .utf8)
        if geteuid() == 0 { try Self.run(["chown", "postgres", path]) }
        try self.start()
        // The shared one lives as long as the tests; nothing else would end it.
        atexit { try? PostgreSQLServer.shared.end() }
    }

    deinit { self.end() }

    struct Missing: Error {}

    /// Starts it and waits until it takes connections, which takes as long as it has to recover.
    func start() throws {
        let words = self.asUser([self.programs + "/postgres", "-D", self.folder + "/data"])
        let log = self.folder + "/server.log"
        let process = try Programs.start("/usr/bin/env", words, log: log)
        self.process.withLock { $0 = process }
        try Programs.wait(for: "database system is ready to accept connections", in: log, of: process)
    }

    /// Stops it as an operator would (`fast`) or as a crash does (`immediate`).
    func stop(_ mode: String = "fast") {
        guard let process = self.process.withLock({ $0.take() }) else { return }
        _ = try? Self.run(
            self.asUser([self.programs + "/pg_ctl", "stop", "-w", "-m", mode, "-D", self.folder + "/data"])
        )
        process.stop()
    }

    private func end() {
        self.stop("immediate")
        try? FileManager.default.removeItem(atPath: self.folder)
    }

    /// Runs statements in a database, and gives what they print.
    @discardableResult
    func sql(_ statements: String, in database: String = "postgres") throws -> String {
        try Self.run([
            self.programs + "/psql", "-h", self.folder, "-U", "stile", "-d", database, "-X", "-q", "-t", "-A", "-v",
            "ON_ERROR_STOP=1", "-c", statements,
        ])
    }

    /// A fresh, empty database.
    func database() throws -> PostgreSQLConfiguration {
        let number = self.databases.withLock { number in
            number += 1
            return number
        }
        try self.sql("CREATE DATABASE test\(number)")
        return self.configuration("test\(number)")
    }

    func configuration(_ database: String) -> PostgreSQLConfiguration {
        var configuration = PostgreSQLConfiguration(connection: "host=\(self.folder) user=stile dbname=\(database)")
        // Many tests ask at once, and how long the machine takes for that is not what they are about.
        (configuration.connectMilliseconds, configuration.answerMilliseconds) = (300_000, 600_000)
        return configuration
    }

    private func asUser(_ words: [String]) -> [String] {
        geteuid() == 0 ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] + words : words
    }

    @discardableResult
    static func run(_ words: [String]) throws -> String {
        try Programs.run("/usr/bin/env", words, environment: ["PGOPTIONS": "--client-min-messages=error"])
    }
}
