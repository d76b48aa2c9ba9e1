import Foundation
import Governance
import PostgreSQLStorage
import Testing
import TransparencyLog

/// Disks and tables that hold what the other does not know.
@Suite(
    "Announcements after something was restored from a backup, and under a hostile writer",
    .enabled(if: PostgreSQLServer.isInstalled, Comment(rawValue: PostgreSQLServer.missing)),
    .timeLimit(.minutes(20))
)
struct AnnouncementBackupTests {
    typealias Gateway = PostgreSQLGovernanceStoreTests.Gateway

    /// Two gateways, each with a folder, over one server.
    final class Company {
        let server: PostgreSQLServer
        let configuration: PostgreSQLConfiguration
        let keys: [NoteSignerKey]
        let folders = [PostgreSQLGovernanceStoreTests.state(), PostgreSQLGovernanceStoreTests.state()]
        private var copies: [FolderStore] = []

        init() throws {
            self.server = try PostgreSQLServer(settings: "")
            self.configuration = self.server.configuration("postgres")
            self.keys = try ["plant-1", "plant-2"].map { try #require(NoteSignerKey(name: $0)) }
        }

        func gateway(_ number: Int, state: FolderStore? = nil) throws -> Gateway {
            try Gateway(
                self.configuration,
                key: self.keys[number],
                peers: self.keys.map(\.verifier),
                state: state ?? self.folders[number]
            )
        }

        func name(_ number: Int) -> String { self.keys[number].verifier.announcerName }

        /// The first gateway announces `1`, its folder is copied, and it announces `2` and `3`.
        ///
        /// - Returns: The copy.
        func backup(while first: Gateway) async throws -> FolderStore {
            try await first.channel.announce(AnnouncementBackupTests.word("1"))
            let copy = PostgreSQLGovernanceStoreTests.state()
            try FileManager.default.copyItem(atPath: self.folders[0].root, toPath: copy.root)
            self.copies.append(copy)
            for word in ["2", "3"] { try await first.channel.announce(AnnouncementBackupTests.word(word)) }
            return copy
        }

        func numbers(of name: String) throws -> [String] {
            try self.server.sql(
                "SELECT sequence FROM stile_governance.announcements WHERE signer = '\(name)' ORDER BY sequence"
            ).split(separator: "\n").map(String.init)
        }

        func close() {
            for folder in self.folders + self.copies { try? FileManager.default.removeItem(atPath: folder.root) }
        }
    }

    static func word(_ text: String) -> Announcement { PostgreSQLGovernanceStoreTests.revision(text) }
    static func wait(until condition: () async throws -> Bool) async throws {
        try await PostgreSQLGovernanceStoreTests.wait(until: condition)
    }

    @Test(
        "A state folder from a backup takes over from the table what its gateway had signed since, and destroys nothing"
    )
    func restored() async throws {
        let company = try Company()
        defer { company.close() }
        let before = try company.gateway(0)
        let peer = try company.gateway(1)
        defer { peer.stop() }
        try await Self.wait { before.channel.isFresh && peer.channel.isFresh }
        let backup = try await company.backup(while: before)
        before.stop()
        let after = try company.gateway(0, state: backup)
        defer { after.stop() }
        try await Self.wait { (try? await after.channel.announce(Self.word("4"))) != nil }
        try await Self.wait { peer.announcements.contains(Self.word("4")) }
        #expect(try company.numbers(of: company.name(0)) == ["1", "2", "3", "4"])
        #expect(peer.announcements == ["1", "2", "3", "4"].map(Self.word))
        #expect(try Announcer(company.keys[0], in: backup).sequence == 4)
        #expect(after.announcements.contains(Self.word("3")), "it knows what it said")
        #expect(after.refusals.isEmpty && peer.refusals.isEmpty)
    }

    @Test("Where what lies between was removed, nothing is announced and nothing removed; it says why and what to do")
    func ahead() async throws {
        let company = try Company()
        defer { company.close() }
        let before = try company.gateway(0)
        try await Self.wait { before.channel.isFresh || !before.channel.stale.contains(company.name(0)) }
        let backup = try await company.backup(while: before)
        before.stop()
        try company.server.sql(
            "DELETE FROM stile_governance.announcements WHERE signer = '\(company.name(0))' AND sequence = 2"
        )
        let after = try company.gateway(0, state: backup)
        defer { after.stop() }
        try await Self.wait {
            after.refusals.contains(.ahead(company.name(0), sequence: 3, known: 1))
        }
        #expect(!after.channel.isFresh)
        #expect(after.channel.troubles.contains { $0.contains("from a backup") && $0.contains("rotate-key") })
        await #expect(throws: GovernanceFailure.self) { try await after.channel.announce(Self.word("other")) }
        #expect(try company.numbers(of: company.name(0)) == ["1", "3"])
        #expect(try Announcer(company.keys[0], in: backup).sequence == 1)
        // The newest folder has everything.
        after.stop()
        let newest = try company.gateway(0)
        defer { newest.stop() }
        try await Self.wait { try company.numbers(of: company.name(0)) == ["1", "2", "3"] }
        // The table shows it a moment before the gateway knows that it is whole.
        try await Self.wait { (try? await newest.channel.announce(Self.word("4"))) != nil }
        #expect(try company.numbers(of: company.name(0)) == ["1", "2", "3", "4"])
    }

