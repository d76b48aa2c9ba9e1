import Governance
import Synchronization
import Testing
import TransparencyLog

@Suite("Publishing policies")
struct PolicyDeskTests {
    /// Gateways over one transport, in memory: a table of files, and announcements that are handed on when told to.
    final class Company: Sendable {
        let files = Files()
        let said = Mutex<[Announcement]>([])
        let events = Mutex<[PolicyDesk.Event]>([])
        let isLogOpen = Mutex(true)
        let isAway = Mutex(false)
        let clock = Mutex<Int64>(1_000)
        /// Who may not propose any more, and why; who cannot be asked about, and why.
        let rights = Mutex<[String: ProposerRight]>([:])
        /// Called when a gateway takes files up, before it has.
        let takingUp = Mutex<(@Sendable (PolicyBundle) async -> Void)?>(nil)
        /// Called when something is announced, before whoever announces it goes on.
        let telling = Mutex<(@Sendable (Announcement) async -> Void)?>(nil)
        /// What each gateway was made to put in force, by its name.
        let inForce = Mutex<[String: [String]]>([:])
        /// Rules with this word are not in order.
        static let broken = "broken"

        func desk(
            _ name: String,
            _ store: FolderStore,
            standing: PolicyDesk.Standing? = nil,
            limits: PolicyLimits = PolicyLimits()
        ) throws -> PolicyDesk {
            let first = PolicyDesk.Standing(number: 0, bundle: try Samples.bundle(), publication: nil)
            let check: @Sendable (PolicyBundle) -> [String] = { bundle in
                bundle.text(of: "rules.cedar") == Self.broken ? ["rules.cedar:1:1: broken"] : []
            }
            return PolicyDesk(
                standing ?? first,
                shelf: PolicyShelf(store),
                shared: self.files,
                limits: limits,
                means: PolicyDesk.Means(
                    check: check,
                    peopleNeeded: { $0.changed(since: $1) == ["catalog/press.yaml"] ? 1 : 2 },
                    takeUp: { bundle in
                        await self.takingUp.withLock { $0 }?(bundle)
                        let problems = check(bundle)
                        if problems.isEmpty {
                            self.inForce.withLock { $0[name, default: []].append(bundle.digest.description) }
                        }
                        return problems
                    },
                    mayPropose: { person in self.rights.withLock { $0[person.id] } ?? .held },
                    record: { event in
                        self.events.withLock { $0.append(event) }
                        return self.isLogOpen.withLock { $0 }
                    },
                    announce: { announcement throws(GovernanceFailure) in
                        try self.announce(announcement)
                        await self.telling.withLock { $0 }?(announcement)
                    },
                    now: { self.clock.withLock { $0 } }
                )
            )
        }

        private func announce(_ announcement: Announcement) throws(GovernanceFailure) {
            guard !self.isAway.withLock({ $0 }) else { throw .unavailable("away") }
            if case .policyPublished(let mine) = announcement {
                let taken = self.said.withLock { said in
                    said.contains {
                        guard case .policyPublished(let other) = $0 else { return false }
                        return other.number >= mine.number && other.digest != mine.digest
                    }
                }
                guard !taken else { throw .overtaken("another revision") }
            }
            self.said.withLock { $0.append(announcement) }
        }

        func tell(_ desk: PolicyDesk) async {
            for announcement in self.said.withLock({ $0 }) { await desk.hear(announcement) }
        }
    }

    /// The table of files, which nobody trusts.
    final class Files: PolicyBundleStore {
        let rows = Mutex<[PolicyDigest: [UInt8]]>([:])

        func keep(_ bytes: [UInt8], digest: PolicyDigest) async throws(GovernanceFailure) {
            self.rows.withLock { $0[digest] = bytes }
        }

        func bytes(of digest: PolicyDigest) async throws(GovernanceFailure) -> [UInt8]? {
            self.rows.withLock { $0[digest] }
        }

        func prune(keeping needed: Set<PolicyDigest>, olderThan seconds: Int64) async throws(GovernanceFailure) {
            self.rows.withLock { rows in rows = rows.filter { row in needed.contains(row.key) } }
        }
    }

    static func propose(
        _ desk: PolicyDesk,
        _ bundle: PolicyBundle,
        by: Signatory = Samples.eva
    ) async throws(PolicyRefusal) -> PolicyDesk.Outcome {
        try await desk.propose(bundle, base: nil, note: "why", by: by, decision: "01K")
    }

    /// Two gateways, each with a folder of its own.
    static func company(_ body: (Company, PolicyDesk, PolicyDesk, FolderStore) async throws -> Void) async throws {
        try await Samples.inFolder { one in
            try await Samples.inFolder { other in
                let company = Company()
                try await body(
                    company,
                    try company.desk("one", one),
                    try company.desk("other", other),
                    other
                )
            }
        }
    }

