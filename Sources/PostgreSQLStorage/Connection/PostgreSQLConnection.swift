import CPostgreSQL
import Glibc

/// One connection to PostgreSQL.
///
/// This is the only file in the room that calls C. Every wait has an end: a server that is stopped, or a network that
/// swallows packets, gives a failure and not a hung thread.
@safe final class PostgreSQLConnection: Sendable {
    // A PGconn may be used from any thread, by one at a time: it is held by a writer under its lock, or by the one reader that
    // took it out of the pool.
    nonisolated(unsafe) private let handle: OpaquePointer
    private let answerMilliseconds: Int32

    /// Connects.
    ///
    /// - Throws: ``PostgreSQLFailure`` when there is no connection in time.
    init(_ configuration: PostgreSQLConfiguration) throws(PostgreSQLFailure) {
        let options: [String: String]
        do {
            options = try Self.options(of: configuration)
        } catch {
            throw PostgreSQLFailure(kind: .unreachable, message: error.description)
        }
        let names = options.keys.sorted()
        let handle = unsafe Self.withTexts(names) { keywords in
            unsafe Self.withTexts(names.map { options[$0] }) { values in
                unsafe PQconnectStartParams(keywords, values, 0)
            }
        }
        guard let handle = unsafe handle else {
            throw PostgreSQLFailure(kind: .unreachable, message: "out of memory")
        }
        unsafe self.handle = handle
        self.answerMilliseconds = configuration.answerMilliseconds
        let end = Self.now() + Int64(configuration.connectMilliseconds)
        var step = PGRES_POLLING_WRITING
        while step != PGRES_POLLING_OK {
            guard step != PGRES_POLLING_FAILED else { throw self.lost() }
            // Until a socket is there, each step takes the next address.
            try self.wait(for: step == PGRES_POLLING_READING ? POLLIN : POLLOUT, until: end)
            step = unsafe PQconnectPoll(handle)
        }
        unsafe stile_pq_quiet(handle)
        guard unsafe PQsetnonblocking(handle, 1) == 0 else { throw self.lost() }
    }

    deinit { unsafe PQfinish(self.handle) }

    /// Reads a connection string, adds what is configured beside it and what we insist on.
    static func options(of configuration: PostgreSQLConfiguration) throws(ConnectionStringError) -> [String: String] {
        guard let list = unsafe PQconninfoParse(configuration.connection, nil) else { throw .malformed }
        defer { unsafe PQconninfoFree(list) }
        var options: [String: String] = [:]
        var next = unsafe list
        while let keyword = unsafe next.pointee.keyword {
            if let value = unsafe next.pointee.val {
                options[unsafe String(cString: keyword)] = unsafe String(cString: value)
            }
            unsafe next += 1
        }
        if options["password"] != nil { throw .password }
        guard options["host"] != nil || options["hostaddr"] != nil || options["service"] != nil else { throw .noHost }
        let fixed = [
            "passfile": configuration.passwordFile, "sslrootcert": configuration.certificateAuthorities,
            "sslmode": options["sslmode"] ?? "verify-full", "application_name": options["application_name"] ?? "stile",
            // What was sent and not acknowledged for so long is a broken connection.
            "tcp_user_timeout": options["tcp_user_timeout"] ?? "10000", "client_encoding": "UTF8",
        ]
        for (name, value) in fixed { if let value { options[name] = value } }
        return options
    }

    /// Runs statements without values, one after another.
    func execute(_ statements: String) throws(PostgreSQLFailure) {
        guard unsafe PQsendQuery(self.handle, statements) == 1 else { throw self.lost() }
        _ = try self.answer(within: self.answerMilliseconds)
    }

    /// Runs a statement that takes its time, such as one that builds an index.
    func execute(_ statement: String, within milliseconds: Int32) throws(PostgreSQLFailure) {
        guard unsafe PQsendQuery(self.handle, statement) == 1 else { throw self.lost() }
        _ = try self.answer(within: milliseconds)
    }

    /// Runs one statement and gives its rows.
    @discardableResult
    func query(
        _ statement: String,
        _ parameters: [PostgreSQLParameter] = []
    ) throws(PostgreSQLFailure) -> [PostgreSQLRow] {
        var values: [[CChar]?] = []
        var lengths: [Int32] = []
        var formats: [Int32] = []
        for parameter in parameters {
            switch parameter {
            case .null: values.append(nil)
            case .text(let text): values.append(Self.terminated(text))
            case .integer(let number): values.append(Self.terminated(String(number)))
            case .bytes(let bytes): values.append(bytes.map { CChar(bitPattern: $0) })
            }
            lengths.append(Int32(values.last??.count ?? 0))
            if case .bytes = parameter { formats.append(1) } else { formats.append(0) }
        }
        let sent = unsafe Self.withBuffers(values) { pointers in
            unsafe PQsendQueryParams(
                self.handle,
                statement,
                Int32(parameters.count),
                nil,
                pointers,
                lengths,
                formats,
                1
            )
        }
        guard sent == 1 else { throw self.lost() }
        return try self.answer(within: self.answerMilliseconds)
    }

