/// Proposing and approving.
extension PolicyDesk {
    /// Proposes a revision on top of the one in force; one that a single person may publish is in force when this returns.
    ///
    /// - Parameters:
    ///   - bundle: The files.
    ///   - base: The revision that the proposer began with, when they say so; with another in force nothing is proposed.
    ///   - note: What for.
    ///   - by: Who proposes it.
    ///   - decision: The id of the decision that let them.
    /// - Returns: Whether it waits, or is in force.
    /// - Throws: ``PolicyRefusal``; then nothing has changed.
    package func propose(
        _ bundle: PolicyBundle,
        base: String?,
        note: String,
        by: Signatory,
        decision: String
    ) async throws(PolicyRefusal) -> Outcome {
        guard (1...500).contains(note.utf8.count), PayloadLines.isPlain(note),
            note.contains(where: { !$0.isWhitespace })
        else { throw .malformedNote }
        let standing = self.standing
        if let base, !standing.bundle.digest.isCalled(base) { throw .overtaken(self.inForceInWords) }
        guard bundle.digest != standing.bundle.digest else { throw .unchanged(bundle.digest) }
        let lately = self.proposals(by: by).count { self.means.now() - $0.time < 86_400 }
        guard lately < self.limits.daily else { throw .tooManyToday(found: lately, limit: self.limits.daily) }
        let problems = self.means.check(bundle)
        guard problems.isEmpty else { throw .invalid(problems) }
        let proposal = PolicyProposal(
            digest: bundle.digest,
            base: standing.bundle.digest,
            number: standing.number + 1,
            by: by,
            note: note,
            decision: decision,
            time: self.means.now()
        )
        let needed = self.means.peopleNeeded(bundle, standing.bundle)
        if needed > 1 {
            let waiting = Set(self.waiting + self.making).count { $0.by.id == by.id }
            guard waiting < self.limits.waitingPerPerson else {
                throw .tooManyWaiting(
                    found: waiting,
                    limit: self.limits.waitingPerPerson,
                    days: self.limits.waitingSeconds / 86_400
                )
            }
        }
        // Until it is announced others wait with it: their limits count it, and nothing removes its files.
        self.making.append(proposal)
        defer { self.making.removeAll { $0 == proposal } }
        do throws(GovernanceFailure) {
            try self.shelf.keep(bundle)
            try self.shelf.keep(standing.bundle)
            if let shared = self.shared {
                try await shared.keep(standing.bundle.bytes, digest: standing.bundle.digest)
                try await shared.keep(bundle.bytes, digest: bundle.digest)
            }
        } catch {
            throw .store(error)
        }
        guard await self.means.record(.proposed(proposal, peopleNeeded: needed)) else { throw .unrecorded }
        guard needed > 1 else { return .inForce(try await self.publish(proposal, approval: nil)) }
        try await self.tell(.policyProposed(proposal))
        return .waiting(proposal)
    }

    /// Approves a proposal that somebody else made; it is in force at this gateway when this returns.
    ///
    /// - Parameters:
    ///   - text: The proposal's hash or revision name.
    ///   - by: Who approves it.
    ///   - decision: The id of the decision that let them.
    /// - Returns: What was published.
    /// - Throws: ``PolicyRefusal``; then nothing has changed, except that after ``PolicyRefusal/store(_:)`` it may still be published.
    package func approve(
        _ text: String,
        by: Signatory,
        decision: String
    ) async throws(PolicyRefusal) -> PolicyPublication {
        let meant = self.ledger.proposals.filter { $0.digest.isCalled(text) }
        guard Set(meant.map(\.digest)).count <= 1 else { throw .ambiguous(text) }
        let standing = self.standing
        guard !standing.bundle.digest.isCalled(text) else { throw .unchanged(standing.bundle.digest) }
        guard !meant.isEmpty else { throw .unknown(text) }
        let waiting = meant.filter { $0.base == standing.bundle.digest && $0.number == standing.number + 1 }
        guard !waiting.isEmpty else { throw .overtaken(self.inForceInWords) }
        let open = waiting.filter(self.isOpen)
        guard !open.isEmpty else { throw .lapsed(days: self.limits.waitingSeconds / 86_400) }
        let others = open.filter { $0.by.id != by.id }
        guard let newest = others.last else { throw .ownProposal }
        guard let bundle = try await self.files(of: newest.digest) else { throw .missing(newest.digest) }
        let problems = self.means.check(bundle)
        guard problems.isEmpty else { throw .invalid(problems) }
        let proposal = try await self.stillMeant(others, decision: decision)
        guard await self.means.record(.approved(proposal, decision: decision)) else { throw .unrecorded }
        return try await self.publish(proposal, approval: .init(by: by, decision: decision))
    }