    @Test("A number that was signed twice is lost in neither form; the peer that counted further reads all of it again")
    func forked() async throws {
        let company = try Company()
        defer { company.close() }
        let name = company.name(0)
        let before = try company.gateway(0)
        let peer = try company.gateway(1)
        defer { peer.stop() }
        try await Self.wait { before.channel.isFresh && peer.channel.isFresh }
        let backup = try await company.backup(while: before)
        try await Self.wait { peer.announcements.contains(Self.word("3")) }
        before.stop()
        // The table too is from before: everything fits, and the next number is taken again.
        try company.server.sql("CREATE TABLE kept AS SELECT * FROM stile_governance.announcements")
        try company.server.sql(
            "DELETE FROM stile_governance.announcements WHERE sequence > 1; DELETE FROM stile_governance.heartbeats"
        )
        let after = try company.gateway(0, state: backup)
        try await Self.wait { (try? await after.channel.announce(Self.word("2 again"))) != nil }
        try await Self.wait { peer.refusals.contains { if case .rewound(name, _, 3) = $0 { true } else { false } } }
        try await Self.wait { peer.announcements.contains(Self.word("2 again")) }
        #expect(!peer.channel.isFresh)
        #expect(peer.channel.troubles.contains { $0.contains(name) && $0.contains("from a backup") })
        // Now somebody puts back what was there: both are signed.
        after.stop()
        try company.server.sql(
            "UPDATE stile_governance.announcements a SET time = k.time, kind = k.kind, payload = k.payload, signature = k.signature"
                + " FROM kept k WHERE a.signer = k.signer AND a.sequence = k.sequence AND a.sequence = 2"
        )
        let again = try company.gateway(0, state: backup)
        defer { again.stop() }
        try await Self.wait { again.refusals.contains(.forked(name, sequence: 2)) }
        #expect(!again.channel.isFresh)
        await #expect(throws: GovernanceFailure.self) { try await again.channel.announce(Self.word("3 again")) }
        #expect(try company.numbers(of: name) == ["1", "2"])
        #expect(try Announcer(company.keys[0], in: backup).announcement(2)?.payload == Array("2 again".utf8))
    }

    @Test("What was taken back before the database was reached the first time is told when it is, also after a restart")
    func untold() async throws {
        let company = try Company()
        defer { company.close() }
        let first = try company.gateway(0)
        try await Self.wait { (try? await first.channel.announce(Self.word("1"))) != nil }
        first.stop()
        company.server.stop("immediate")
        let withdrawal = Announcement.grantWithdrawn(GrantID(), time: 300, by: Signatory(id: "uuid:eva", name: "eva"))
        let away = try company.gateway(0)
        await #expect(throws: GovernanceFailure.self) { try await away.channel.announce(withdrawal) }
        away.stop()
        #expect(try UntoldAnnouncements(in: company.folders[0]).all == [withdrawal])
        try company.server.start()
        let again = try company.gateway(0)
        defer { again.stop() }
        let peer = try company.gateway(1)
        defer { peer.stop() }
        try await Self.wait { peer.announcements.contains(withdrawal) }
        try await Self.wait { try UntoldAnnouncements(in: company.folders[0]).all == [] }
        #expect(peer.announcements.filter { $0 == withdrawal }.count == 1)
    }

    @Test("However much somebody writes into the tables, what is read is bounded, and what is genuine counts")
    func flooded() async throws {
        let company = try Company()
        defer { company.close() }
        let one = try company.gateway(0)
        let two = try company.gateway(1)
        defer { two.stop() }
        try await Self.wait { one.channel.isFresh && two.channel.isFresh }
        func publication(_ number: UInt64, _ word: UInt8) -> Announcement {
            .policyPublished(
                PolicyPublication(
                    PolicyProposal(
                        digest: PolicyDigest(of: [word]),
                        base: PolicyDigest(of: []),
                        number: number,
                        by: Signatory(id: "uuid:eva", name: "eva"),
                        note: "why",
                        decision: "01K",
                        time: 5
                    ),
                    approval: nil,
                    time: 6
                )
            )
        }
        try await one.channel.announce(publication(1, 1))
        try await Self.wait { two.announcements.contains(publication(1, 1)) }
        await #expect(throws: GovernanceFailure.self, "known from what was taken") {
            try await two.channel.announce(publication(1, 2))
        }
        one.stop()
        // 12,000 rows under the first gateway's name, some of 1 MiB: only their beginnings are read.
        try company.server.sql(
            """
            INSERT INTO stile_governance.announcements
            SELECT '\(company.name(0))', n, 0, 'policy-published', convert_to(repeat('x', CASE WHEN n < 10 THEN 1048576 ELSE 9 END), 'UTF8'), 'y'
            FROM generate_series(2, 12001) n
            """
        )
        await #expect {
            try await two.channel.announce(publication(2, 3))
        } throws: { error in
            "\(error)".contains("10000")
        }
        // Whose name it is removes them, page by page, and goes on.
        let again = try company.gateway(0)
        defer { again.stop() }
        try await Self.wait { try company.numbers(of: company.name(0)) == ["1"] }
        try await Self.wait { (try? await again.channel.announce(publication(2, 4))) != nil }
        try await Self.wait { two.announcements.contains(publication(2, 4)) }
        // A minute's flood of revocations, with ids of every kind: as many as asked for.
        let store = PostgreSQLGovernanceStore(company.configuration)
        try company.server.sql(
            """
            INSERT INTO stile_governance.tokens (hash, id, owner, owner_name, name, scope, created, expires, seal, revoked)
            SELECT decode(md5(n::text), 'hex'), CASE WHEN n % 2 = 0 THEN lpad(to_hex(n), 16, '0') ELSE repeat('z', 999) || n END,
                repeat('o', 20000), '', '', '*:*', 0, 9, '', 100 + n FROM generate_series(1, 500) n
            """
        )
        let found = try await store.tokensRevoked(since: 0, limit: 100)
        #expect(found.count == 100)
        #expect(found.first == TokenID("00000000000001f4"))
        #expect(try await store.tokens(of: nil, limit: 10).allSatisfy { $0.owner.utf8.count == 1_000 })
    }
}
