import DecisionLog
package import Governance
import Synchronization
package import TransparencyLog

/// Carries signed announcements between gateways: rows in a table, and a notification so that nobody has to poll.
///
/// The database is only the transport. A notification says that there is something to read, never what; everything is read
/// from the table after the last announcement of each gateway that was taken, so a lost connection, a restart of the server
/// and a lost notification cost a moment and nothing else. A row that is forged, repeated or missing is reported, and the
/// gateway that it names stops being fresh.
package final class AnnouncementChannel: Sendable {
    private struct State: Sendable {
        var reader: AnnouncementReader
        /// The last announcement of this gateway's own.
        var sequence: UInt64?
        var reported: Set<AnnouncementRefusal> = []
    }

    private let configuration: PostgreSQLConfiguration
    private let key: NoteSignerKey
    private let now: @Sendable () -> Int64
    private let state: Mutex<State>
    private let connections: ConnectionPool
    private let heard: @Sendable (Announcement) -> Void
    private let refused: @Sendable (AnnouncementRefusal) -> Void
    private let follower = Mutex<Worker?>(nil)

    /// How long to wait for a notification before looking by oneself and saying that one is there, in milliseconds.
    private static let heartbeatMilliseconds: Int32 = 5_000
    /// How long to wait before connecting again, in milliseconds.
    private static let retryMilliseconds: Int32 = 200

    /// Begins to follow.
    ///
    /// - Parameters:
    ///   - configuration: Where the database is.
    ///   - key: What this gateway signs with.
    ///   - reader: Whom to believe.
    ///   - now: The present moment, in seconds since 1970.
    ///   - heard: Called with each announcement that was taken, in the order of its gateway; also with this gateway's own.
    ///   - refused: Called once with each that was not.
    package init(
        _ configuration: PostgreSQLConfiguration,
        key: NoteSignerKey,
        reader: AnnouncementReader,
        now: @escaping @Sendable () -> Int64,
        heard: @escaping @Sendable (Announcement) -> Void,
        refused: @escaping @Sendable (AnnouncementRefusal) -> Void
    ) {
        self.configuration = configuration
        self.key = key
        self.now = now
        self.state = Mutex(State(reader: reader))
        self.connections = ConnectionPool(configuration, session: GovernanceSchema.session, count: 2)
        self.heard = heard
        self.refused = refused
        let worker = Worker { [weak self] worker in
            while !worker.shouldStop {
                guard let channel = self else { return }
                do {
                    try channel.follow(worker)
                } catch {
                    // Nothing is fresh while there is no connection, and that is all there is to say.
                    _ = worker.wait(atMost: Self.retryMilliseconds)
                }
            }
        }
        self.follower.withLock { $0 = worker }
    }

    /// Stops following.
    package func stop() {
        let worker = self.follower.withLock { worker in
            defer { worker = nil }
            return worker
        }
        worker?.stop()
    }

    /// Whether everything that every gateway announced is known here.
    package var isFresh: Bool { self.state.withLock { $0.reader.isFresh(at: self.now()) } }

    /// The gateways of which something may be unknown.
    package var stale: [String] { self.state.withLock { $0.reader.stale(at: self.now()) } }

    /// Signs an announcement and tells everybody; when this returns, it is durable in the database.
    package func announce(_ announcement: Announcement) async throws(GovernanceFailure) {
        do {
            try await self.connections.write { connection in
                // One announcement after the other, also of two processes with one key.
                let signer = self.key.verifier.announcerName
                try connection.query(
                    "SELECT pg_advisory_xact_lock(\(GovernanceSchema.ownerLock), hashtext($1))",
                    [.text(signer)]
                )
                let row = try connection.query(
                    "SELECT coalesce(max(sequence), 0) FROM announcements WHERE signer = $1",
                    [.text(signer)]
                ).first
                let stored = UInt64(bitPattern: try row?.integer(0) ?? 0)
                // What was counted once is never used again, even if somebody removed it.
                let sequence = max(stored, self.state.withLock { $0.sequence } ?? 0) + 1
                let signed = try SignedAnnouncement(announcement, sequence: sequence, time: self.now(), by: self.key)
                try connection.query(
                    """
                    INSERT INTO announcements (signer, sequence, time, kind, payload, signature)
                    VALUES ($1, $2, $3, $4, $5, $6)
                    """,
                    [
                        .text(signer), .integer(Int64(sequence)), .integer(signed.time), .text(signed.kind),
                        .bytes(signed.payload), .bytes(signed.signature),
                    ]
                )
                try self.beat(after: sequence, connection)
                self.state.withLock { $0.sequence = sequence }
            }
        } catch {
            throw .unavailable("\(error)")
        }
    }

    /// Says how far this gateway has counted, and wakes the others.
    private func beat(after sequence: UInt64, _ connection: PostgreSQLConnection) throws {
        let signed = try SignedAnnouncement(heartbeatAfter: sequence, time: self.now(), by: self.key)
        try connection.query(
            """
            INSERT INTO heartbeats (signer, sequence, time, signature) VALUES ($1, $2, $3, $4)
            ON CONFLICT (signer) DO UPDATE
            SET sequence = excluded.sequence, time = excluded.time, signature = excluded.signature
            """,
            [.text(signed.signer), .integer(Int64(sequence)), .integer(signed.time), .bytes(signed.signature)]
        )
        try connection.query("SELECT pg_notify('\(GovernanceSchema.channel)', '')")
    }

    // MARK: - Following

    private func follow(_ worker: Worker) throws {
        let connection = try PostgreSQLConnection(self.configuration)
        try PostgreSQLSchema.migrate(connection, GovernanceSchema.migrations, schema: GovernanceSchema.name)
        try connection.execute(GovernanceSchema.session)
        // First listened, then read: what comes in between is read or notified, or both.
        try connection.execute("LISTEN \(GovernanceSchema.channel)")
        try self.sayHello(connection)
        var beaten = self.now()
        while !worker.shouldStop {
            try self.read(connection)
            if self.now() - beaten >= Int64(Self.heartbeatMilliseconds / 1_000) {
                try self.sayHello(connection)
                beaten = self.now()
            }
            // Looked at now and then, so that stopping does not wait for a whole beat.
            for _ in 0..<(Self.heartbeatMilliseconds / 100) where !worker.shouldStop {
                if try !connection.notifications(within: 100).isEmpty { break }
            }
        }
    }

    private func sayHello(_ connection: PostgreSQLConnection) throws {
        let row = try connection.query(
            "SELECT coalesce(max(sequence), 0) FROM announcements WHERE signer = $1",
            [.text(self.key.verifier.announcerName)]
        ).first
        let stored = UInt64(bitPattern: try row?.integer(0) ?? 0)
        let sequence = self.state.withLock { state in
            let sequence = max(stored, state.sequence ?? 0)
            state.sequence = sequence
            return sequence
        }
        try connection.transaction { try self.beat(after: sequence, $0) }
    }

    /// Reads what came after the last announcement of each gateway that was taken.
    private func read(_ connection: PostgreSQLConnection) throws {
        let signers = try connection.query("SELECT DISTINCT signer FROM announcements").compactMap { $0.text(0) }
        let taken = self.state.withLock { $0.reader.taken }
        for signer in Set(signers).union(taken.keys).sorted() {
            // More than one gateway can say in a heartbeat is somebody's flood; the next look goes on.
            let rows = try connection.query(
                """
                SELECT sequence, time, kind, payload, signature FROM announcements
                WHERE signer = $1 AND sequence > $2 ORDER BY sequence LIMIT 10000
                """,
                [.text(signer), .integer(Int64(bitPattern: taken[signer] ?? 0))]
            )
            for row in rows where !self.take(try Self.signed(signer, row)) { break }
        }
        for row in try connection.query("SELECT signer, sequence, time, signature FROM heartbeats") {
            let signed = SignedAnnouncement(
                signer: row.text(0) ?? "",
                sequence: UInt64(bitPattern: try row.integer(1)),
                time: try row.integer(2),
                kind: SignedAnnouncement.heartbeat,
                payload: [],
                signature: row.bytes(3)
            )
            do {
                try self.state.withLock { state throws(AnnouncementRefusal) in try state.reader.takeHeartbeat(signed) }
            } catch {
                self.report(error)
            }
        }
    }

    private static func signed(_ signer: String, _ row: PostgreSQLRow) throws -> SignedAnnouncement {
        SignedAnnouncement(
            signer: signer,
            sequence: UInt64(bitPattern: try row.integer(0)),
            time: try row.integer(1),
            kind: row.text(2) ?? "",
            payload: row.bytes(3),
            signature: row.bytes(4)
        )
    }

    /// Takes one; `false` when nothing after it can be taken either.
    private func take(_ signed: SignedAnnouncement) -> Bool {
        do {
            let announcement = try self.state.withLock { state throws(AnnouncementRefusal) in
                try state.reader.take(signed)
            }
            self.heard(announcement)
            return true
        } catch {
            self.report(error)
            return false
        }
    }

    /// Reports each refusal once; it comes again with every look.
    private func report(_ refusal: AnnouncementRefusal) {
        if self.state.withLock({ $0.reported.count < 1_000 && $0.reported.insert(refusal).inserted }) {
            self.refused(refusal)
        }
    }
}
