import DecisionLog
package import Governance
import Synchronization
import TransparencyLog

/// Carries signed announcements between gateways: rows in a table, and a notification so that nobody has to poll.
///
/// The database is only the transport. A notification says that there is something to read, never what; everything is read
/// from the table after the last announcement of each gateway that was taken, so a lost connection, a restart of the server
/// and a lost notification cost a moment and nothing else. A row that is forged, repeated or missing is reported, and the
/// gateway that it names stops being fresh. What this gateway itself announced it keeps on disk, and puts back into the table
/// whenever it is gone from there or is not what it was.
package final class AnnouncementChannel: Sendable {
    private struct State: Sendable {
        var reader: AnnouncementReader
        /// What cannot be taken now, by whom it claims to be from.
        var standing: [String: AnnouncementRefusal] = [:]
        var reported: Set<AnnouncementRefusal> = []
        /// Whether everything in the table was read once, so that what this gateway announced before is known.
        var isCaughtUp = false
        /// What was taken back and could not be told yet.
        var untold: [Announcement] = []
    }

    private let configuration: PostgreSQLConfiguration
    private let announcer: Announcer
    private let retiring: [Announcer]
    /// What this gateway announced under keys that it has no more.
    private let former: [String: [SignedAnnouncement]]
    private let now: @Sendable () -> Int64
    private let state: Mutex<State>
    private let connections: ConnectionPool
    private let heard: @Sendable (Announcement) -> Void
    private let refused: @Sendable (AnnouncementRefusal) -> Void
    private let follower = Mutex<Worker?>(nil)

    /// How long to wait for a notification before looking by oneself and saying that one is there, in milliseconds.
    private static let heartbeatMilliseconds: Int32 = 5_000
    /// How often one's own rows are compared with what was announced byte by byte, in seconds.
    private static let mendSeconds: Int64 = 60
    /// How long to wait before connecting again, in milliseconds.
    private static let retryMilliseconds: Int32 = 200

    /// Begins to follow.
    ///
    /// - Parameters:
    ///   - configuration: Where the database is.
    ///   - announcer: What this gateway announces with.
    ///   - retiring: What it announced with before, while its keys change: says, once, which key follows.
    ///   - history: Everything that this gateway ever announced, also under keys that it has no more.
    ///   - reader: Whom to believe.
    ///   - now: The present moment, in seconds since 1970.
    ///   - heard: Called with each announcement that was taken, in the order of its gateway; also with this gateway's own.
    ///   - refused: Called once with each that was not.
    package init(
        _ configuration: PostgreSQLConfiguration,
        announcer: Announcer,
        retiring: [Announcer] = [],
        history: [SignedAnnouncement] = [],
        reader: AnnouncementReader,
        now: @escaping @Sendable () -> Int64,
        heard: @escaping @Sendable (Announcement) -> Void,
        refused: @escaping @Sendable (AnnouncementRefusal) -> Void
    ) {
        self.configuration = configuration
        self.announcer = announcer
        self.retiring = retiring
        let present = [announcer.name] + retiring.map(\.name)
        self.former = Dictionary(grouping: history.filter { !present.contains($0.signer) }, by: \.signer)
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
    package var isFresh: Bool { self.state.withLock { $0.isCaughtUp && $0.reader.isFresh(at: self.now()) } }

    /// The gateways of which something may be unknown.
    package var stale: [String] { self.state.withLock { $0.reader.stale(at: self.now()) } }

    /// What is wrong now, for operators: what cannot be taken, and who is silent.
    package var troubles: [String] {
        let now = self.now()
        return self.state.withLock { state in
            let refused = state.standing.sorted { $0.key < $1.key }.map(\.value.description)
            let silent = state.reader.stale(at: now).filter { state.standing[$0] == nil }.map { signer in
                let last = state.reader.lastWord(of: signer)
                let word = last.map { "was heard \(max(0, now - $0)) s ago" } ?? "was never heard"
                return "gateway `\(signer)` \(word): what it announced may be unknown here"
            }
            return refused + silent
        }
    }

    /// Signs an announcement and tells everybody; when this returns, it is durable in the database.
    ///
    /// - Throws: ``GovernanceFailure/overtaken(_:)`` for a revision whose number another gateway has taken. After
    ///   ``GovernanceFailure/unavailable(_:)`` it may still be told, when the database is back; what was taken back is told then.
    package func announce(_ announcement: Announcement) async throws(GovernanceFailure) {
        do throws(GovernanceFailure) {
            try await self.tell(announcement)
        } catch {
            switch announcement {
            case .grantWithdrawn, .tokenRevoked:
                self.state.withLock { $0.untold.append(announcement) }
                self.keepUntold()
            default: break
            }
            throw error
        }
    }

    /// Keeps on this disk what was taken back while the database was away; from there it comes into the table.
    private func keepUntold() {
        // Before everything in the table was read, a number may be in use already.
        let untold = self.state.withLock { state in
            guard state.isCaughtUp else { return [] as [Announcement] }
            defer { state.untold = [] }
            return state.untold
        }
        for announcement in untold {
            do {
                try self.announcer.announce(announcement, time: self.now())
            } catch {
                // Another one was kept meanwhile, or the disk is full: with the next look.
                self.state.withLock { $0.untold.append(announcement) }
            }
        }
    }

    private func tell(_ announcement: Announcement) async throws(GovernanceFailure) {
        guard self.state.withLock({ $0.isCaughtUp }) else {
            throw .unavailable("the database has not been reached since the start")
        }
        do {
            try await self.connections.write { connection in
                try AnnouncementRows.lock(self.announcer.name, connection)
                if case .policyPublished(let publication) = announcement {
                    try self.claim(publication, connection)
                }
                let signed = try self.announcer.next(announcement, time: self.now())
                try AnnouncementRows.put(signed, connection)
                // On this disk before the database says that it has it: the number is never used for anything else.
                try self.announcer.keep(signed)
                try self.beat(connection)
            }
        } catch let failure as GovernanceFailure {
            throw failure
        } catch {
            throw .unavailable("\(error)")
        }
    }

    /// Makes sure that nobody has published another revision of this number; until the transaction ends, nobody can.
    private func claim(_ publication: PolicyPublication, _ connection: PostgreSQLConnection) throws {
        try connection.query(GovernanceSchema.publishing)
        let rows = try connection.query(
            "SELECT \(AnnouncementRows.columns), left(signer, 200) FROM announcements WHERE kind = 'policy-published'"
        )
        for row in rows {
            let signed = try AnnouncementRows.announcement(row.text(5) ?? "", row)
            guard case .policyPublished(let other) = Announcement(kind: signed.kind, payload: signed.payload),
                other.number >= publication.number, other.digest != publication.digest,
                self.state.withLock({ $0.reader.isGenuine(signed) })
            else { continue }
            let who = other.approval?.by.name ?? other.proposal.by.name
            throw GovernanceFailure.overtaken("revision \(other.digest.revision) (number \(other.number), by \(who))")
        }
    }

    private func beat(_ connection: PostgreSQLConnection) throws {
        let signed = try SignedAnnouncement(
            heartbeatAfter: self.announcer.sequence,
            time: self.now(),
            by: self.announcer.key
        )
        try AnnouncementRows.beat(signed, connection)
    }

    // MARK: - Following

    private func follow(_ worker: Worker) throws {
        let connection = try PostgreSQLConnection(self.configuration)
        try PostgreSQLSchema.migrate(connection, GovernanceSchema.migrations, schema: GovernanceSchema.name)
        try connection.execute(GovernanceSchema.session)
        // First listened, then read: what comes in between is read or notified, or both.
        try connection.execute("LISTEN \(GovernanceSchema.channel)")
        var beaten = Int64.min
        var mended = Int64.min
        while !worker.shouldStop {
            while try self.read(connection) {}
            self.state.withLock { $0.isCaughtUp = true }
            self.keepUntold()
            let now = self.now()
            if try self.hasDamage(connection) || now - Self.mendSeconds >= mended {
                try self.mend(connection)
                mended = now
            }
            if now - Int64(Self.heartbeatMilliseconds / 1_000) >= beaten {
                try connection.transaction { try self.beat($0) }
                beaten = now
            }
            // Looked at now and then, so that stopping does not wait for a whole beat.
            for _ in 0..<(Self.heartbeatMilliseconds / 100) where !worker.shouldStop {
                if try !connection.notifications(within: 100).isEmpty { break }
            }
        }
    }

    /// Whether the table holds under this gateway's name what it did not say, or not as much as it said.
    private func hasDamage(_ connection: PostgreSQLConnection) throws -> Bool {
        guard self.state.withLock({ $0.standing[self.announcer.name] == nil }) else { return true }
        let said = self.announcer.sequence
        let row = try connection.query(
            "SELECT count(*) FROM announcements WHERE signer = $1 AND sequence <= $2",
            [.text(self.announcer.name), .integer(Int64(said))]
        ).first
        return try row?.integer(0) ?? 0 < Int64(said)
    }

    /// Puts back what this gateway announced and is not in the table as it was, and removes what it did not announce.
    private func mend(_ connection: PostgreSQLConnection) throws {
        for announcer in self.retiring where announcer.sequence == 0 || !Self.isSucceeded(announcer) {
            try connection.transaction { connection in
                try AnnouncementRows.lock(announcer.name, connection)
                let signed = try announcer.next(.keyFollows(self.announcer.key.verifier), time: self.now())
                try announcer.keep(signed)
            }
        }
        let present = [self.announcer] + self.retiring
        for name in present.map(\.name) + self.former.keys {
            try connection.transaction { connection in
                try AnnouncementRows.lock(name, connection)
                let announcer = present.first { $0.name == name }
                let said = announcer?.all ?? self.former[name] ?? []
                // First, so that what is read is bounded by what was said.
                if announcer != nil {
                    try connection.query(
                        "DELETE FROM announcements WHERE signer = $1 AND (sequence > $2 OR sequence < 1)",
                        [.text(name), .integer(Int64(said.count))]
                    )
                }
                var stored: [UInt64: SignedAnnouncement] = [:]
                var last: UInt64 = 0
                while true {
                    let rows = try AnnouncementRows.announcements(of: name, after: last, connection)
                    for row in rows { stored[row.sequence] = row }
                    guard rows.count == AnnouncementRows.batch, let end = rows.last, end.sequence < UInt64(said.count)
                    else { break }
                    last = end.sequence
                }
                for signed in said where stored[signed.sequence] != signed {
                    try AnnouncementRows.put(signed, connection)
                }
                try connection.query("SELECT pg_notify('\(GovernanceSchema.channel)', '')")
            }
        }
    }

    private static func isSucceeded(_ announcer: Announcer) -> Bool {
        announcer.all.contains { $0.kind == Announcement.keyFollows(announcer.key.verifier).kind }
    }

    /// Reads what came after the last announcement of each gateway that was taken.
    ///
    /// - Returns: Whether there may be more: another key is to be followed, or there was too much for one look.
    private func read(_ connection: PostgreSQLConnection) throws -> Bool {
        let taken = self.state.withLock { $0.reader.taken }
        var hasMore = false
        for (signer, sequence) in taken.sorted(by: { $0.key < $1.key }) {
            let rows = try AnnouncementRows.announcements(of: signer, after: sequence, connection)
            let refusal = rows.lazy.compactMap(self.refusal).first
            if refusal == nil, rows.count == AnnouncementRows.batch { hasMore = true }
            self.note(refusal, of: signer)
        }
        let signers = taken.keys.sorted()
        for signed in try AnnouncementRows.heartbeats(of: signers, connection) {
            do {
                try self.state.withLock { state throws(AnnouncementRefusal) in
                    try state.reader.takeHeartbeat(signed, at: self.now())
                }
            } catch {
                self.report(error)
            }
        }
        let strangers = try AnnouncementRows.strangers(besides: signers, connection)
        for signer in strangers { self.note(.unknownSigner(signer), of: signer) }
        let known = self.state.withLock { state in
            for (signer, refusal) in state.standing {
                guard case .unknownSigner = refusal, !strangers.contains(signer) else { continue }
                state.standing[signer] = nil
            }
            return state.reader.taken.count
        }
        return hasMore || known != taken.count
    }

    /// Takes one; why not, when it and nothing after it can be taken.
    private func refusal(_ signed: SignedAnnouncement) -> AnnouncementRefusal? {
        do {
            let announcement = try self.state.withLock { state throws(AnnouncementRefusal) in
                try state.reader.take(signed)
            }
            for announcer in [self.announcer] + self.retiring
            where announcer.name == signed.signer && signed.sequence > announcer.sequence {
                // Said before this gateway's files were put back from a backup: its number stays used.
                try? announcer.keep(signed)
            }
            self.heard(announcement)
            return nil
        } catch {
            return error
        }
    }

    private func note(_ refusal: AnnouncementRefusal?, of signer: String) {
        self.state.withLock { $0.standing[signer] = refusal }
        if let refusal { self.report(refusal) }
    }

    /// Reports each refusal once; it comes again with every look.
    private func report(_ refusal: AnnouncementRefusal) {
        if self.state.withLock({ $0.reported.count < 1_000 && $0.reported.insert(refusal).inserted }) {
            self.refused(refusal)
        }
    }
}
