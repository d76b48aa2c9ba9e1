/// Taking up what was published, here or elsewhere.
extension PolicyDesk {
    /// Takes up what a gateway announced.
    package func hear(_ announcement: Announcement) async { await self.hear([announcement]) }

    /// Takes up what gateways announced, whose order does not matter.
    package func hear(_ announcements: [Announcement]) async {
        let known = self.ledger.publications
        for announcement in announcements { self.ledger.hear(announcement) }
        guard self.ledger.publications != known || self.ledger.newest.map(self.isDue) == true else { return }
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

    /// Puts the newest published revision in force, if it isn't and may be; also waits for one that is being taken up.
    package func settle() async {
        // Whoever takes one up may have begun before the newest was heard of, so it is looked at again after the wait.
        while let settling { await settling.value }
        let task = Task {
            await self.takeUpNewest()
            self.settling = nil
        }
        self.settling = task
        await task.value
    }

    private func takeUpNewest() async {
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
        let problems = await self.means.takeUp(bundle)
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
