import Governance
import GovernanceConformance
import Synchronization
import Testing

@Suite("The desk where tokens are given out")
struct TokenDeskTests {
    static let anna = TokenOwner(id: "uuid:anna", name: "anna")

    /// A desk over a store that the test can reach behind its back, and a clock that it sets.
    struct Room {
        let store = MemoryGovernanceStore()
        let clock = Clock()
        let desk: TokenDesk

        init(_ change: (inout TokenLimits) -> Void = { _ in }) throws {
            var limits = TokenLimits()
            change(&limits)
            let key = try #require(TokenKey(octets: Array(repeating: 7, count: 32)))
            let clock = self.clock
            self.desk = TokenDesk(store: self.store, key: key, limits: limits, now: { clock.now })
        }

        func issued(days: Int = 90, scope: [String] = ["mlflow:read"]) async throws -> TokenDraft {
            let draft = try self.desk.draft(for: anna, name: "nightly job", days: days, scope: try TokenScope(scope))
            try await self.desk.issue(draft)
            return draft
        }
    }

    final class Clock: Sendable {
        private let seconds = Mutex<Int64>(1_000_000)
        var now: Int64 { self.seconds.withLock { $0 } }
        func advance(by amount: Int64) { self.seconds.withLock { $0 += amount } }
    }

    @Test("A token opens from its making to its end, not a second longer")
    func life() async throws {
        let room = try Room()
        let draft = try room.desk.draft(for: Self.anna, name: "job", days: 2, scope: try TokenScope(["mlflow:read"]))
        #expect(await room.desk.verify(draft.token) == .refused(.unknown))
        try await room.desk.issue(draft)
        guard case .good(let record, let left) = await room.desk.verify(draft.token) else {
            Issue.record("not good")
            return
        }
        #expect((record.owner, left) == ("uuid:anna", 172_800))
        room.clock.advance(by: 172_799)
        guard case .good(_, 1) = await room.desk.verify(draft.token) else {
            Issue.record("ended early")
            return
        }
        room.clock.advance(by: 1)
        #expect(await room.desk.verify(draft.token) == .refused(.expired))
    }

    @Test("The token itself is not stored")
    func hashed() async throws {
        let room = try Room()
        let draft = try await room.issued()
        let stored = try #require(try await room.store.token(draft.token.hash))
        #expect(!"\(stored)".contains(draft.token.text.dropFirst(6).prefix(10)))
    }

    @Test("What was taken back opens nothing, at once")
    func revoked() async throws {
        let room = try Room()
        let draft = try await room.issued()
        #expect(try await room.desk.revoke(draft.record.id, of: "uuid:ben", by: "uuid:ben") == nil)
        guard case .good = await room.desk.verify(draft.token) else {
            Issue.record("somebody else took it back")
            return
        }
        #expect(try await room.desk.revoke(draft.record.id, of: "uuid:anna", by: "uuid:anna") != nil)
        #expect(await room.desk.verify(draft.token) == .refused(.revoked))
        #expect(try await room.desk.revokedLately() == [draft.record.id])
        room.clock.advance(by: 61)
        #expect(try await room.desk.revokedLately() == [])
    }

    @Test("Of more than can be told apart it is not said which were taken back, only that there are many")
    func many() async throws {
        let store = MemoryGovernanceStore()
        var limits = TokenLimits()
        limits.lately = 2
        let key = try #require(TokenKey(octets: Array(repeating: 9, count: 32)))
        let desk = TokenDesk(store: store, key: key, limits: limits, now: { 100 })
        for created in Int64(0)..<3 {
            let token = try StoreFact.token("anna", created: created)
            _ = try await store.add(token, limit: 9, now: 0)
            #expect(try await desk.revokedLately()?.count == Int(created))
            _ = try await store.revokeToken(token.id, of: nil, .init(time: 90, by: "eva"))
        }
        #expect(try await desk.revokedLately() == nil)
    }

