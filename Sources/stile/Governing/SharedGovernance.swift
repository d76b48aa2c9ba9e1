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
    private let bundles: PostgreSQLGovernanceStore?
    private let configuration: Configuration
    private let state: FolderStore
    private let announcer: Announcer
    private let retiring: [Announcer]
    private let logger: Logger
    private let speaking: Speaking
    private let counted = Mutex(Counted())
    private let following = Mutex<Task<Void, Never>?>(nil)

    private struct Counted: Sendable {
        var refused: UInt64 = 0
        var policyTroubles: [String] = []
    }

    /// What hears an announcement, once all of it is there.
    private struct Ears: Sendable {
        var revocations: TokenRevocations
        var policies: PolicyDesk?
        var spread: GrantSpread
        var log: DecisionLog
    }

    /// Made first, because everything else speaks through it.
    private final class Speaking: Sendable {
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
    }

    // MARK: - Speaking and hearing

    /// The desk at which policies are published.
    ///
    /// - Parameters:
    ///   - standing: What this gateway begins with.
    ///   - policies: What to count and replace.
    ///   - running: The gateway to hand them to.
    ///   - log: Where it is written down.
    /// - Returns: The desk; it hears nothing before ``follow(_:policies:spread:log:)``.
    func policyDesk(
        _ standing: PolicyDesk.Standing,
        policies: PoliciesInForce,
        running: RunningGateway,
        log: DecisionLog
    ) -> PolicyDesk {
        let logger = self.logger
        let speaking = self.speaking
        return PolicyDesk(
            standing,
            shelf: PolicyShelf(self.state),
            shared: self.bundles,
            means: PolicyDesk.Means(
                check: { bundle in
                    switch PolicyRevision.read(bundle) {
                    case .success: []
                    case .failure(let diagnostics): diagnostics.all.map(\.description)
                    }
                },
                peopleNeeded: PolicyChange.peopleNeeded,
                takeUp: { bundle in
                    switch PolicyRevision.read(bundle) {
                    case .success(let read):
                        policies.replace(read)
                        running.gateway.withLock { $0 }?.replacePolicies(read)
                        logger.notice("policies in force", metadata: ["revision": "\(read.revision)"])
                        return []
                    case .failure(let diagnostics):
                        policies.count(refused: diagnostics)
                        for diagnostic in diagnostics.all.prefix(20) { logger.error("\(diagnostic)") }
                        return diagnostics.all.map(\.description)
                    }
                },
                record: { event in await log.record(event.name, event.details) },
                announce: { announcement throws(GovernanceFailure) in try await speaking.tell(announcement) },
                now: { Timestamp.now().seconds }
            )
        )
    }

    /// Begins to speak and to hear.
    func follow(_ revocations: TokenRevocations, policies: PolicyDesk?, spread: GrantSpread, log: DecisionLog) throws {
        self.speaking.ears.withLock {
            $0 = Ears(revocations: revocations, policies: policies, spread: spread, log: log)
        }
        // What this gateway announced itself it knows without any database, under whatever key.
        for signed in try Announcer.history(in: self.state) {
            if let announcement = Announcement(kind: signed.kind, payload: signed.payload) { self.hear(announcement) }
        }
        if let shared = self.configuration.shared {
            let own = [self.announcer.key.verifier] + self.retiring.map(\.key.verifier)
            let channel = AnnouncementChannel(
                shared.database,
                announcer: self.announcer,
                retiring: self.retiring,
                history: try Announcer.history(in: self.state),
                reader: AnnouncementReader(
                    keys: shared.gateways + own,
                    former: try Announcer.keys(in: self.state),
                    staleSeconds: self.configuration.grants.staleSeconds
                ),
                now: { Timestamp.now().seconds },
                heard: { [weak self] in self?.hear($0) },
                refused: { [weak self] in self?.refuse($0) }
            )
            self.speaking.channel.withLock { $0 = channel }
            self.speaking.announce.withLock {
                $0 = { [weak self] announcement throws(GovernanceFailure) in
                    try await channel.announce(announcement)
                    self?.hear(announcement)
                }
            }
        } else {
            let announcer = self.announcer
            self.speaking.announce.withLock {
                $0 = { [weak self] announcement throws(GovernanceFailure) in
                    try announcer.announce(announcement, time: Timestamp.now().seconds)
                    self?.hear(announcement)
                }
            }
        }
        self.following.withLock {
            $0 = Task {
                await spread.spread()
                await self.lookAgain(policies, spread)
            }
        }
    }

    private func hear(_ announcement: Announcement) {
        self.announced?.hear(announcement)
        guard let ears = self.speaking.ears.withLock({ $0 }) else { return }
        switch announcement {
        case .tokenRevoked(let id, _, _): Task { await ears.revocations.tell(id) }
        case .grantGiven, .grantWithdrawn:
            if self.grants.hear(announcement) { Task { await ears.spread.spread() } }
        case .policyProposed, .policyPublished: Task { await ears.policies?.hear(announcement) }
        case .tokenCreated, .keyFollows, .unknown: break
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

    private func lookAgain(_ policies: PolicyDesk?, _ spread: GrantSpread) async {
        // Apart from each other: a database that keeps one waiting must not keep grants counting.
        async let looking: Void = Self.everyHalfSecond { _ in await spread.look() }
        if let policies {
            await Self.everyHalfSecond { round in
                await policies.lookAgain()
                // Somebody may empty the table of files; whoever has the revision in force puts it back.
                if round % 60 == 0 { await policies.mend() }
                let troubles = await policies.troubles
                self.counted.withLock { $0.policyTroubles = troubles }
            }
        }
        await looking
    }

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

    // MARK: - For operators

    /// What is wrong now.
    var notes: [String] {
        var notes = self.speaking.channel.withLock { $0 }?.troubles ?? []
        notes += self.counted.withLock { $0.policyTroubles }
        if self.isSpreadStopped, !self.grants.inForce.isEmpty {
            notes.append("grants do not count: what other gateways have taken back may be unknown here")
        }
        return notes
    }

    private var isSpreadStopped: Bool { self.speaking.ears.withLock { $0 }?.spread.isStopped ?? false }

    /// What operators watch.
    var metrics: [OperatorMetric] {
        var metrics = [
            OperatorMetric(
                "grants_in_force",
                "Grants that have neither ended nor been taken back.",
                UInt64(self.grants.inForce.count),
                isCounter: false
            ),
            OperatorMetric(
                "grants_stopped",
                "Whether grants do not count, because what other gateways have taken back may be unknown here.",
                self.isSpreadStopped ? 1 : 0,
                isCounter: false
            ),
            OperatorMetric(
                "policy_publication_troubles",
                "What keeps published revisions from being in force, or kept, at this gateway.",
                UInt64(self.counted.withLock { $0.policyTroubles.count }),
                isCounter: false
            ),
        ]
        guard let channel = self.speaking.channel.withLock({ $0 }) else { return metrics }
        metrics += [
            OperatorMetric(
                "announcements_refused_total",
                "Announcements that were forged, repeated or missing: somebody writes into the database.",
                self.counted.withLock { $0.refused }
            ),
            OperatorMetric(
                "announcements_stale_gateways",
                "Gateways of whose announcements some may be unknown here.",
                UInt64(channel.stale.count),
                isCounter: false
            ),
        ]
        return metrics
    }
}

extension PolicyDesk.Event {
    /// What the entry of the decision log is called.
    var name: String {
        switch self {
        case .proposed: LogEvent.policyProposed
        case .approved: LogEvent.policyApproved
        case .inForce: LogEvent.policiesLoaded
        case .refused: LogEvent.policiesRefused
        }
    }

    /// What belongs to it; who it was stands with the decisions that are named.
    var details: [String: JSONValue] {
        switch self {
        case .proposed(let proposal, let people):
            return Self.details(proposal).merging(
                ["people": .integer(Int64(people)), "decision": .string(proposal.decision)]
            ) { $1 }
        case .approved(let proposal, let decision):
            return Self.details(proposal).merging(["decision": .string(decision)]) { $1 }
        case .inForce(let publication):
            var decisions = [publication.proposal.decision]
            if let approval = publication.approval { decisions.append(approval.decision) }
            return Self.details(publication.proposal).merging(
                ["decisions": .array(decisions.map { .string($0) })]
            ) { $1 }
        case .refused(let publication, let problems):
            return Self.details(publication.proposal).merging(
                ["errors": .integer(Int64(problems.count)), "first": .string(problems.first ?? "")]
            ) { $1 }
        }
    }

    private static func details(_ proposal: PolicyProposal) -> [String: JSONValue] {
        [
            "revision": .string(proposal.digest.revision), "digest": .string(proposal.digest.description),
            "base": .string(proposal.base.revision), "number": .integer(Int64(clamping: proposal.number)),
        ]
    }
}
