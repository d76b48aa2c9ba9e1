/// What is kept of revisions, and what nobody can need any more.
extension PolicyDesk {
    /// Removes the files of revisions that nobody can need: from this gateway's disk, and from where several find them.
    ///
    /// Needed are the revision in force, what waits or is to come, and of what was published the newest ``PolicyLimits/keptRevisions`` and
    /// whatever was in force in the last ``PolicyLimits/keptSeconds``, each with the revision that it replaced. Whoever calls has heard
    /// everything that was announced: what is unknown here is removed.
    ///
    /// - Throws: ``GovernanceFailure``; then some of it is still there, and the next time goes on.
    package func prune() async throws(GovernanceFailure) {
        try self.shelf.prune(keeping: self.needed)
        try await self.shared?.prune(keeping: self.needed, olderThan: self.limits.graceSeconds)
    }

    /// The revisions whose files are kept.
    private var needed: Set<PolicyDigest> {
        let standing = self.standing
        var needed: Set<PolicyDigest> = [standing.bundle.digest]
        if let base = standing.publication?.proposal.base { needed.insert(base) }
        let since = self.means.now() - self.limits.keptSeconds
        // In force until the next one came: the newest has no end.
        var end = Int64.max
        for (place, publication) in self.ledger.publications.values.sorted(by: { $1.number < $0.number }).enumerated() {
            guard publication.number > standing.number || place < self.limits.keptRevisions || end >= since else {
                break
            }
            needed.formUnion([publication.digest, publication.proposal.base])
            end = publication.time
        }
        // Made on what is not in force here yet: it waits elsewhere.
        let later = self.ledger.proposals.filter { $0.number > standing.number + 1 }
        for proposal in self.waiting + self.making + later { needed.formUnion([proposal.digest, proposal.base]) }
        return needed
    }
}