    @Test("While tokens are stopped a good one is no answer, and one that is not good is refused as ever")
    func stopped() async throws {
        let store = MemoryGovernanceStore()
        let isStopped = Mutex(true)
        let key = try #require(TokenKey(octets: Array(repeating: 9, count: 32)))
        let desk = TokenDesk(
            store: store,
            key: key,
            now: { 100 },
            stopped: { isStopped.withLock { $0 } ? "plant-2 was not heard" : nil }
        )
        let owner = TokenOwner(id: "uuid:anna", name: "anna")
        let draft = try desk.draft(for: owner, name: "job", days: 1, scope: try TokenScope(["mlflow:read"]))
        #expect(await desk.verify(draft.token) == .refused(.unknown))
        try await desk.issue(draft)
        #expect(await desk.verify(draft.token) == .unavailable("plant-2 was not heard"))
        isStopped.withLock { $0 = false }
        guard case .good = await desk.verify(draft.token) else {
            Issue.record("expected it good")
            return
        }
        isStopped.withLock { $0 = true }
        _ = try await desk.revoke(draft.record.id, of: nil, by: "uuid:eva")
        #expect(await desk.verify(draft.token) == .refused(.revoked))
    }

    @Test(
        "A row that was written past the desk opens nothing, nor one that was changed",
        arguments: ["owner", "scope", "longer", "seal"]
    )
    func smuggled(change: String) async throws {
        let room = try Room()
        let draft = try await room.issued(days: 1)
        let record = draft.record
        room.store.smuggle(
            TokenRecord(
                hash: record.hash,
                owner: change == "owner" ? "uuid:eva" : record.owner,
                ownerName: record.ownerName,
                name: record.name,
                scope: change == "scope" ? try TokenScope(["*:*"]) : record.scope,
                created: record.created,
                expires: change == "longer" ? record.expires + 1 : record.expires,
                seal: change == "seal" ? [] : record.seal
            )
        )
        #expect(await room.desk.verify(draft.token) == .refused(.unsealed))
    }

    @Test(
        "An order that asks for too much is refused before anything is made",
        arguments: [
            ("", 1, .malformedName),
            ("  ", 1, .malformedName),
            ("a\nb", 1, .malformedName),
            ("\u{202E}evil", 1, .malformedName),
            (String(repeating: "x", count: 101), 1, .malformedName),
            ("job", 0, .lifetime(days: 0, maximum: 365)),
            ("job", -5, .lifetime(days: -5, maximum: 365)),
            ("job", 366, .lifetime(days: 366, maximum: 365)),
            ("job", .max, .lifetime(days: .max, maximum: 365)),
        ] as [(String, Int, TokenRefusal)]
    )
    func orders(name: String, days: Int, expected: TokenRefusal) throws {
        let room = try Room()
        let scope = try TokenScope(["mlflow:read"])
        #expect(throws: expected) { try room.desk.draft(for: Self.anna, name: name, days: days, scope: scope) }
    }

    @Test("Nobody has more than the limit")
    func limit() async throws {
        let room = try Room { $0.perPerson = 2 }
        let first = try await room.issued()
        _ = try await room.issued()
        await #expect(throws: TokenRefusal.tooMany(limit: 2)) { try await room.issued() }
        _ = try await room.desk.revoke(first.record.id, of: nil, by: "uuid:eva")
        _ = try await room.issued()
    }

    @Test("Use is written down once an hour, and use is not refused when that fails")
    func use() async throws {
        let room = try Room()
        let draft = try await room.issued()
        for _ in 0..<3 { _ = await room.desk.verify(draft.token) }
        let hour = room.clock.now / 3_600 * 3_600
        #expect(try await room.store.token(draft.token.hash)?.lastUsed == hour)
        room.clock.advance(by: 3_600)
        _ = await room.desk.verify(draft.token)
        #expect(try await room.store.token(draft.token.hash)?.lastUsed == hour + 3_600)
    }

    @Test("A store that fails makes nobody known, and nothing wrong")
    func failing() async throws {
        let room = try Room()
        let draft = try await room.issued()
        room.store.fail(with: .unavailable("the test"))
        guard case .unavailable = await room.desk.verify(draft.token) else {
            Issue.record("it answered without its store")
            return
        }
        await #expect(throws: TokenRefusal.store(.unavailable("the test"))) { try await room.issued() }
    }
}
