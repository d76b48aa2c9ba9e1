/// What is known of proposed and published revisions, from announcements that were verified: free of I/O.
///
/// The order in which announcements of different gateways are heard does not matter: publications are told apart by their
/// number. Two gateways cannot take the same number while the database keeps its word; if it did not, every gateway settles
/// on the same one of them, the one that more people stand for or else the one with the smaller hash, and says so.
package struct PolicyLedger: Sendable {
    /// Revisions that somebody proposed, newest last.
    package private(set) var proposals: [PolicyProposal] = []
    /// Revisions that were published, by number.
    package private(set) var publications: [UInt64: PolicyPublication] = [:]
    /// Numbers that were given to two revisions: the database did not keep gateways apart.
    package private(set) var contested: Set<UInt64> = []

    /// How many proposals and publications are remembered.
    static let capacity = 1_000

    package init() {}

    /// Takes up what a gateway announced.
    package mutating func hear(_ announcement: Announcement) {
        switch announcement {
        case .policyProposed(let proposal):
            guard !self.proposals.contains(proposal) else { return }
            if self.proposals.count >= Self.capacity { self.proposals.removeFirst() }
            self.proposals.append(proposal)
        case .policyPublished(let publication):
            if let known = self.publications[publication.number], known.digest != publication.digest {
                self.contested.insert(publication.number)
                // One person alone must not undo what two have approved.
                let isKept =
                    known.people == publication.people
                    ? known.digest < publication.digest : known.people > publication.people
                if isKept { return }
            }
            self.publications[publication.number] = publication
            if self.publications.count > Self.capacity, let oldest = self.publications.keys.min() {
                self.publications[oldest] = nil
            }
        default: break
        }
    }

    /// The revision that is to be in force; `nil` when none was ever published.
    package var newest: PolicyPublication? {
        self.publications.keys.max().flatMap { self.publications[$0] }
    }

    /// What waits for an approval on top of a revision, newest first.
    package func waiting(on base: PolicyDigest, number: UInt64) -> [PolicyProposal] {
        Array(self.proposals.filter { $0.base == base && $0.number == number + 1 }.reversed())
    }
}
