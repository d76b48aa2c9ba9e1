/// Puts revisions of the policies in force that carry the approvals they need, and no others: the rules about them, over whatever
/// carries announcements and files between gateways.
///
/// A revision is proposed by one person on top of the one in force, approved by another where the rules ask for it, announced by the
/// gateway that took the approval, and taken up by every gateway for itself: it verifies hash and approvals, reads and tests the files, and
/// keeps the last good revision when anything is wrong.
package actor PolicyDesk {
    /// What is in force.
    package struct Standing: Hashable, Sendable {
        /// The place in the row of revisions; 0 for the folder that a gateway began with.
        package var number: UInt64
        package var bundle: PolicyBundle
        /// What put it in force; `nil` for the folder.
        package var publication: PolicyPublication?

        package init(number: UInt64, bundle: PolicyBundle, publication: PolicyPublication?) {
            self.number = number
            self.bundle = bundle
            self.publication = publication
        }
    }

    /// What is done, for the decision log.
    package enum Event: Hashable, Sendable {
        case proposed(PolicyProposal, peopleNeeded: Int)
        case approved(PolicyProposal, decision: String)
        case inForce(PolicyPublication)
        case refused(PolicyPublication, problems: [String])
    }

    /// What only other rooms can do.
    package struct Means: Sendable {
        /// Everything that is wrong with files, as `stile check` says it; empty when they may be put in force.
        package var check: @Sendable (PolicyBundle) -> [String]
        /// How many people a change takes.
        package var peopleNeeded: @Sendable (_ bundle: PolicyBundle, _ base: PolicyBundle) -> Int
        /// Puts files in force; or everything that is wrong with them.
        package var takeUp: @Sendable (PolicyBundle) -> [String]
        /// Writes an event into the decision log, and says whether it is on disk.
        package var record: @Sendable (Event) async -> Bool
        /// Tells all gateways, this one included.
        package var announce: @Sendable (Announcement) async throws(GovernanceFailure) -> Void
        /// The present moment, in seconds since 1970.
        package var now: @Sendable () -> Int64

        package init(
            check: @escaping @Sendable (PolicyBundle) -> [String],
            peopleNeeded: @escaping @Sendable (_ bundle: PolicyBundle, _ base: PolicyBundle) -> Int,
            takeUp: @escaping @Sendable (PolicyBundle) -> [String],
            record: @escaping @Sendable (Event) async -> Bool,
            announce: @escaping @Sendable (Announcement) async throws(GovernanceFailure) -> Void,
            now: @escaping @Sendable () -> Int64
        ) {
            self.check = check
            self.peopleNeeded = peopleNeeded
            self.takeUp = takeUp
            self.record = record
            self.announce = announce
            self.now = now
        }
    }

    /// How a proposal came out.
    package enum Outcome: Hashable, Sendable {
        /// Somebody else has to approve it.
        case waiting(PolicyProposal)
        /// It is in force at this gateway.
        case inForce(PolicyPublication)
    }

    private let shelf: PolicyShelf
    private let shared: (any PolicyBundleStore)?
    private let means: Means
    private var ledger = PolicyLedger()
    private var standing: Standing
    private var isSettling = false
    private var isPublishing = false
    /// Why the newest revision is not in force here, and whether trying again can change that.
    private var trouble: (publication: PolicyPublication, problem: String, isFinal: Bool)?
    private var isUnkept = false

    /// - Parameters:
    ///   - standing: What is in force now.
    ///   - shelf: This gateway's own files.
    ///   - shared: Where several gateways find files; `nil` for one that stands alone.
    ///   - means: What other rooms do.
    package init(_ standing: Standing, shelf: PolicyShelf, shared: (any PolicyBundleStore)?, means: Means) {
        self.standing = standing
        self.shelf = shelf
        self.shared = shared
        self.means = means
        if let publication = standing.publication { self.ledger.hear(.policyPublished(publication)) }
    }

    // MARK: - Looking

    /// What is in force, what waits, what was, and what is wrong.
    package struct State: Sendable {
        package var standing: Standing
        package var waiting: [PolicyProposal]
        /// Newest first.
        package var history: [PolicyPublication]
        package var troubles: [String]
    }

    /// The state now.
    package var state: State {
        State(
            standing: self.standing,
            waiting: self.ledger.waiting(on: self.standing.bundle.digest, number: self.standing.number),
            history: self.ledger.publications.values.sorted { $1.number < $0.number },
            troubles: self.troubles
        )
    }

    /// What is wrong now, for operators.
    package var troubles: [String] {
        var troubles: [String] = []
        if let trouble {
            troubles.append(
                "the published revision \(trouble.publication.digest.revision) (number \(trouble.publication.number)) is not in force here: \(trouble.problem)"
            )
        }
        if self.isUnkept {
            troubles.append("the revision in force could not be kept on disk: a restart would begin with an older one")
        }
        if self.ledger.contested.contains(self.standing.number) {
            troubles.append(
                "two revisions were published as number \(self.standing.number), which the database should have prevented; all gateways took the one that more people stand for, or the one with the smaller hash; publish again what is meant"
            )
        }
        return troubles
    }

    /// The files of a revision that was proposed or published; `nil` when there is none of this name.
    package func bundle(called text: String) async throws(PolicyRefusal) -> PolicyBundle? {
        let known =
            [self.standing.bundle.digest] + self.ledger.proposals.map(\.digest)
            + self.ledger.publications.values.flatMap { [$0.digest, $0.proposal.base] }
        let meant = Set(known.filter { $0.isCalled(text) })
        guard meant.count <= 1 else { throw .ambiguous(text) }
        guard let digest = meant.first else { return nil }
        return try await self.files(of: digest)
    }

    private func files(of digest: PolicyDigest) async throws(PolicyRefusal) -> PolicyBundle? {
        if self.standing.bundle.digest == digest { return self.standing.bundle }
        if let kept = self.shelf.bundle(digest) { return kept }
        guard let shared = self.shared else { return nil }
        do {
            guard let bytes = try await shared.bytes(of: digest) else { return nil }
            guard let bundle = PolicyBundle(bytes, digest: digest) else { throw PolicyRefusal.tampered(digest) }
            return bundle
        } catch let refusal as PolicyRefusal {
            throw refusal
        } catch {
            throw .store(error as? GovernanceFailure ?? .unavailable("\(error)"))
        }
    }

    // MARK: - Proposing and approving

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
        guard let proposal = waiting.last(where: { $0.by.id != by.id }) else { throw .ownProposal }
        guard let bundle = try await self.files(of: proposal.digest) else { throw .missing(proposal.digest) }
        let problems = self.means.check(bundle)
        guard problems.isEmpty else { throw .invalid(problems) }
        guard await self.means.record(.approved(proposal, decision: decision)) else { throw .unrecorded }
        return try await self.publish(proposal, approval: .init(by: by, decision: decision))
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
        if let trouble, trouble.publication.number == publication.number { throw .notTakenUp(trouble.problem) }
        return publication
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

    // MARK: - Taking up

    /// Takes up what a gateway announced.
    package func hear(_ announcement: Announcement) async {
        let known = self.ledger.publications
        self.ledger.hear(announcement)
        guard case .policyPublished = announcement else { return }
        // What was missing to judge it may have come.
        if self.ledger.publications != known { self.trouble?.isFinal = false }
        await self.settle()
    }

    /// Looks again at what could not be done the last time; called now and then.
    package func lookAgain() async {
        if self.isUnkept, let publication = self.standing.publication { self.keep(publication, self.standing.bundle) }
        await self.settle()
    }

    /// Sees to it that other gateways find the files of the revision in force, whatever became of the database.
    package func mend() async {
        guard let shared = self.shared, let publication = self.standing.publication else { return }
        // With the revision that it replaced, or a new gateway could not say how much it changes.
        let bundles = [self.standing.bundle, self.shelf.bundle(publication.proposal.base)].compactMap(\.self)
        for bundle in bundles {
            let found = try? await shared.bytes(of: bundle.digest)
            guard found != bundle.bytes else { continue }
            try? await shared.keep(bundle.bytes, digest: bundle.digest)
        }
    }

    /// Puts the newest published revision in force, if it isn't and may be.
    private func settle() async {
        // While one waits for files another may be heard of; the one that waits looks again when it is done.
        guard !self.isSettling else { return }
        self.isSettling = true
        defer { self.isSettling = false }
        while let next = self.ledger.newest, self.isDue(next) {
            let problem = await self.takeUp(next)
            self.trouble = problem.map { (next, $0.sentence, $0.isFinal) }
            if problem != nil, self.ledger.newest == next { break }
        }
        if let trouble, trouble.publication.number < self.standing.number { self.trouble = nil }
    }

    private func isDue(_ next: PolicyPublication) -> Bool {
        let standing = self.standing
        let isNewer = next.number > standing.number
        guard isNewer || (next.number == standing.number && next.digest != standing.bundle.digest) else { return false }
        return !(self.trouble?.isFinal == true && self.trouble?.publication == next)
    }

    private func takeUp(_ next: PolicyPublication) async -> (sentence: String, isFinal: Bool)? {
        let bundle: PolicyBundle
        let support: Support
        do throws(PolicyRefusal) {
            guard let files = try await self.files(of: next.digest) else { throw .missing(next.digest) }
            bundle = files
            support = try await self.support(next, bundle)
        } catch {
            return (error.description, false)
        }
        switch support {
        case .enough: break
        case .unknown(let number):
            return (
                "number \(number), which it was made on, was not heard of here; publish again with an approval", true
            )
        case .tooFew(let needed):
            let problem =
                "it has \(next.people) of the \(needed) people that its changes to what is in force here take"
            _ = await self.means.record(.refused(next, problems: [problem]))
            return (problem, true)
        }
        let problems = self.means.takeUp(bundle)
        guard problems.isEmpty else {
            _ = await self.means.record(.refused(next, problems: problems))
            return (problems.prefix(3).joined(separator: "; "), true)
        }
        self.standing = Standing(number: next.number, bundle: bundle, publication: next)
        self.keep(next, bundle)
        _ = await self.means.record(.inForce(next))
        return nil
    }

    private enum Support {
        case enough
        /// The revision of this number is needed to judge it.
        case unknown(UInt64)
        case tooFew(needed: Int)
    }

    /// Whether enough people stand for what a publication changes here, whatever it was made on elsewhere.
    ///
    /// A gateway that was away takes the newest: then each revision since the one in force here must have had its people. Where the row
    /// does not lead back here, announcements were kept from a gateway, and what it published undoes what its officers never saw.
    private func support(_ next: PolicyPublication, _ bundle: PolicyBundle) async throws(PolicyRefusal) -> Support {
        let needed = self.means.peopleNeeded(bundle, self.standing.bundle)
        var (later, files) = (next, bundle)
        while later.people < self.means.peopleNeeded(files, self.standing.bundle) {
            let number = later.number - 1
            guard number > self.standing.number else { return .tooFew(needed: needed) }
            guard let base = self.ledger.publications[number] else { return .unknown(number) }
            guard base.digest == later.proposal.base else { return .tooFew(needed: needed) }
            guard let before = try await self.files(of: base.digest) else { throw .missing(base.digest) }
            guard later.people >= self.means.peopleNeeded(files, before) else { return .tooFew(needed: needed) }
            (later, files) = (base, before)
        }
        return .enough
    }

    private func keep(_ publication: PolicyPublication, _ bundle: PolicyBundle) {
        do throws(GovernanceFailure) {
            try self.shelf.keep(bundle)
            try self.shelf.stand(publication)
            self.isUnkept = false
        } catch {
            // A revision that closes doors counts even if the disk is full.
            self.isUnkept = true
        }
    }
}
