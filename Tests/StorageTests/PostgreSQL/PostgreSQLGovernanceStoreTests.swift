import Foundation
import Governance
import GovernanceConformance
import PostgreSQLStorage
import Synchronization
import Testing
import TransparencyLog

@Suite(
    "Governed state in PostgreSQL",
    .enabled(if: PostgreSQLServer.isInstalled, Comment(rawValue: PostgreSQLServer.missing)),
    .timeLimit(.minutes(20))
)
struct PostgreSQLGovernanceStoreTests {
    @Test("It does what every store does", arguments: StoreFact.all)
    func facts(fact: StoreFact) async throws {
        let configuration = try PostgreSQLServer.shared.database()
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

        init(
            _ configuration: PostgreSQLConfiguration,
            key: NoteSignerKey,
            retiring: NoteSignerKey? = nil,
            peers: [NoteVerifierKey],
            state: FolderStore
        ) throws {
            let ears = self.ears
            self.tokens = AnnouncedTokens(PostgreSQLGovernanceStore(configuration)) {
                announcement throws(GovernanceFailure) in
                try await ears.channel.withLock { $0 }?.announce(announcement)
            }
            ears.tokens.withLock { [tokens] in $0 = tokens }
            let announcer = try Announcer(key, in: state)
            let present = try [announcer] + (retiring.map { [try Announcer($0, in: state)] } ?? [])
            self.channel = AnnouncementChannel(
                configuration,
                announcer: announcer,
                retiring: Array(present.dropFirst()),
                history: try Announcer.history(in: state, besides: present),
                untold: try UntoldAnnouncements(in: state),
                reader: AnnouncementReader(keys: peers, former: try Announcer.keys(in: state)),
                now: { Int64(Date().timeIntervalSince1970) },
                heard: { announcements in
                    for announcement in announcements { ears.tokens.withLock { $0 }?.hear(announcement) }
                    ears.heard.withLock { $0 += announcements }
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

    /// A folder of a gateway's own, as its state folder is.
    static func state() -> FolderStore {
        FolderStore(
            root: FileManager.default.temporaryDirectory.appending(path: "stile-state-\(UUID().uuidString)").path
        )
    }

    static func revision(_ word: String) -> Announcement { .unknown(kind: "revision", payload: Array(word.utf8)) }

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
        let folders = [Self.state(), Self.state()]
        let one = try Gateway(configuration, key: keys[0], peers: peers, state: folders[0])
        let two = try Gateway(configuration, key: keys[1], peers: peers, state: folders[1])
        defer {
            one.stop()
            two.stop()
            for folder in folders { try? FileManager.default.removeItem(atPath: folder.root) }
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
        #expect(try await two.tokens.tokensRevoked(since: 150, limit: 9) == [token.id])

        // And invents an announcement: it is refused, and whose name it bears removes it.
        try server.sql(
            """
            INSERT INTO stile_governance.announcements SELECT signer, sequence + 1, time, kind, payload, signature
            FROM stile_governance.announcements ORDER BY sequence DESC LIMIT 1; NOTIFY stile_announcements
            """
        )
        let name = keys[0].verifier.announcerName
        try await Self.wait { one.refusals.contains(.forged(name, sequence: 3)) }
        try await Self.wait { two.channel.isFresh && two.channel.troubles.isEmpty }
        // One by nobody's key is refused, too.
        let stranger = try #require(NoteSignerKey(name: "plant-3")).verifier.announcerName
        try server.sql(
            """
            INSERT INTO stile_governance.announcements SELECT '\(stranger)', sequence, time, kind, payload, signature
            FROM stile_governance.announcements LIMIT 1; NOTIFY stile_announcements
            """
        )
        try await Self.wait { two.refusals.contains(.unknownSigner(stranger)) }
        #expect(two.channel.troubles.contains { $0.contains(stranger) })
        try server.sql(
            "DELETE FROM stile_governance.announcements WHERE signer = '\(stranger)'; NOTIFY stile_announcements"
        )
        try await Self.wait { two.channel.troubles.isEmpty }

        // The server goes away and comes back; what is said then is heard, once.
        server.stop("immediate")
        await #expect(throws: GovernanceFailure.self) { try await one.channel.announce(Self.revision("1")) }
        // What is taken back meanwhile is told then, by itself.
        let withdrawal = Announcement.grantWithdrawn(GrantID(), time: 300, by: Signatory(id: "uuid:eva", name: "eva"))
        await #expect(throws: GovernanceFailure.self) { try await one.channel.announce(withdrawal) }
        try server.start()
        try await Self.wait { two.announcements.contains(withdrawal) }
        try await Self.wait { (try? await one.channel.announce(Self.revision("2"))) != nil }
        try await Self.wait { two.announcements.contains(Self.revision("2")) }
        #expect(two.announcements.filter { $0 == Self.revision("2") }.count == 1)
        #expect(two.announcements.filter { $0 == .tokenRevoked(token.id, time: 200, by: "eva") }.count == 1)

        // One that is removed before the other read it is missed and reported, and not passed over.
        two.channel.stop()
        try await one.channel.announce(Self.revision("3"))
        try await one.channel.announce(Self.revision("4"))
        one.channel.stop()
        try server.sql("DELETE FROM stile_governance.announcements WHERE sequence = 5 AND signer = '\(name)'")
        let late = try Gateway(configuration, key: keys[1], peers: peers, state: folders[1])
        defer { late.stop() }
        try await Self.wait { late.refusals.contains(.missing(name, sequence: 5)) }
        #expect(late.announcements.contains(Self.revision("2")))
        #expect(!late.announcements.contains(Self.revision("4")))
        #expect(late.channel.stale.contains(name))
        // Whose it is puts it back from its own disk, and everything that comes after it is heard.
        let again = try Gateway(configuration, key: keys[0], peers: peers, state: folders[0])
        defer { again.stop() }
        try await Self.wait { late.announcements.contains(Self.revision("4")) }
        try await Self.wait { late.channel.troubles.isEmpty && late.channel.isFresh }
        // Everything is removed and put back in another order: the same.
        try server.sql(
            """
            UPDATE stile_governance.announcements SET sequence = 1000 - sequence WHERE signer = '\(name)';
            NOTIFY stile_announcements
            """
        )
        try await Self.wait { !again.refusals.isEmpty }
        try await again.channel.announce(Self.revision("5"))
        try await Self.wait { late.announcements.contains(Self.revision("5")) }
        #expect(late.announcements.filter { $0 == Self.revision("4") }.count == 1)
    }

    @Test("Of two gateways that publish a number at once one is told that it was overtaken")
    func publishing() async throws {
        let configuration = try PostgreSQLServer.shared.database()
        let keys = try ["plant-1", "plant-2"].map { try #require(NoteSignerKey(name: $0)) }
        let folders = [Self.state(), Self.state()]
        let gateways = try zip(keys, folders).map {
            try Gateway(configuration, key: $0, peers: keys.map(\.verifier), state: $1)
        }
        defer {
            for gateway in gateways { gateway.stop() }
            for folder in folders { try? FileManager.default.removeItem(atPath: folder.root) }
        }
        try await Self.wait { gateways.allSatisfy(\.channel.isFresh) }
        let outcomes = await withTaskGroup(of: GovernanceFailure?.self) { group in
            for (number, gateway) in gateways.enumerated() {
                let publication = PolicyPublication(
                    PolicyProposal(
                        digest: PolicyDigest(of: [UInt8(number)]),
                        base: PolicyDigest(of: []),
                        number: 1,
                        by: Signatory(id: "uuid:eva", name: "eva"),
                        note: "why",
                        decision: "01K",
                        time: 5
                    ),
                    approval: nil,
                    time: 6
                )
                group.addTask {
                    do throws(GovernanceFailure) {
                        try await gateway.channel.announce(.policyPublished(publication))
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count { $0 == nil } == 1)
        #expect(outcomes.contains { if case .overtaken = $0 { true } else { false } })
    }

    @Test("A gateway whose keys change is heard by those who know its old key alone, and knows what it said itself")
    func keyChange() async throws {
        let configuration = try PostgreSQLServer.shared.database()
        let keys = try ["plant-1", "plant-1", "plant-2"].map { try #require(NoteSignerKey(name: $0)) }
        let (old, fresh, other) = (keys[0], keys[1], keys[2])
        let folders = [Self.state(), Self.state()]
        defer { for folder in folders { try? FileManager.default.removeItem(atPath: folder.root) } }
        let two = try Gateway(
            configuration,
            key: other,
            peers: [old.verifier, other.verifier],
            state: folders[1]
        )
        defer { two.stop() }
        let before = try Gateway(configuration, key: old, peers: [old.verifier, other.verifier], state: folders[0])
        try await Self.wait { before.channel.isFresh && two.channel.isFresh }
        try await before.channel.announce(Self.revision("before"))
        before.stop()
        // Both sign: the old key says which one follows.
        let peers = [old.verifier, fresh.verifier, other.verifier]
        let during = try Gateway(configuration, key: fresh, retiring: old, peers: peers, state: folders[0])
        try await Self.wait { during.channel.isFresh && two.channel.isFresh }
        try await during.channel.announce(Self.revision("during"))
        try await Self.wait { two.announcements.contains(Self.revision("during")) }
        during.stop()
        // The old key is gone.
        let after = try Gateway(
            configuration,
            key: fresh,
            peers: [fresh.verifier, other.verifier],
            state: folders[0]
        )
        defer { after.stop() }
        try await Self.wait { after.channel.isFresh }
        try await after.channel.announce(Self.revision("after"))
        try await Self.wait { two.announcements.contains(Self.revision("after")) }
        #expect(after.announcements.contains(Self.revision("before")))
        #expect(after.refusals.isEmpty && two.refusals.isEmpty)
        try await Self.wait { two.channel.isFresh }
        // Who comes later and knows the old key alone reads all of it in one look, and takes nobody for a stranger.
        let folder = Self.state()
        defer { try? FileManager.default.removeItem(atPath: folder.root) }
        let own = try #require(NoteSignerKey(name: "plant-3"))
        let late = try Gateway(
            configuration,
            key: own,
            peers: [old.verifier, other.verifier, own.verifier],
            state: folder
        )
        defer { late.stop() }
        try await Self.wait { late.announcements.contains(Self.revision("after")) && late.channel.isFresh }
        #expect(late.refusals.isEmpty)
    }

    @Test("The files of a revision come back as they were kept; what somebody else put there is replaced")
    func bundles() async throws {
        let configuration = try PostgreSQLServer.shared.database()
        let store = PostgreSQLGovernanceStore(configuration)
        let bundle = try PolicyBundle([PolicyBundle.File(name: "scheme.yaml", text: "levels: [public]\n")])
        #expect(try await store.bytes(of: bundle.digest) == nil)
        try await store.keep([1, 2, 3], digest: bundle.digest)
        try await store.keep(bundle.bytes, digest: bundle.digest)
        #expect(try await store.bytes(of: bundle.digest) == bundle.bytes)
        // What nobody needs stays for a while, in which another gateway may announce it, and then goes.
        let other = try PolicyBundle([PolicyBundle.File(name: "scheme.yaml", text: "levels: [secret]\n")])
        try await store.keep(other.bytes, digest: other.digest)
        try await store.prune(keeping: [bundle.digest], olderThan: 60)
        #expect(try await store.bytes(of: other.digest) == other.bytes)
        try await store.prune(keeping: [bundle.digest], olderThan: -1)
        #expect(try await store.bytes(of: other.digest) == nil)
        #expect(try await store.bytes(of: bundle.digest) == bundle.bytes)
    }
}
