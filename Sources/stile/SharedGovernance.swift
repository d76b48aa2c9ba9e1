import DecisionLog
import Gateway
import Governance
import Logging
import PostgreSQLStorage
import SQLiteStorage
import Synchronization
import TransparencyLog

/// Governed state where the configuration says: a file of this gateway alone, or a database that several share.
///
/// With a shared one, what is taken back at one gateway is announced to all others, signed with the log's key, and holds there
/// at once, whatever the database says later.
final class SharedGovernance: Sendable {
    /// Where tokens are.
    let store: any GovernanceStore
    private let announced: AnnouncedTokens?
    private let configuration: Configuration
    private let logger: Logger
    private let channel: Speaking
    private let refused = Mutex<Int>(0)

    /// Made before the channel, because the store speaks through it.
    private final class Speaking: Sendable {
        let channel = Mutex<AnnouncementChannel?>(nil)

        func announce(_ announcement: Announcement) async throws(GovernanceFailure) {
            guard let channel = self.channel.withLock({ $0 }) else {
                throw .unavailable("the gateway is not running yet")
            }
            try await channel.announce(announcement)
        }
    }

    init(_ configuration: Configuration, logger: Logger) throws {
        self.configuration = configuration
        self.logger = logger
        let channel = Speaking()
        self.channel = channel
        if let shared = configuration.shared {
            let tokens = AnnouncedTokens(PostgreSQLGovernanceStore(shared.database), announce: channel.announce)
            self.announced = tokens
            self.store = tokens
            // Read here too, so that a missing key is an error at the start.
            _ = try LogKeys.read(from: FolderStore(root: configuration.logFolder))
        } else {
            self.announced = nil
            self.store = try SQLiteGovernanceStore(path: configuration.governanceFile)
        }
    }

    /// Begins to hear what other gateways announce.
    func follow(_ revocations: TokenRevocations) {
        guard let announced, let shared = self.configuration.shared,
            let keys = try? LogKeys.read(from: FolderStore(root: self.configuration.logFolder))
        else { return }
        let logger = self.logger
        let channel = AnnouncementChannel(
            shared.database,
            key: keys.signer,
            reader: AnnouncementReader(keys: shared.gateways + [keys.signer.verifier] + keys.retiring.map(\.verifier)),
            now: { Timestamp.now().seconds },
            heard: { announcement in
                announced.hear(announcement)
                guard case .tokenRevoked(let id, _, _) = announcement else { return }
                Task { await revocations.tell(id) }
            },
            refused: { [weak self] refusal in
                self?.refused.withLock { $0 += 1 }
                logger.error("announcement refused: \(refusal)")
            }
        )
        self.channel.channel.withLock { $0 = channel }
    }

    /// Hears no more.
    func stop() {
        let channel = self.channel.channel.withLock { channel in
            defer { channel = nil }
            return channel
        }
        channel?.stop()
    }

    /// What operators watch.
    var metrics: [OperatorMetric] {
        guard let channel = self.channel.channel.withLock({ $0 }) else { return [] }
        return [
            OperatorMetric(
                "announcements_refused_total",
                "Announcements that were forged, repeated or missing: somebody writes into the database.",
                UInt64(self.refused.withLock { $0 })
            ),
            OperatorMetric(
                "announcements_stale_gateways",
                "Gateways of whose announcements some may be unknown here.",
                UInt64(channel.stale.count),
                isCounter: false
            ),
        ]
    }
}
