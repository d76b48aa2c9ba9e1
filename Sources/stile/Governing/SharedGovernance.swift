import Catalog
import DecisionLog
import Gateway
import Governance
import Logging
import PolicyDecision
import PostgreSQLStorage
import SQLiteStorage
import Synchronization
import TransparencyLog

/// Governed state where the configuration says: files of this gateway alone, or a database that several share.
///
/// Everything that is decided by people (revisions of the policies, grants, what is taken back) is an announcement, signed with the
/// log's key, counted, and kept on this gateway's disk. With a shared database it is carried to all other gateways, and theirs to this one.
final class SharedGovernance: Sendable {
    /// Where tokens are.
    let store: any GovernanceStore
    /// Where grants are given.
    let grants: GrantDesk
    private let announced: AnnouncedTokens?
    let bundles: PostgreSQLGovernanceStore?
    let configuration: Configuration
    let state: FolderStore
    private let announcer: Announcer
    private let retiring: [Announcer]
    /// What was announced under keys that are gone.
    private let former: [SignedAnnouncement]
    private let untold: UntoldAnnouncements
    let logger: Logger
    let speaking: Speaking
    let counted = Mutex(Counted())
    private let following = Mutex<Task<Void, Never>?>(nil)

    struct Counted: Sendable {
        var refused: UInt64 = 0
        var policyTroubles: [String] = []
    }

    /// What hears an announcement, once all of it is there.
    struct Ears: Sendable {
        var revocations: TokenRevocations
        var policies: PolicyDesk?
        var spread: GrantSpread
        var log: DecisionLog
    }

    /// Made first, because everything else speaks through it.
    final class Speaking: Sendable {
        let channel = Mutex<AnnouncementChannel?>(nil)
        let ears = Mutex<Ears?>(nil)
        let announce = Mutex<(@Sendable (Announcement) async throws(GovernanceFailure) -> Void)?>(nil)

        func tell(_ announcement: Announcement) async throws(GovernanceFailure) {
            guard let announce = self.announce.withLock({ $0 }) else {
                throw .unavailable("the gateway is not running yet")
            }
            try await announce(announcement)
        }
    }

    init(_ configuration: Configuration, logger: Logger) throws {
        self.configuration = configuration
        self.logger = logger
        let state = FolderStore(root: configuration.state)
        self.state = state
        let speaking = Speaking()
        self.speaking = speaking
        if let shared = configuration.shared {
            let bundles = PostgreSQLGovernanceStore(shared.database)
            let tokens = AnnouncedTokens(bundles, announce: speaking.tell)
            self.announced = tokens
            self.bundles = bundles
            self.store = tokens
        } else {
            self.announced = nil
            self.bundles = nil
            self.store = try SQLiteGovernanceStore(path: configuration.governanceFile)
        }
        self.grants = GrantDesk(
            limits: configuration.grants.limits,
            now: { Timestamp.now().seconds },
            announce: speaking.tell
        )
        // Read here, so that a missing key is an error at the start.
        let keys = try LogKeys.read(from: FolderStore(root: configuration.logFolder))
        self.announcer = try Announcer(keys.signer, in: state)
        self.retiring = try keys.retiring.map { key throws(GovernanceFailure) in try Announcer(key, in: state) }
        // Each file is read once, however many there are.
        self.former = try Announcer.history(in: state, besides: [self.announcer] + self.retiring)
        self.untold = try UntoldAnnouncements(in: state)
    }

    // MARK: - Speaking and hearing

    /// Begins to speak and to hear.
    func follow(_ revocations: TokenRevocations, policies: PolicyDesk?, spread: GrantSpread, log: DecisionLog) throws {
        self.speaking.ears.withLock {
            $0 = Ears(revocations: revocations, policies: policies, spread: spread, log: log)
        }
        // What this gateway announced itself it knows without any database, under whatever key.
        let known = ([self.announcer] + self.retiring).flatMap(\.all) + self.former
        let begun = self.hear(known.compactMap { Announcement(kind: $0.kind, payload: $0.payload) } + self.untold.all)
        if let shared = self.configuration.shared {
            let own = [self.announcer.key.verifier] + self.retiring.map(\.key.verifier)
            let channel = AnnouncementChannel(
                shared.database,
                announcer: self.announcer,
                retiring: self.retiring,
                history: self.former,
                untold: self.untold,
                reader: AnnouncementReader(
                    keys: shared.gateways + own,
                    former: try Announcer.keys(in: self.state),
                    staleSeconds: self.configuration.grants.staleSeconds
                ),
                now: { Timestamp.now().seconds },
                heard: { [weak self] in _ = self?.hear($0) },
                refused: { [weak self] in self?.refuse($0) }
            )
            self.speaking.channel.withLock { $0 = channel }
            self.speaking.announce.withLock {
                $0 = { [weak self] announcement throws(GovernanceFailure) in
                    try await channel.announce(announcement)
                    _ = self?.hear([announcement])
                }
            }
        } else {
            let announcer = self.announcer
            self.speaking.announce.withLock {
                $0 = { [weak self] announcement throws(GovernanceFailure) in
                    try announcer.announce(announcement, time: Timestamp.now().seconds)
                    _ = self?.hear([announcement])
                }
            }
        }
        self.following.withLock {
            $0 = Task {
                await begun.value
                await spread.spread()
                await self.lookAgain(policies, spread)
            }
        }
    }

