import Governance
import Synchronization
import Testing
import TransparencyLog

@Suite("How much is proposed, and kept")
struct PolicyLimitsTests {
    static let limits: PolicyLimits = {
        var limits = PolicyLimits()
        limits.waitingPerPerson = 2
        limits.daily = 4
        limits.waitingSeconds = 1_000
        limits.keptRevisions = 2
        limits.keptSeconds = 500
        return limits
    }()

    static func company(_ body: (PolicyDeskTests.Company, PolicyDesk, FolderStore) async throws -> Void) async throws {
        try await Samples.inFolder { folder in
            let company = PolicyDeskTests.Company()
            try await body(company, try company.desk("one", folder, limits: self.limits), folder)
        }
    }

    @Test("Of one person so many wait and no more; somebody else's, and the next revision, are not held against them")
    func waiting() async throws {
        try await Self.company { company, desk, _ in
            for rules in ["1", "2"] { _ = try await PolicyDeskTests.propose(desk, try Samples.bundle(rules: rules)) }
            await #expect(throws: PolicyRefusal.tooManyWaiting(found: 2, limit: 2, days: 0)) {
                try await PolicyDeskTests.propose(desk, try Samples.bundle(rules: "3"))
            }
            _ = try await PolicyDeskTests.propose(desk, try Samples.bundle(rules: "3"), by: Samples.otto)
            let refusal = PolicyRefusal.tooManyWaiting(found: 2, limit: 2, days: 30).description
            #expect(
                refusal.contains("found 2") && refusal.contains("fewer than 2") && refusal.contains("after 30 days")
            )
            // The next revision in force ends what waited on the one before it.
            _ = try await PolicyDeskTests.propose(desk, try Samples.bundle(catalog: "new"), by: Samples.hugo)
            #expect(await desk.state.waiting.isEmpty)
            _ = try await PolicyDeskTests.propose(desk, try Samples.bundle(rules: "3", catalog: "new"))
            #expect(await desk.state.waiting.count == 1)
            _ = company
        }
    }

    @Test("In a day one person proposes so many and no more, also of what is in force at once")
    func daily() async throws {
        try await Self.company { company, desk, _ in
            for catalog in 1...4 {
                _ = try await PolicyDeskTests.propose(desk, try Samples.bundle(catalog: "\(catalog)"))
            }
            let fifth = try Samples.bundle(catalog: "5")
            await #expect(throws: PolicyRefusal.tooManyToday(found: 4, limit: 4)) {
                try await PolicyDeskTests.propose(desk, fifth)
            }
            #expect(await desk.state.standing.number == 4)
            company.clock.withLock { $0 += 86_400 }
            _ = try await PolicyDeskTests.propose(desk, fifth)
        }
    }

    @Test("Many at once for the last place: one gets it")
    func atOnce() async throws {
        try await Self.company { _, desk, _ in
            _ = try await PolicyDeskTests.propose(desk, try Samples.bundle(rules: "1"))
            let bundles = try (2...6).map { try Samples.bundle(rules: "\($0)") }
            let made = await withTaskGroup(of: Bool.self) { group in
                for bundle in bundles {
                    group.addTask { (try? await PolicyDeskTests.propose(desk, bundle)) != nil }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(made == 1)
        }
    }

    @Test("What waited for too long is not shown, counts for nothing, and cannot be approved")
    func lapsed() async throws {
        try await Self.company { company, desk, _ in
            let bundle = try Samples.bundle(rules: "new")
            _ = try await PolicyDeskTests.propose(desk, bundle)
            company.clock.withLock { $0 += 999 }
            #expect(await desk.state.waiting.count == 1)
            company.clock.withLock { $0 += 1 }
            #expect(await desk.state.waiting.isEmpty)
            await #expect(throws: PolicyRefusal.lapsed(days: 0)) {
                try await desk.approve(bundle.digest.revision, by: Samples.hugo, decision: "01L")
            }
            // Proposed again it can.
            _ = try await PolicyDeskTests.propose(desk, bundle)
            _ = try await desk.approve(bundle.digest.revision, by: Samples.hugo, decision: "01L")
        }
    }

    @Test(
        "Kept are the newest revisions, those of the last time, and what waits; what ended is removed, here and for all"
    )
    func pruned() async throws {
        try await Self.company { company, desk, folder in
            func kept(_ bundle: PolicyBundle) -> [Bool] {
                [
                    PolicyShelf(folder).bundle(bundle.digest) != nil,
                    company.files.rows.withLock { $0[bundle.digest] != nil },
                ]
            }
            let ended = try Samples.bundle(rules: "ended")
            _ = try await PolicyDeskTests.propose(desk, ended)
            let revisions = try (0...4).map { try Samples.bundle(catalog: $0 == 0 ? "b" : "\($0)") }
            for revision in revisions.dropFirst() {
                company.clock.withLock { $0 += 100 }
                _ = try await PolicyDeskTests.propose(desk, revision, by: Samples.hugo)
            }
            let waiting = try Samples.bundle(rules: "waits", catalog: "4")
            _ = try await PolicyDeskTests.propose(desk, waiting)
            try await desk.prune()
            #expect(kept(ended) == [false, false])
            #expect(kept(waiting) == [true, true])
            // All were in force within 500 seconds.
            for revision in revisions { #expect(kept(revision) == [true, true]) }
            company.clock.withLock { $0 += 400 }
            try await desk.prune()
            // Number 2 ended 500 seconds ago and is kept, with number 1, which it replaced; number 1 ended before that.
            #expect(revisions.map { kept($0)[0] } == [false, true, true, true, true])
            company.clock.withLock { $0 += 1 }
            try await desk.prune()
            // The newest two, 4 and 3, and what 3 replaced.
            #expect(revisions.map { kept($0)[0] } == [false, false, true, true, true])
            #expect(kept(waiting) == [true, true])
            // What is kept can be proposed again, and what is not says so.
            #expect(try await desk.bundle(called: revisions[3].digest.revision) == revisions[3])
            await #expect(throws: PolicyRefusal.missing(revisions[1].digest)) {
                try await desk.bundle(called: revisions[1].digest.revision)
            }
            // What is no revision stays.
            #expect(try PolicyShelf(folder).standing()?.bundle == revisions[4])
        }
    }
}
