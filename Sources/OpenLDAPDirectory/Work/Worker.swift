import Directory
import Glibc

/// One thread that asks the directory, with its own connections: to each server one as the gateway itself, and one on which people prove
/// who they are.
///
/// The two are never the same, so that nothing is ever read as a person, and no person's bind changes who the gateway is.
actor Worker {
    /// A connection and what is known about it.
    struct Line: ~Copyable {
        let connection: Connection
        let facts: ServerFacts
        let opened = ContinuousClock.now
        var used = ContinuousClock.now
    }

    /// Connections that are kept for the next question, by server.
    struct KeptLines {
        // A class, because what cannot be copied cannot stand in a dictionary.
        private final class Place {
            var line: Line?
            var used = ContinuousClock.now

            init(_ line: consuming Line?) {
                self.line = consume line
            }
        }

        private var places: [ServerAddress: Place] = [:]

        /// Whether there is one to this server.
        func holds(_ server: ServerAddress) -> Bool { self.places[server] != nil }

        /// Takes the one to this server out, if there is one.
        mutating func take(_ server: ServerAddress) -> Line? { self.places.removeValue(forKey: server)?.line.take() }

        /// Keeps one, and drops those to other servers that nobody has used for a while.
        mutating func keep(_ line: consuming Line, dropAfter idle: Duration) {
            let server = line.connection.server
            self.places[server] = Place(line)
            let now = ContinuousClock.now
            self.places = self.places.filter { $0.value.used.duration(to: now) < idle }
        }
    }

    nonisolated let lifeline = Lifeline()
    nonisolated private let executor: QueueExecutor
    let configuration: OpenLDAPConfiguration
    let servers: ServerList

    private var service = KeptLines()
    private var forPeople = KeptLines()
    /// Where a watch left off, by server and base.
    var cookies = SyncCookies()

    init(number: Int, configuration: OpenLDAPConfiguration, servers: ServerList) {
        self.executor = QueueExecutor(label: "stile.directory.\(number)")
        self.configuration = configuration
        self.servers = servers
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe self.executor.asUnownedSerialExecutor() }

    /// Does something on this worker's thread.
    func perform<Value>(
        by deadline: ContinuousClock.Instant,
        _ work: @Sendable (isolated Worker, ContinuousClock.Instant) -> Result<Value, DirectoryFailure>
    ) -> Result<Value, DirectoryFailure> {
        work(self, deadline)
    }

    /// Asks one server after the other until one answers.
    ///
    /// - Parameters:
    ///   - deadline: For all servers together.
    ///   - ask: A whole question; asked again from its beginning on the next server.
    /// - Returns: The first answer, or why there is none.
    func onSomeServer<Value>(
        by deadline: ContinuousClock.Instant,
        _ ask: (ServerAddress) throws(ConnectionFailure) -> Value
    ) -> Result<Value, DirectoryFailure> {
        var last: ConnectionFailure?
        var candidates = self.servers.candidates()[...]
        defer { for unused in candidates { self.servers.notAsked(unused) } }
        while let server = candidates.popFirst() {
            guard ContinuousClock.now < deadline, !self.lifeline.isCut else {
                self.servers.notAsked(server)
                return .failure(.deadline)
            }
            let began = ContinuousClock.now
            do {
                let value = try self.onFreshLines(to: server, ask)
                self.servers.answered(server)
                return .success(value)
            } catch .notServing(let code, let message) where !ResultCode.blamesServer(code) {
                // The server is well, it just will not do this: no reason to keep others from asking it.
                self.servers.answered(server)
                return .failure(.operation(code: code, message: message))
            } catch {
                self.hangUp()
                let limits = self.configuration.limits
                // A question that came late, because it waited for a worker or for other servers, says nothing about this one. What
                // counts is the time that there was, not the time that it took: the library waits for whole milliseconds, and so a
                // little less than it was told.
                guard error != .deadline || began.duration(to: deadline) >= min(limits.connect, limits.operation) else {
                    self.servers.notAsked(server)
                    return .failure(.deadline)
                }
                self.servers.failed(server, error)
                last = error
            }
        }
        switch last {
        case .unreachable, .lost, nil: return .failure(.noServer(self.servers.complaints))
        // The time of one server is over, but not that of the question.
        case .deadline where !self.lifeline.isCut && ContinuousClock.now + .milliseconds(20) < deadline:
            return .failure(.noServer(self.servers.complaints))
        case let failure?: return .failure(failure.asSeenOutside)
        }
    }

    // A kept connection may have died while nobody looked, which says nothing about the server: one more try, on new ones.
    private func onFreshLines<Value>(
        to server: ServerAddress,
        _ ask: (ServerAddress) throws(ConnectionFailure) -> Value
    ) throws(ConnectionFailure) -> Value {
        guard self.service.holds(server) || self.forPeople.holds(server) else { return try ask(server) }
        do {
            return try ask(server)
        } catch .lost {
            self.hangUp()
            return try ask(server)
        }
    }

    /// The moment by which a single operation has to be done.
    func operationDeadline(within deadline: ContinuousClock.Instant) -> ContinuousClock.Instant {
        min(deadline, .now + self.configuration.limits.operation)
    }

    /// Drops every connection.
    func hangUp() {
        self.service = KeptLines()
        self.forPeople = KeptLines()
    }
}

