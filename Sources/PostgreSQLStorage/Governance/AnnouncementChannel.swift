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
/// whenever it is gone from there or is not what it was. Nothing that it signed is ever removed or written over: where table and
/// disk hold what the other does not know, one of them is from a backup.
package final class AnnouncementChannel: Sendable {
    struct State: Sendable {
        var reader: AnnouncementReader
        /// What cannot be taken now, by whom it claims to be from.
        var standing: [String: AnnouncementRefusal] = [:]
        /// Who has counted back, until they have counted as far again.
        var rewound: [String: AnnouncementRefusal] = [:]
        /// What keeps this gateway from announcing under a key, by the key's name.
        var own: [String: AnnouncementRefusal] = [:]
        var reported: Set<AnnouncementRefusal> = []
        /// Who announced in the table without being known, at the last look.
        var sighted: [String] = []
        /// Whether everything in the table was read once, so that what this gateway announced before is known.
        var isCaughtUp = false
        /// The publication with the highest number that was taken.
        var newest: PolicyPublication?
    }

    let configuration: PostgreSQLConfiguration
    let announcer: Announcer
    let retiring: [Announcer]
    /// What this gateway announced under keys that it has no more.
    let former: [String: [SignedAnnouncement]]
    let untold: UntoldAnnouncements
    let now: @Sendable () -> Int64
    let state: Mutex<State>
    let connections: ConnectionPool
    let heard: @Sendable ([Announcement]) -> Void
    private let refused: @Sendable (AnnouncementRefusal) -> Void
    private let start: Int64
    private let follower = Mutex<Worker?>(nil)

    /// How long to wait before connecting again, in milliseconds.
    private static let retryMilliseconds: Int32 = 200

    /// Begins to follow.
    ///
    /// - Parameters:
    ///   - configuration: Where the database is.
    ///   - announcer: What this gateway announces with.
    ///   - retiring: What it announced with before, while its keys change: says, once, which key follows.
    ///   - history: Everything that this gateway announced under keys that it has no more.
    ///   - untold: What it took back and could not tell yet.
    ///   - reader: Whom to believe.
    ///   - now: The present moment, in seconds since 1970.
    ///   - heard: Called with announcements that were taken, in the order of their gateway; also with this gateway's own.
    ///   - refused: Called once with each that was not.
    package init(
        _ configuration: PostgreSQLConfiguration,
        announcer: Announcer,
        retiring: [Announcer] = [],
        history: [SignedAnnouncement] = [],
        untold: UntoldAnnouncements,
        reader: AnnouncementReader,
        now: @escaping @Sendable () -> Int64,
        heard: @escaping @Sendable ([Announcement]) -> Void,
        refused: @escaping @Sendable (AnnouncementRefusal) -> Void
    ) {
        self.configuration = configuration
        self.announcer = announcer
        self.retiring = retiring
        let present = [announcer.name] + retiring.map(\.name)
        self.former = Dictionary(grouping: history.filter { !present.contains($0.signer) }, by: \.signer)
        self.untold = untold
        self.now = now
        self.start = now()
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
    package var isFresh: Bool {
        self.state.withLock { state in
            state.isCaughtUp && state.own[self.announcer.name] == nil && state.reader.isFresh(at: self.now())
        }
    }

    /// The gateways that have not said for longer than so many seconds that nothing of theirs is unknown here.
    package func incomplete(for seconds: Int64) -> [String] {
        self.state.withLock { state in
            state.reader.incomplete(at: self.now(), for: seconds, since: self.start, besides: self.announcer.name)
        }
    }

    /// The gateways of which something may be unknown.
    package var stale: [String] { self.state.withLock { $0.reader.stale(at: self.now()) } }

    /// What is wrong now, for operators: what cannot be taken, and who is silent.
    package var troubles: [String] {
        let now = self.now()
        return self.state.withLock { state in
            let found = [state.own, state.standing, state.rewound].flatMap { $0.sorted { $0.key < $1.key } }
            let refused = found.map(\.value.description)
            let silent = state.reader.stale(at: now).filter { signer in !found.contains { $0.key == signer } }.map {
                signer in
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
    ///   ``GovernanceFailure/unavailable(_:)`` it may still be told, when the database is back; what was taken back is told then, also
    ///   after a restart, unless the reason says that it could not be kept.
    package func announce(_ announcement: Announcement) async throws(GovernanceFailure) {
        do throws(GovernanceFailure) {
            guard self.state.withLock({ $0.isCaughtUp }) else {
                throw .unavailable("the database has not been reached since the start")
            }
            try await self.tell(announcement)
        } catch {
            switch announcement {
            case .grantWithdrawn, .tokenRevoked: try self.untold.add(announcement)
            default: break
            }
            throw error
        }
    }

    private func tell(_ announcement: Announcement) async throws(GovernanceFailure) {
        do {
            try await self.connections.write { try self.tell(announcement, $0) }
        } catch let failure as GovernanceFailure {
            throw failure
        } catch let refusal as AnnouncementRefusal {
            self.note(refusal, ofOwn: self.announcer.name)
            throw .unavailable(refusal.description)
        } catch {
            throw .unavailable("\(error)")
        }
    }

    // MARK: - Reporting

    func note(_ refusal: AnnouncementRefusal?, of signer: String) {
        self.state.withLock { $0.standing[signer] = refusal }
        if let refusal { self.report(refusal) }
    }

    func note(_ refusal: AnnouncementRefusal?, ofOwn name: String) {
        self.state.withLock { $0.own[name] = refusal }
        if let refusal { self.report(refusal) }
    }

    /// Reports each refusal once; it comes again with every look.
    func report(_ refusal: AnnouncementRefusal) {
        if self.state.withLock({ $0.reported.count < 1_000 && $0.reported.insert(refusal).inserted }) {
            self.refused(refusal)
        }
    }
}