    /// Copies rows in; `bytes` is all of what the statement takes.
    func copy(_ statement: String, _ bytes: [UInt8]) throws(PostgreSQLFailure) {
        guard unsafe PQsendQuery(self.handle, statement) == 1 else { throw self.lost() }
        let end = Self.now() + Int64(self.answerMilliseconds)
        try self.awaitResult(until: end)
        let ready = unsafe PQgetResult(self.handle)
        let status = unsafe PQresultStatus(ready)
        guard status == PGRES_COPY_IN else {
            let failure = unsafe self.failure(of: ready)
            unsafe PQclear(ready)
            _ = try? self.answer(within: self.answerMilliseconds)
            throw failure
        }
        unsafe PQclear(ready)
        var position = 0
        while position < bytes.count {
            let piece = min(1 << 18, bytes.count - position)
            let put = unsafe bytes.withUnsafeBytes { buffer in
                unsafe PQputCopyData(
                    self.handle,
                    buffer.baseAddress?.advanced(by: position).assumingMemoryBound(to: CChar.self),
                    Int32(piece)
                )
            }
            guard put >= 0 else { throw self.lost() }
            if put == 1 { position += piece }
            try self.flush(until: end, atMost: put == 1 ? 1 << 20 : 0)
        }
        while true {
            let ended = unsafe PQputCopyEnd(self.handle, nil)
            guard ended >= 0 else { throw self.lost() }
            if ended == 1 { break }
            try self.flush(until: end, atMost: 0)
        }
        _ = try self.answer(within: self.answerMilliseconds)
    }

    /// What was notified to the channels that are listened to, waiting for the first at most so long.
    ///
    /// - Parameters:
    ///   - milliseconds: How long to wait; negative is for ever.
    ///   - bell: A descriptor that ends the wait when it can be read.
    /// - Returns: The notifications; none when the time was over.
    /// - Throws: ``PostgreSQLFailure`` when the connection is lost.
    func notifications(
        within milliseconds: Int32,
        or bell: Int32 = -1
    ) throws(PostgreSQLFailure) -> [(channel: String, payload: String)] {
        var found = try self.takeNotifications()
        guard found.isEmpty else { return found }
        var descriptors = [
            pollfd(fd: unsafe PQsocket(self.handle), events: Int16(POLLIN), revents: 0),
            pollfd(fd: bell, events: Int16(POLLIN), revents: 0),
        ]
        _ = unsafe poll(&descriptors, 2, milliseconds)
        if descriptors[0].revents != 0, unsafe PQconsumeInput(self.handle) != 1 { throw self.lost() }
        found = try self.takeNotifications()
        return found
    }

    private func takeNotifications() throws(PostgreSQLFailure) -> [(channel: String, payload: String)] {
        guard unsafe PQconsumeInput(self.handle) == 1 else { throw self.lost() }
        var found: [(channel: String, payload: String)] = []
        while let notify = unsafe PQnotifies(self.handle) {
            let channel = unsafe String(cString: notify.pointee.relname)
            let payload = unsafe String(cString: notify.pointee.extra)
            found.append((channel, payload))
            unsafe PQfreemem(notify)
        }
        return found
    }

    /// Waits for everything that the statements answer; the last rows count, and the first failure.
    private func answer(within milliseconds: Int32) throws(PostgreSQLFailure) -> [PostgreSQLRow] {
        let end = Self.now() + Int64(milliseconds)
        var rows: [PostgreSQLRow] = []
        var failure: PostgreSQLFailure?
        while true {
            try self.awaitResult(until: end)
            guard let result = unsafe PQgetResult(self.handle) else { break }
            switch unsafe PQresultStatus(result) {
            case PGRES_TUPLES_OK: rows = unsafe Self.rows(of: result)
            case PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: break
            default: if failure == nil { failure = unsafe self.failure(of: result) }
            }
            unsafe PQclear(result)
            // A broken connection gives the same result for ever.
            if unsafe PQstatus(self.handle) != CONNECTION_OK { throw failure ?? self.lost() }
        }
        if let failure { throw failure }
        return rows
    }