    @Test("Rules take two people, at whichever gateway; then every gateway has them, also after a restart")
    func twoPeople() async throws {
        try await Self.company { company, one, other, folder in
            let bundle = try Samples.bundle(rules: "new")
            guard case .waiting(let proposal) = try await Self.propose(one, bundle) else {
                Issue.record("expected it to wait")
                return
            }
            #expect(await one.state.standing.number == 0)
            await #expect(throws: PolicyRefusal.ownProposal) {
                try await one.approve(proposal.digest.description, by: Samples.eva, decision: "01L")
            }
            await company.tell(other)
            let publication = try await other.approve(proposal.digest.revision, by: Samples.hugo, decision: "01L")
            #expect(publication.people == 2)
            await company.tell(one)
            for desk in [one, other] {
                #expect(await desk.state.standing.bundle == bundle)
                #expect(await desk.state.troubles.isEmpty)
            }
            let kept = try #require(try PolicyShelf(folder).standing())
            #expect(kept.publication == publication && kept.bundle == bundle)
            // A byte of what is kept that is not what was written stops the start.
            let written = try folder.read("policies/in-force")
            for cut in [1, 3, 64, 65, 66, written.count] {
                try folder.replace("policies/in-force", with: Array(written.dropLast(cut)), durably: false)
                #expect(throws: GovernanceFailure.self, "without \(cut) bytes") { try PolicyShelf(folder).standing() }
            }
            await #expect(throws: PolicyRefusal.unchanged(bundle.digest)) {
                try await one.approve(bundle.digest.revision, by: Samples.hugo, decision: "01M")
            }
            // The database is emptied; whoever has the revision puts its files back.
            company.files.rows.withLock { $0 = [:] }
            await one.mend()
            #expect(company.files.rows.withLock { $0[bundle.digest] } == bundle.bytes)
        }
    }

    @Test("A change of the catalogue is in force at once; what is not in order, or in force already, is not published")
    func onePerson() async throws {
        try await Self.company { company, one, _, _ in
            let bundle = try Samples.bundle(catalog: "new")
            guard case .inForce = try await Self.propose(one, bundle) else {
                Issue.record("expected it in force")
                return
            }
            await #expect(throws: PolicyRefusal.unchanged(bundle.digest)) { try await Self.propose(one, bundle) }
            await #expect(throws: PolicyRefusal.invalid(["rules.cedar:1:1: broken"])) {
                try await Self.propose(one, try Samples.bundle(rules: Company.broken))
            }
            await #expect(throws: PolicyRefusal.malformedNote) {
                try await one.propose(bundle, base: nil, note: "a\nb", by: Samples.eva, decision: "01K")
            }
            let next = try Samples.bundle(catalog: "newer")
            await #expect(throws: PolicyRefusal.self, "with another base than what is in force") {
                try await one.propose(
                    next,
                    base: try Samples.bundle().digest.revision,
                    note: "why",
                    by: Samples.eva,
                    decision: "01K"
                )
            }
            company.isLogOpen.withLock { $0 = false }
            await #expect(throws: PolicyRefusal.unrecorded) { try await Self.propose(one, next) }
            company.isLogOpen.withLock { $0 = true }
            company.isAway.withLock { $0 = true }
            await #expect(throws: PolicyRefusal.store(.unavailable("away"))) { try await Self.propose(one, next) }
            #expect(await one.state.standing.bundle == bundle)
        }
    }

    @Test("Of two gateways that publish at once one wins, and the other is told by whom it was overtaken")
    func race() async throws {
        try await Self.company { company, one, other, _ in
            _ = try await Self.propose(one, try Samples.bundle(catalog: "one"))
            await #expect(throws: PolicyRefusal.overtaken("another revision")) {
                try await Self.propose(other, try Samples.bundle(catalog: "other"))
            }
            await company.tell(other)
            #expect(try await other.state.standing.bundle == Samples.bundle(catalog: "one"))
            _ = try await Self.propose(other, try Samples.bundle(catalog: "other"))
            await company.tell(one)
            #expect(await one.state.standing.number == 2)
        }
    }

    @Test("If the database lets two gateways take one number, all settle on the same revision and say so")
    func contested() async throws {
        try await Self.company { company, one, other, _ in
            _ = try await Self.propose(one, try Samples.bundle(catalog: "one"))
            let first = company.said.withLock { said in
                defer { said = [] }
                return said
            }
            _ = try await Self.propose(other, try Samples.bundle(catalog: "other"))
            company.said.withLock { $0 += first }
            await company.tell(one)
            await company.tell(other)
            let settled = await one.state.standing.bundle
            #expect(await other.state.standing.bundle == settled)
            for desk in [one, other] { #expect(await desk.troubles.count == 1) }
            // The next one ends it.
            _ = try await Self.propose(one, try Samples.bundle(catalog: "next"))
            await company.tell(other)
            for desk in [one, other] { #expect(await desk.troubles.isEmpty) }
        }
    }

    @Test("Who kept announcements from a gateway cannot undo by one person's changes there what two have approved")
    func fork() async throws {
        try await Self.company { company, one, other, _ in
            // Two people change the rules; the other gateway is kept from hearing it.
            guard case .waiting(let proposal) = try await Self.propose(one, try Samples.bundle(rules: "new")) else {
                Issue.record("expected it to wait")
                return
            }
            let approved = try await one.approve(proposal.digest.revision, by: Samples.hugo, decision: "01L")
            company.said.withLock { $0 = [] }
            // On the old rules one person publishes under the same number, until the hash is the smaller one, and under the next.
            var catalogs = (0...).lazy.map { "evil \($0)" }.makeIterator()
            var evil = try Samples.bundle(catalog: "evil")
            while evil.digest > approved.digest, let catalog = catalogs.next() {
                evil = try Samples.bundle(catalog: catalog)
            }
            _ = try await Self.propose(other, evil)
            let both = company.said.withLock { $0 } + [.policyPublished(approved)]
            await company.tell(one)
            #expect(await one.state.standing.publication == approved)
            _ = try await Self.propose(other, try Samples.bundle(catalog: "more"))
            await company.tell(one)
            #expect(await one.state.standing.publication == approved)
            #expect(await one.troubles.first?.contains("1 of the 2 people") == true)
            // Whoever hears of both takes what two people stand for.
            company.said.withLock { $0 = both }
            let late = try await Samples.inFolder { folder in
                let late = try company.desk("late", folder)
                await company.tell(late)
                return await late.state.standing.publication
            }
            #expect(late == approved)
        }
    }

    @Test("A gateway that was away takes the newest, when each revision since had its people and its files are there")
    func away() async throws {
        try await Self.company { company, one, other, _ in
            guard case .waiting(let proposal) = try await Self.propose(one, try Samples.bundle(rules: "new")) else {
                Issue.record("expected it to wait")
                return
            }
            _ = try await one.approve(proposal.digest.revision, by: Samples.hugo, decision: "01L")
            for catalog in ["one", "two"] {
                _ = try await Self.propose(one, try Samples.bundle(rules: "new", catalog: catalog))
            }
            let between = try Samples.bundle(rules: "new", catalog: "one")
            let files = company.files.rows.withLock { $0.removeValue(forKey: between.digest) }
            // Heard newest first, as from several gateways.
            for announcement in company.said.withLock({ $0 }).reversed() { await other.hear(announcement) }
            company.files.rows.withLock { $0[between.digest] = files }
            await other.lookAgain()
            #expect(try await other.state.standing.bundle == Samples.bundle(rules: "new", catalog: "two"))
            #expect(await other.troubles.isEmpty)
            #expect(
                company.inForce.withLock { $0["other"]?.last } == (await other.state.standing.bundle.digest.description)
            )
        }
    }

    @Test("Files that are missing or others than were hashed are not taken up; when they are there, they are")
    func tampered() async throws {
        try await Self.company { company, one, other, _ in
            let bundle = try Samples.bundle(catalog: "new")
            _ = try await Self.propose(one, bundle)
            let evil = try Samples.bundle(catalog: "evil").bytes
            for rows in [[bundle.digest: evil], [:]] as [[PolicyDigest: [UInt8]]] {
                company.files.rows.withLock { $0 = rows }
                await company.tell(other)
                #expect(await other.state.standing.number == 0)
                #expect(await other.troubles.first?.contains(bundle.digest.revision) == true)
            }
            await one.mend()
            await other.lookAgain()
            #expect(await other.state.standing.bundle == bundle)
            #expect(await other.troubles.isEmpty)
        }
    }

    @Test("Who announces too few people, or files that fail here, is not followed; the last good revision stays")
    func verified() async throws {
        try await Self.company { company, one, _, _ in
            let base = try Samples.bundle()
            for (rules, people) in [("new", 1), (Company.broken, 2)] {
                let bundle = try Samples.bundle(rules: rules)
                try await company.files.keep(bundle.bytes, digest: bundle.digest)
                let proposal = PolicyProposal(
                    digest: bundle.digest,
                    base: base.digest,
                    number: UInt64(people),
                    by: Samples.eva,
                    note: "why",
                    decision: "01K",
                    time: 5
                )
                // The same person twice is one person.
                let approval = PolicyPublication.Approval(by: people == 2 ? Samples.hugo : Samples.eva, decision: "01L")
                await one.hear(.policyPublished(PolicyPublication(proposal, approval: approval, time: 6)))
                #expect(await one.state.standing.bundle == base)
                #expect(await one.troubles.count == 1)
                await one.lookAgain()
            }
            let refused = company.events.withLock { events in
                events.count { if case .refused = $0 { true } else { false } }
            }
            #expect(refused == 2, "each is written down once, however often it is looked at")
        }
    }
}
