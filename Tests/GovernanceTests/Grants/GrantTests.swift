import Governance
import Synchronization
import Testing

@Suite("Grants")
struct GrantTests {
    /// A desk whose announcements go nowhere but into itself, and a clock.
    final class Room: Sendable {
        let now = Mutex<Int64>(100)
        let isAway = Mutex(false)
        private let heard = Mutex<GrantDesk?>(nil)

        func desk(_ limits: GrantLimits = GrantLimits()) -> GrantDesk {
            let desk = GrantDesk(
                limits: limits,
                now: { self.now.withLock { $0 } },
                announce: { announcement throws(GovernanceFailure) in
                    guard !self.isAway.withLock({ $0 }) else { throw .unavailable("the database is away") }
                    _ = self.heard.withLock { $0 }?.hear(announcement)
                }
            )
            self.heard.withLock { $0 = desk }
            return desk
        }
    }

    static func draft(
        _ desk: GrantDesk,
        by: Signatory = Samples.otto,
        reason: String = "why",
        seconds: Int64 = 60
    ) throws(GrantRefusal) -> Grant {
        try desk.draft(
            for: Signatory(id: "uuid:ben", name: "ben"),
            resource: "press4-forces",
            label: "confidential",
            reason: reason,
            seconds: seconds,
            by: by,
            decision: "01K"
        )
    }

    @Test("A grant counts from its giving to its end, and not at its end")
    func time() async throws {
        let room = Room()
        let desk = room.desk()
        let grant = try Self.draft(desk)
        #expect(desk.inForce.isEmpty, "a draft opens nothing")
        try await desk.give(grant)
        for (now, counts) in [(100, true), (159, true), (160, false), (10_000, false)] as [(Int64, Bool)] {
            room.now.withLock { $0 = now }
            #expect(desk.inForce == (counts ? [grant] : []), "at \(now)")
        }
    }

    @Test("What is taken back counts no more, in whatever order it is heard, and whoever cannot be told")
    func withdrawal() async throws {
        let room = Room()
        let desk = room.desk()
        let grant = try Self.draft(desk)
        try await desk.give(grant)
        #expect(try await desk.withdraw(grant.id, for: "hall2-energy", by: Samples.otto) == nil, "another's data")
        #expect(desk.inForce == [grant])
        room.isAway.withLock { $0 = true }
        await #expect(throws: GrantRefusal.store(.unavailable("the database is away"))) {
            try await desk.withdraw(grant.id, for: "press4-forces", by: Samples.otto)
        }
        #expect(desk.inForce.isEmpty, "here it ends at once")
        room.isAway.withLock { $0 = false }
        let again = try await desk.withdraw(grant.id, for: "press4-forces", by: Samples.eva)
        #expect(again?.withdrawal?.by == Samples.otto, "the first one stands")
        let other = room.desk()
        #expect(other.hear(.grantWithdrawn(grant.id, time: 120, by: Samples.otto)))
        #expect(other.hear(.grantGiven(grant)))
        #expect(!other.hear(.grantGiven(grant)), "heard twice, it is one")
        #expect(other.inForce.isEmpty)
    }

    @Test("One owner gives so many and no more, also by taking back; nobody is given more than so many by all")
    func limits() async throws {
        let room = Room()
        var limits = GrantLimits()
        (limits.perGiver, limits.perPerson) = (2, 3)
        let desk = room.desk(limits)
        let first = try Self.draft(desk, seconds: 200_000)
        try await desk.give(first)
        _ = try Self.draft(desk)
        // One is given, the other about to be.
        #expect(throws: GrantRefusal.tooManyGiven(found: 2, limit: 2)) { try Self.draft(desk) }
        // Another owner gives theirs; then the person has as many as anybody may.
        try await desk.give(Self.draft(desk, by: Samples.eva))
        #expect(throws: GrantRefusal.tooManyHeld(found: 3, limit: 3)) { try Self.draft(desk, by: Samples.hugo) }
        // What nothing became of is forgotten after a minute; what was taken back counts for a day.
        room.now.withLock { $0 += 60 }
        try await desk.give(Self.draft(desk))
        _ = try await desk.withdraw(first.id, for: "press4-forces", by: Samples.otto)
        #expect(throws: GrantRefusal.tooManyGiven(found: 2, limit: 2)) { try Self.draft(desk) }
        room.now.withLock { $0 += 86_400 }
        _ = try Self.draft(desk)
        let refusal = GrantRefusal.tooManyGiven(found: 2, limit: 2).description
        #expect(refusal.contains("found 2") && refusal.contains("fewer than 2") && refusal.contains("take back"))
    }

    @Test("Orders that cannot be are refused")
    func orders() throws {
        let desk = Room().desk()
        let ben = Signatory(id: "uuid:ben", name: "ben")
        #expect(throws: GrantRefusal.toOneself) { try Self.draft(desk, by: ben) }
        for reason in ["", "  ", "a\nb", "a\u{202E}b", String(repeating: "x", count: 501)] {
            #expect(throws: GrantRefusal.malformedReason) { try Self.draft(desk, reason: reason) }
        }
        for seconds in [0, -1, 90 * 86_400 + 1, .max] as [Int64] {
            #expect(throws: GrantRefusal.lifetime(seconds: seconds, maximum: 90 * 86_400)) {
                try Self.draft(desk, seconds: seconds)
            }
        }
    }

    @Test("An id is what it says and nothing else")
    func identifiers() {
        let id = GrantID()
        #expect(GrantID(id.description) == id)
        for text in ["", "G-", "G-0123456789abcde", "g-0123456789abcdef", "G-0123456789ABCDEF", "G-0123456789abcdeé"] {
            #expect(GrantID(text) == nil, "`\(text)`")
        }
    }
}