// MARK: - Connections

extension Worker {
    /// Does something on the connection that is bound as the gateway itself.
    func asService<Value>(
        on server: ServerAddress,
        by deadline: ContinuousClock.Instant,
        _ body: (borrowing Line) throws(ConnectionFailure) -> Value
    ) throws(ConnectionFailure) -> Value {
        var line = self.usable(self.service.take(server), by: deadline)
        if line == nil { line = try self.openService(server, by: deadline) }
        guard var line = line.take() else { throw .unreachable("no connection") }
        let value = try body(line)
        line.used = .now
        self.service.keep(line, dropAfter: self.configuration.limits.idle)
        return value
    }

    /// Does something on the connection on which people prove who they are.
    func forPeople<Value>(
        on server: ServerAddress,
        by deadline: ContinuousClock.Instant,
        _ body: (borrowing Line) throws(ConnectionFailure) -> Value
    ) throws(ConnectionFailure) -> Value {
        var line = self.usable(self.forPeople.take(server), by: deadline)
        if line == nil {
            let connection = try self.open(server, certificate: nil, by: deadline)
            line = Line(connection: connection, facts: try self.asService(on: server, by: deadline) { $0.facts })
        }
        guard var line = line.take() else { throw .unreachable("no connection") }
        let value = try body(line)
        line.used = .now
        self.forPeople.keep(line, dropAfter: self.configuration.limits.idle)
        return value
    }

    // A kept connection, if it is young enough, silent, and answers when it was idle for long.
    private func usable(_ kept: consuming Line?, by deadline: ContinuousClock.Instant) -> Line? {
        guard let line = consume kept else { return nil }
        let limits = self.configuration.limits
        guard line.opened.duration(to: .now) < limits.age, line.used.duration(to: .now) < limits.idle,
            line.connection.isQuiet
        else {
            return nil
        }
        if line.used.duration(to: .now) > limits.probeAfterIdle {
            do {
                _ = try line.connection.search(
                    SearchRequest(base: "", scope: .base, attributes: []),
                    by: min(self.operationDeadline(within: deadline), .now + limits.probe)
                )
            } catch {
                return nil
            }
        }
        return line
    }