    /// Takes up announcements; what follows from them for all of them together, so that a long history costs no more than it is long.
    ///
    /// - Returns: What tells the event loops and takes up policies.
    private func hear(_ announcements: [Announcement]) -> Task<Void, Never> {
        guard let ears = self.speaking.ears.withLock({ $0 }) else { return Task {} }
        var revoked: [TokenID] = []
        var publishing: [Announcement] = []
        var isSpread = false
        for announcement in announcements {
            self.announced?.hear(announcement)
            switch announcement {
            case .tokenRevoked(let id, _, _): revoked.append(id)
            case .grantGiven, .grantWithdrawn: if self.grants.hear(announcement) { isSpread = true }
            case .policyProposed, .policyPublished: publishing.append(announcement)
            case .tokenCreated, .keyFollows, .unknown: break
            }
        }
        return Task { [revoked, publishing, isSpread] in
            // Apart from each other: files that are waited for must not keep a grant counting.
            async let spreading: Void = isSpread ? ears.spread.spread() : ()
            for id in revoked { await ears.revocations.tell(id) }
            await spreading
            if !publishing.isEmpty { await ears.policies?.hear(publishing) }
        }
    }

    private func refuse(_ refusal: AnnouncementRefusal) {
        self.counted.withLock { $0.refused += 1 }
        self.logger.error("announcement refused: \(refusal)")
        self.speaking.ears.withLock { $0 }?.log.note(
            LogEvent.announcementRefused,
            ["found": .string(refusal.description)]
        )
    }

    /// Whether what other gateways have taken back may be unknown here.
    var areGrantsStopped: Bool {
        guard self.configuration.shared != nil else { return false }
        return self.speaking.channel.withLock { $0 }?.isFresh != true
    }

    /// Why no access token counts now: what other gateways took back may be unknown here for longer than the configuration allows.
    var tokensStopped: String? {
        guard let shared = self.configuration.shared, !shared.gateways.isEmpty else { return nil }
        let limit = self.configuration.signIn.tokensStaleSeconds
        let silent = self.speaking.channel.withLock { $0 }?.incomplete(for: limit) ?? []
        guard !silent.isEmpty else { return nil }
        return
            "access tokens do not count: for more than \(limit) s it is unknown what \(silent.map { "`\($0)`" }.joined(separator: ", ")) took back"
    }

    private func lookAgain(_ policies: PolicyDesk?, _ spread: GrantSpread) async {
        // Apart from each other: a database that keeps one waiting must not keep grants counting.
        async let looking: Void = Self.everyHalfSecond { _ in await spread.look() }
        if let policies {
            await Self.everyHalfSecond { round in
                await policies.lookAgain()
                // Somebody may empty the table of files; whoever has the revision in force puts it back.
                if round % 60 == 0 { await policies.mend() }
                if round % Self.pruneRounds == Self.pruneRounds - 1 { await self.prune(policies) }
                let troubles = await policies.troubles
                self.counted.withLock { $0.policyTroubles = troubles }
            }
        }
        await looking
    }

    /// Removes what nobody can need, an hour after the start and then every hour, while everything that was announced is known.
    private func prune(_ policies: PolicyDesk) async {
        guard !self.areGrantsStopped else { return }
        do {
            try await policies.prune()
        } catch {
            self.logger.warning("files of old revisions could not be removed: \(error)")
        }
    }

    private static let pruneRounds = 7_200

    private static func everyHalfSecond(_ body: (Int) async -> Void) async {
        var round = 0
        while !Task.isCancelled {
            await body(round)
            round += 1
            try? await Task.sleep(for: .milliseconds(500))
        }
    }

    /// Hears no more.
    func stop() {
        self.following.withLock { $0?.cancel() }
        self.speaking.announce.withLock { $0 = nil }
        let channel = self.speaking.channel.withLock { channel in
            defer { channel = nil }
            return channel
        }
        channel?.stop()
        self.speaking.ears.withLock { $0 = nil }
    }
}
