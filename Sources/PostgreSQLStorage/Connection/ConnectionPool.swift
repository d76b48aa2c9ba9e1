import Dispatch
import Synchronization

/// A few connections for questions, opened when they are needed and given up when anything about them fails.
///
/// Questions wait on threads of their own, never on those that async code shares.
final class ConnectionPool: Sendable {
    private let configuration: PostgreSQLConfiguration
    private let session: String
    private let prepare: @Sendable (PostgreSQLConnection) throws -> Void
    private let idle = Mutex<[PostgreSQLConnection]>([])
    private let queue = DispatchQueue(label: "stile.postgresql", attributes: .concurrent)
    private let places: DispatchSemaphore

    /// - Parameters:
    ///   - configuration: Where to connect to.
    ///   - session: What each connection begins with.
    ///   - count: How many questions are asked at once.
    ///   - prepare: Called with each connection before anything is asked on it.
    init(
        _ configuration: PostgreSQLConfiguration,
        session: String,
        count: Int = 4,
        prepare: @escaping @Sendable (PostgreSQLConnection) throws -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.session = session
        self.prepare = prepare
        self.places = DispatchSemaphore(value: count)
    }

    /// Asks in one transaction that only reads, so that all answers are of one moment.
    func read<Result: Sendable>(
        _ body: @escaping @Sendable (PostgreSQLConnection) throws -> Result
    ) async throws -> Result {
        try await self.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", body)
    }

    /// Writes in one transaction.
    func write<Result: Sendable>(
        _ body: @escaping @Sendable (PostgreSQLConnection) throws -> Result
    ) async throws -> Result {
        try await self.run("BEGIN", body)
    }

    private func run<Result: Sendable>(
        _ begin: String,
        _ body: @escaping @Sendable (PostgreSQLConnection) throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            self.queue.async {
                self.places.wait()
                defer { self.places.signal() }
                continuation.resume(with: Swift.Result { try self.runNow(begin, body) })
            }
        }
    }

    /// A connection on which something failed is given up, and what it had begun is undone with it.
    private func runNow<Result: Sendable>(
        _ begin: String,
        _ body: @Sendable (PostgreSQLConnection) throws -> Result
    ) throws -> Result {
        let connection = try self.begun(begin)
        let result = try body(connection)
        try connection.execute("COMMIT")
        self.idle.withLock { $0.append(connection) }
        return result
    }

    private func begun(_ begin: String) throws -> PostgreSQLConnection {
        if let known = self.idle.withLock({ $0.popLast() }) {
            do {
                try known.execute(begin)
                return known
            } catch {
                // They were closed while nobody used them: the server was restarted.
                self.idle.withLock { $0 = [] }
            }
        }
        let fresh = try self.open()
        try fresh.execute(begin)
        return fresh
    }

    private func open() throws -> PostgreSQLConnection {
        let connection = try PostgreSQLConnection(self.configuration)
        try self.prepare(connection)
        try connection.execute(self.session)
        return connection
    }
}
