import Governance
import Synchronization
import Testing

@Suite("What an approval is worth")
struct ApprovalTests {
    @Test("Who lost the right, or cannot be asked about, does not stand for a revision any more; it is written down")
    func proposer() async throws {
        try await PolicyDeskTests.company { company, one, _, _ in
            let bundle = try Samples.bundle(rules: "new")
            _ = try await PolicyDeskTests.propose(one, bundle)
            company.rights.withLock { $0[Samples.eva.id] = .lost("the directory says `account-disabled`") }
            await #expect(
                throws: PolicyRefusal.proposerLost("eva", reason: "the directory says `account-disabled`")
            ) {
                try await one.approve(bundle.digest.revision, by: Samples.hugo, decision: "01L")
            }
            let lapsed = company.events.withLock { events in
                events.compactMap {
                    if case .lapsed(let proposal, _, let decision) = $0 {
                        "\(proposal.digest) \(decision)"
                    } else {
                        nil
                    }
                }
            }
            #expect(lapsed == ["\(bundle.digest) 01L"])
            company.rights.withLock { $0[Samples.eva.id] = .unknown("the directory is down") }
            await #expect(throws: PolicyRefusal.proposerUnknown("eva", reason: "the directory is down")) {
                try await one.approve(bundle.digest.revision, by: Samples.hugo, decision: "01L")
            }
            #expect(await one.state.standing.number == 0)
            #expect(company.inForce.withLock { $0.isEmpty })
            // Somebody else who may proposes the same files: they stand for it.
            _ = try await PolicyDeskTests.propose(one, bundle, by: Samples.otto)
            let publication = try await one.approve(bundle.digest.revision, by: Samples.hugo, decision: "01L")
            #expect(publication.proposal.by == Samples.otto)
        }
    }

    @Test(
        "What is answered to be in force is, also when it was heard of, and is being taken up, before that was asked for"
    )
    func settled() async throws {
        try await PolicyDeskTests.company { company, one, _, _ in
            let (opened, open) = AsyncStream.makeStream(of: Void.self)
            let (began, begin) = AsyncStream.makeStream(of: Void.self)
            company.takingUp.withLock {
                $0 = { _ in
                    begin.yield()
                    for await _ in opened { break }
                }
            }
            company.telling.withLock {
                $0 = { announcement in
                    // As from the channel: who announces hears it, too.
                    Task { await one.hear(announcement) }
                    for await _ in began { break }
                    // Whoever does not wait answers long before.
                    Task {
                        for _ in 0..<1_000 { await Task.yield() }
                        open.yield()
                    }
                }
            }
            guard
                case .inForce(let publication) = try await PolicyDeskTests.propose(
                    one,
                    try Samples.bundle(catalog: "new")
                )
            else {
                Issue.record("expected it in force")
                return
            }
            #expect(await one.state.standing.publication == publication)
        }
    }

    @Test("Published and overtaken before it was in force here is answered as that")
    func overtaken() async throws {
        try await PolicyDeskTests.company { company, one, _, _ in
            let mine = try Samples.bundle(catalog: "mine")
            let next = try Samples.bundle(catalog: "next")
            try await company.files.keep(next.bytes, digest: next.digest)
            let isFirst = Atomic(true)
            company.takingUp.withLock {
                $0 = { bundle in
                    guard bundle == mine, isFirst.exchange(false, ordering: .relaxed) else { return }
                    // Meanwhile another gateway publishes on top of it.
                    let proposal = PolicyProposal(
                        digest: next.digest,
                        base: mine.digest,
                        number: 2,
                        by: Samples.otto,
                        note: "why",
                        decision: "01N",
                        time: 1_000
                    )
                    Task { await one.hear(.policyPublished(PolicyPublication(proposal, approval: nil, time: 1_001))) }
                    while await one.state.history.first?.number != 2 { await Task.yield() }
                }
            }
            await #expect {
                try await PolicyDeskTests.propose(one, mine)
            } throws: { error in
                if case .overtaken = error as? PolicyRefusal { true } else { false }
            }
            #expect(await one.state.standing.bundle == next)
        }
    }

    @Test("While one waits for another's taking up, what cannot be taken up is not said to be in force")
    func refusedHere() async throws {
        try await PolicyDeskTests.company { company, one, _, _ in
            let mine = try Samples.bundle(catalog: "mine")
            company.takingUp.withLock {
                $0 = { _ in
                    // A number beyond it is heard of whose files are nowhere: it is what is tried from then on.
                    let lost = PolicyProposal(
                        digest: PolicyDigest(of: [1]),
                        base: mine.digest,
                        number: 3,
                        by: Samples.otto,
                        note: "why",
                        decision: "01N",
                        time: 1_000
                    )
                    Task { await one.hear(.policyPublished(PolicyPublication(lost, approval: nil, time: 1_001))) }
                    while await one.state.history.first?.number != 3 { await Task.yield() }
                }
            }
            guard case .inForce(let publication) = try await PolicyDeskTests.propose(one, mine) else {
                Issue.record("expected it in force")
                return
            }
            // True of this one; the later one is a trouble of its own.
            #expect(await one.state.standing.publication == publication)
            #expect(await one.troubles.count == 1)
        }
    }
}