    private func openService(
        _ server: ServerAddress,
        by deadline: ContinuousClock.Instant
    ) throws(ConnectionFailure) -> Line {
        let connection: Connection
        let answer: Answer
        switch self.configuration.service {
        case .certificate(let file, let key):
            connection = try self.open(server, certificate: (file, key), by: deadline)
            answer = try connection.bindByCertificate(by: self.operationDeadline(within: deadline))
        case .ticket(let principal, let keytab):
            connection = try self.open(server, certificate: nil, by: deadline)
            answer = try connection.bindByTicket(
                principal: principal,
                keytab: keytab,
                by: self.operationDeadline(within: deadline)
            )
        case .password(let dn, let file):
            let (password, state) = try Self.password(in: file)
            guard !self.servers.refusedPasswords.holds(state, at: server) else {
                throw .serviceRefused(
                    "the password in `\(file)` was refused, and is not tried again for \(RefusedPasswords.pause) or until the file is changed"
                )
            }
            connection = try self.open(server, certificate: nil, by: deadline)
            let text = dn.description
            answer = try connection.bind(dn: text, password: password, by: self.operationDeadline(within: deadline))
            if answer.code == ResultCode.invalidCredentials { self.servers.refusedPasswords.note(state, at: server) }
        }
        switch answer.code {
        case ResultCode.success: break
        case ResultCode.busy, ResultCode.unavailable:
            throw .notServing(code: answer.code, message: answer.description)
        default: throw .serviceRefused(answer.description)
        }
        let root = try connection.search(
            SearchRequest(base: "", scope: .base, attributes: ServerFacts.attributes),
            by: self.operationDeadline(within: deadline)
        )
        guard let entry = root.entries.first else {
            throw .malformed(
                "no root entry (\(root.result.description)), the service account has to be able to read it"
            )
        }
        return Line(connection: connection, facts: ServerFacts(root: entry, configured: self.configuration.flavour))
    }

    private func open(
        _ server: ServerAddress,
        certificate: (file: String, key: String)?,
        by deadline: ContinuousClock.Instant
    ) throws(ConnectionFailure) -> Connection {
        try Connection.open(
            to: server,
            trust: self.configuration.trust,
            certificate: certificate,
            messageLimit: self.configuration.limits.message,
            lifeline: self.lifeline,
            by: min(deadline, .now + self.configuration.limits.connect)
        )
    }

    // The password of the service account, read anew for each connection so that a changed one needs no restart.
    private static func password(
        in file: String
    ) throws(ConnectionFailure) -> (Password, RefusedPasswords.FileState) {
        guard let stream = unsafe fopen(file, "re") else {
            throw .serviceRefused("the password file `\(file)` cannot be read")
        }
        defer { unsafe fclose(stream) }
        // No copy of the password in a buffer of the stream's, and none left in ours.
        _ = unsafe setvbuf(stream, nil, _IONBF, 0)
        guard let state = unsafe RefusedPasswords.FileState(of: fileno(stream)) else {
            throw .serviceRefused("the password file `\(file)` cannot be read")
        }
        var octets = [UInt8](repeating: 0, count: Password.maximumLength + 2)
        defer {
            unsafe octets.withUnsafeMutableBytes { buffer in
                if let start = buffer.baseAddress { unsafe explicit_bzero(start, buffer.count) }
            }
        }
        let count = unsafe fread(&octets, 1, octets.count, stream)
        // No name for the line: what still shares the octets when they are wiped would make that a copy's wiping.
        let password = Password(Self.line(of: octets[..<count]))
        guard password.flaw == nil else {
            throw .serviceRefused(
                "the password file `\(file)` holds no usable password: expected one line that is not blank"
            )
        }
        return (password, state)
    }

    private static func line(of octets: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var end = octets.endIndex
        for mark in [UInt8(ascii: "\n"), UInt8(ascii: "\r")] where end > octets.startIndex && octets[end - 1] == mark {
            end -= 1
        }
        return octets[..<end]
    }
}

/// The result codes that mean something of their own here.
///
/// Source: RFC 4511, appendix A.
enum ResultCode {
    static let success: Int32 = 0
    static let sizeLimitExceeded: Int32 = 4
    static let referral: Int32 = 10
    static let confidentialityRequired: Int32 = 13
    static let constraintViolation: Int32 = 19
    static let noSuchObject: Int32 = 32
    static let inappropriateAuthentication: Int32 = 48
    static let invalidCredentials: Int32 = 49
    static let insufficientAccess: Int32 = 50
    static let busy: Int32 = 51
    static let unavailable: Int32 = 52
    static let unwillingToPerform: Int32 = 53
    static let other: Int32 = 80
    /// Where a watch left off is not known any more.
    ///
    /// Source: RFC 4533, section 2.5.
    static let refreshRequired: Int32 = 4_096

    /// Whether a code says something about the server, and not about what was asked of it.
    static func blamesServer(_ code: Int32) -> Bool { code == Self.busy || code == Self.unavailable }
}
