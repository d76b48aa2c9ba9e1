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
        /// It was not approved, because whoever proposed it may not any more; `decision` let somebody try.
        case lapsed(PolicyProposal, reason: String, decision: String)
        case inForce(PolicyPublication)
        case refused(PolicyPublication, problems: [String])
    }

    /// What only other rooms can do.
    package struct Means: Sendable {
        /// Everything that is wrong with files, as `stile check` says it; empty when they may be put in force.
        package var check: @Sendable (PolicyBundle) -> [String]
        /// How many people a change takes.
        package var peopleNeeded: @Sendable (_ bundle: PolicyBundle, _ base: PolicyBundle) -> Int
        /// Puts files in force, everywhere when it returns; or everything that is wrong with them.
        package var takeUp: @Sendable (PolicyBundle) async -> [String]
        /// Whether somebody may propose revisions now, by the directory and the policies in force.
        package var mayPropose: @Sendable (Signatory) async -> ProposerRight
        /// Writes an event into the decision log, and says whether it is on disk.
        package var record: @Sendable (Event) async -> Bool
        /// Tells all gateways, this one included.
        package var announce: @Sendable (Announcement) async throws(GovernanceFailure) -> Void
        /// The present moment, in seconds since 1970.
        package var now: @Sendable () -> Int64

        package init(
            check: @escaping @Sendable (PolicyBundle) -> [String],
            peopleNeeded: @escaping @Sendable (_ bundle: PolicyBundle, _ base: PolicyBundle) -> Int,
            takeUp: @escaping @Sendable (PolicyBundle) async -> [String],
            mayPropose: @escaping @Sendable (Signatory) async -> ProposerRight,
            record: @escaping @Sendable (Event) async -> Bool,
            announce: @escaping @Sendable (Announcement) async throws(GovernanceFailure) -> Void,
            now: @escaping @Sendable () -> Int64
        ) {
            self.check = check
            self.peopleNeeded = peopleNeeded
            self.takeUp = takeUp
            self.mayPropose = mayPropose
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

    let shelf: PolicyShelf
    let shared: (any PolicyBundleStore)?
    let means: Means
    let limits: PolicyLimits
    var ledger = PolicyLedger()
    var standing: Standing
    /// What puts the newest revision in force, while something does.
    var settling: Task<Void, Never>?
    var isPublishing = false
    /// What is being proposed and is not announced yet: counted, and its files are kept.
    var making: [PolicyProposal] = []
    /// Why the newest revision is not in force here, and whether trying again can change that.
    var trouble: (publication: PolicyPublication, problem: String, isFinal: Bool)?
    var isUnkept = false

    /// - Parameters:
    ///   - standing: What is in force now.
    ///   - shelf: This gateway's own files.
    ///   - shared: Where several gateways find files; `nil` for one that stands alone.
    ///   - limits: How much is proposed and kept.
    ///   - means: What other rooms do.
    package init(
        _ standing: Standing,
        shelf: PolicyShelf,
        shared: (any PolicyBundleStore)?,
        limits: PolicyLimits = PolicyLimits(),
        means: Means
    ) {
        self.standing = standing
        self.limits = limits
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
            waiting: self.waiting,
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
        guard let bundle = try await self.files(of: digest) else { throw .missing(digest) }
        return bundle
    }

    func files(of digest: PolicyDigest) async throws(PolicyRefusal) -> PolicyBundle? {
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
}