    private func awaitResult(until end: Int64) throws(PostgreSQLFailure) {
        try self.flush(until: end, atMost: 0)
        while unsafe PQisBusy(self.handle) == 1 {
            try self.wait(for: POLLIN, until: end)
            guard unsafe PQconsumeInput(self.handle) == 1 else { throw self.lost() }
        }
    }

    /// Sends what waits to be sent.
    ///
    /// With `slack`, one try is enough: the library holds the rest.
    private func flush(until end: Int64, atMost slack: Int) throws(PostgreSQLFailure) {
        while true {
            let left = unsafe PQflush(self.handle)
            guard left >= 0 else { throw self.lost() }
            if left == 0 || slack > 0 { return }
            try self.wait(for: POLLIN | POLLOUT, until: end)
            guard unsafe PQconsumeInput(self.handle) == 1 else { throw self.lost() }
        }
    }

    private func wait(for events: Int32, until end: Int64) throws(PostgreSQLFailure) {
        let socket = unsafe PQsocket(self.handle)
        guard socket >= 0 else { throw self.lost() }
        while true {
            let rest = end - Self.now()
            guard rest > 0 else { throw PostgreSQLFailure(kind: .late, message: "the connection is given up") }
            var descriptor = pollfd(fd: socket, events: Int16(events), revents: 0)
            let ready = unsafe poll(&descriptor, 1, Int32(clamping: rest))
            if ready > 0 { return }
            if ready < 0, errno != EINTR {
                throw PostgreSQLFailure(kind: .unreachable, message: "poll failed (errno \(errno))")
            }
        }
    }

    private static func now() -> Int64 {
        var clock = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &clock)
        return Int64(clock.tv_sec) * 1000 + Int64(clock.tv_nsec) / 1_000_000
    }

    /// What the library says about the connection itself: names and addresses, never values.
    private func lost() -> PostgreSQLFailure {
        let text = unsafe PQerrorMessage(self.handle).map { unsafe String(cString: $0) } ?? ""
        let line = text.split(separator: "\n").joined(separator: "; ")
        return PostgreSQLFailure(kind: .unreachable, message: line.isEmpty ? "the connection is closed" : line)
    }

    private func failure(of result: OpaquePointer?) -> PostgreSQLFailure {
        func field(_ code: Int32) -> String? {
            unsafe PQresultErrorField(result, code).map { unsafe String(cString: $0) }
        }
        guard let state = field(stile_pq_diagnostic_state) else { return self.lost() }
        return PostgreSQLFailure(
            kind: .refused(state: state),
            message: field(stile_pq_diagnostic_message) ?? "no reason given"
        )
    }

    @unsafe private static func rows(of result: OpaquePointer) -> [PostgreSQLRow] {
        let columns = unsafe PQnfields(result)
        return (0..<(unsafe PQntuples(result))).map { row in
            PostgreSQLRow(
                cells: (0..<columns).map { column in
                    guard unsafe PQgetisnull(result, row, column) == 0 else { return nil }
                    let count = Int(unsafe PQgetlength(result, row, column))
                    let start = unsafe UnsafeRawPointer(PQgetvalue(result, row, column))
                    return unsafe Array(UnsafeRawBufferPointer(start: start, count: count))
                }
            )
        }
    }

    private static func terminated(_ text: String) -> [CChar] { text.utf8.map { CChar(bitPattern: $0) } + [0] }

    /// Lends texts as an array of C strings with a null at its end.
    private static func withTexts<Result>(
        _ texts: [String?],
        _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Result
    ) -> Result {
        unsafe self.withBuffers(texts.map { $0.map(Self.terminated) } + [nil], body)
    }

    private static func withBuffers<Result>(
        _ values: [[CChar]?],
        _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Result
    ) -> Result {
        var whole: [CChar] = []
        var starts: [Int?] = []
        for value in values {
            starts.append(value.map { _ in whole.count })
            whole += value ?? []
            // Something to point at, also for a value without bytes.
            whole.append(0)
        }
        return unsafe whole.withUnsafeBufferPointer { buffer in
            let pointers = unsafe starts.map { start in
                unsafe start.flatMap { unsafe buffer.baseAddress?.advanced(by: $0) }
            }
            return unsafe pointers.withUnsafeBufferPointer { unsafe body($0.baseAddress) }
        }
    }
}

extension PostgreSQLConfiguration {
    /// What is wrong with the connection string; `nil` when nothing is.
    ///
    /// Nothing is connected to.
    package var problem: ConnectionStringError? {
        do {
            _ = try PostgreSQLConnection.options(of: self)
            return nil
        } catch {
            return error
        }
    }

    /// How the server is made sure of, in libpq's words.
    package var security: String? { try? PostgreSQLConnection.options(of: self)["sslmode"] }
}