    /// The newest of proposals of the same files whose proposer may still propose.
    ///
    /// Two people stand for a revision at the moment when it comes into force, not only when each of them spoke.
    private func stillMeant(
        _ proposals: [PolicyProposal],
        decision: String
    ) async throws(PolicyRefusal) -> PolicyProposal {
        var asked: [String: ProposerRight] = [:]
        for proposal in proposals.reversed() where asked[proposal.by.id] == nil {
            let right = await self.means.mayPropose(proposal.by)
            if right == .held { return proposal }
            asked[proposal.by.id] = right
        }
        guard let newest = proposals.last, let right = asked[newest.by.id] else { throw .ownProposal }
        switch right {
        case .unknown(let reason): throw .proposerUnknown(newest.by.name, reason: reason)
        case .lost(let reason):
            _ = await self.means.record(.lapsed(newest, reason: reason, decision: decision))
            throw .proposerLost(newest.by.name, reason: reason)
        case .held: return newest
        }
    }

    private func publish(
        _ proposal: PolicyProposal,
        approval: PolicyPublication.Approval?
    ) async throws(PolicyRefusal) -> PolicyPublication {
        // Files were waited for: another revision may have come into force since.
        guard proposal.base == self.standing.bundle.digest, proposal.number == self.standing.number + 1 else {
            throw .overtaken(self.inForceInWords)
        }
        guard !self.isPublishing else { throw .overtaken("another revision that is being published") }
        self.isPublishing = true
        defer { self.isPublishing = false }
        let publication = PolicyPublication(proposal, approval: approval, time: self.means.now())
        try await self.tell(.policyPublished(publication))
        await self.settle()
        // What is answered is what is: others may have published meanwhile, or something may be wrong with it here.
        let standing = self.standing
        guard standing.number != publication.number || standing.bundle.digest != publication.digest else {
            return publication
        }
        guard standing.number < publication.number else { throw .overtaken(self.inForceInWords) }
        throw .notTakenUp(self.trouble?.problem ?? "it was not reached; `stile policy history` shows what is in force")
    }

    /// What somebody proposed, or published alone, as far as it is remembered.
    private func proposals(by person: Signatory) -> Set<PolicyProposal> {
        let all = self.ledger.proposals + self.ledger.publications.values.map(\.proposal) + self.making
        return Set(all.filter { $0.by.id == person.id })
    }

    /// What waits for an approval, newest first.
    var waiting: [PolicyProposal] {
        self.ledger.waiting(on: self.standing.bundle.digest, number: self.standing.number).filter(self.isOpen)
    }

    /// Whether a proposal is young enough to be approved.
    private func isOpen(_ proposal: PolicyProposal) -> Bool {
        self.means.now() - proposal.time < self.limits.waitingSeconds
    }

    private func tell(_ announcement: Announcement) async throws(PolicyRefusal) {
        guard announcement.payload.count <= Announcement.maximumPayload else { throw .malformedNote }
        do {
            try await self.means.announce(announcement)
        } catch .overtaken(let by) {
            throw .overtaken(by)
        } catch {
            throw .store(error)
        }
        self.ledger.hear(announcement)
    }

    private var inForceInWords: String {
        let by = self.standing.publication.map { " by \($0.proposal.by.name)" } ?? ""
        return "revision \(self.standing.bundle.digest.revision) (number \(self.standing.number)\(by))"
    }
}
