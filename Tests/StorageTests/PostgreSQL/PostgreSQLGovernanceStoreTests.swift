import Foundation
import Governance
import GovernanceConformance
import PostgreSQLStorage
import Synchronization
import Testing
import TransparencyLog

@Suite(
    "Governed state in PostgreSQL",
    .enabled(if: PostgreSQLServer.shared != nil, Comment(rawValue: PostgreSQLServer.missing)),
    .timeLimit(.minutes(10))
)
struct PostgreSQLGovernanceStoreTests {
    @Test("It does what every store does", arguments: StoreFact.all)
    func facts(fact: StoreFact) async throws {
        let configuration = try #require(try PostgreSQLServer.shared?.database())
        let seen = try await fact.check(PostgreSQLGovernanceStore(configuration))
        #expect(seen == nil)
    }

    /// One gateway's part: its store, its channel, and what it heard and refused.
    final class Gateway: Sendable {
        let tokens: AnnouncedTokens
        let channel: AnnouncementChannel

        /// What is made before the channel, which speaks into it.
        private final class Ears: Sendable {
            let tokens = Mutex<AnnouncedTokens?>(nil)
            let channel = Mutex<AnnouncementChannel?>(nil)
            let heard = Mutex<[Announcement]>([])
            let refused = Mutex<[AnnouncementRefusal]>([])
        }

        private let ears = Ears()

        init(_ configuration: PostgreSQLConfiguration, key: NoteSignerKey, peers: [NoteVerifierKey]) {
            let ears = self.ears
            self.tokens = AnnouncedTokens(PostgreSQLGovernanceStore(configuration)) {
                announcement throws(GovernanceFailure) in
                try await ears.channel.withLock { $0 }?.announce(announcement)
            }
            ears.tokens.withLock { [tokens] in $0 = tokens }
            self.channel = AnnouncementChannel(
                configuration,
                key: key,
                reader: AnnouncementReader(keys: peers),
                now: { Int64(Date().timeIntervalSince1970) },
                heard: { announcement in
                    ears.tokens.withLock { $0 }?.hear(announcement)
                    ears.heard.withLock { $0.append(announcement) }
                },
                refused: { refusal in ears.refused.withLock { $0.append(refusal) } }
            )
            ears.channel.withLock { [channel] in $0 = channel }
        }

        var announcements: [Announcement] { self.ears.heard.withLock { $0 } }
        var refusals: [AnnouncementRefusal] { self.ears.refused.withLock { $0 } }

        func stop() {
            self.ears.channel.withLock { $0 = nil }
            self.channel.stop()
        }
    }

    static func wait(until condition: () async throws -> Bool) async throws {
        while try await !condition() { try await Task.sleep(for: .milliseconds(2)) }
    }

    @Test(
        "A token taken back at one gateway is taken back at the other, forged rows are refused, and restarts lose nothing"
    )
    func twoGateways() async throws {
        let server = try PostgreSQLServer(settings: "")
        let configuration = server.configuration("postgres")
        let keys = try ["plant-1", "plant-2"].map { try #require(NoteSignerKey(name: $0)) }
        let peers = keys.map(\.verifier)
        let one = Gateway(configuration, key: keys[0], peers: peers)
        let two = Gateway(configuration, key: keys[1], peers: peers)
        defer {
            one.stop()
            two.stop()
        }
        try await Self.wait { one.channel.isFresh && two.channel.isFresh }

        let token = try StoreFact.token("anna", created: 100)
        #expect(try await one.tokens.add(token, limit: 5, now: 100))
        #expect(try await two.tokens.token(token.hash)?.revocation == nil)
        let start = ContinuousClock.now
        _ = try await one.tokens.revokeToken(token.id, of: nil, .init(time: 200, by: "eva"))
        try await Self.wait { two.announcements.contains(.tokenRevoked(token.id, time: 200, by: "eva")) }
        print("a revocation reached the other gateway in \(ContinuousClock.now - start)")

        // Somebody who can write to the database gives the token back: it stays taken back.
        try server.sql("UPDATE stile_governance.tokens SET revoked = NULL, revoked_by = NULL")
        #expect(try await two.tokens.token(token.hash)?.revocation == .init(time: 200, by: "eva"))
        #expect(try await two.tokens.tokensRevoked(since: 150) == [token.id])

        // And invents an announcement.
        try server.sql(
            """
            INSERT INTO stile_governance.announcements SELECT signer, sequence + 1, time, kind, payload, signature
            FROM stile_governance.announcements ORDER BY sequence DESC LIMIT 1; NOTIFY stile_announcements
            """
        )
        let name = keys[0].verifier.announcerName
        try await Self.wait { two.refusals.contains(.forged(name, sequence: 3)) }
        try server.sql("DELETE FROM stile_governance.announcements WHERE sequence = 3")

        // The server goes away and comes back; what is said then is heard, once.
        server.stop("immediate")
        await #expect(throws: GovernanceFailure.self) { try await one.channel.announce(.policyRevision("sha256:1")) }
        try server.start()
        try await Self.wait { (try? await one.channel.announce(.policyRevision("sha256:2"))) != nil }
        try await Self.wait { two.announcements.contains(.policyRevision("sha256:2")) }
        #expect(two.announcements.filter { $0 == .policyRevision("sha256:2") }.count == 1)
        #expect(two.announcements.filter { $0 == .tokenRevoked(token.id, time: 200, by: "eva") }.count == 1)

        // One that is removed before the other read it leaves the picture stale, and is reported with the next.
        two.channel.stop()
        try await one.channel.announce(.policyRevision("sha256:3"))
        try await one.channel.announce(.policyRevision("sha256:4"))
        try server.sql("DELETE FROM stile_governance.announcements WHERE sequence = 4")
        let late = Gateway(configuration, key: keys[1], peers: peers)
        defer { late.stop() }
        try await Self.wait { late.refusals.contains(.missing(name, sequence: 4)) }
        #expect(late.announcements.contains(.policyRevision("sha256:2")))
        #expect(!late.announcements.contains(.policyRevision("sha256:4")))
        #expect(late.channel.stale.contains(name))
    }
}
