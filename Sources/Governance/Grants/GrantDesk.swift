import Synchronization

/// Gives grants and takes them back: the rules about them, over whatever carries them to other gateways.
package final class GrantDesk: Sendable {
    private struct State: Sendable {
        var book = GrantBook()
        /// What is about to be given, and counts towards the limits like what is.
        var drafts: [GrantID: Grant] = [:]
    }

    private let state = Mutex(State())
    /// For how long a draft counts that nothing became of, in seconds.
    private static let draftSeconds: Int64 = 60
    private let limits: GrantLimits
    private let now: @Sendable () -> Int64
    private let announce: @Sendable (Announcement) async throws(GovernanceFailure) -> Void

    /// - Parameters:
    ///   - limits: How long grants may be.
    ///   - now: The present moment, in seconds since 1970.
    ///   - announce: Tells all gateways, this one included.
    package init(
        limits: GrantLimits = GrantLimits(),
        now: @escaping @Sendable () -> Int64,
        announce: @escaping @Sendable (Announcement) async throws(GovernanceFailure) -> Void
    ) {
        self.limits = limits
        self.now = now
        self.announce = announce
    }

    /// Takes up what a gateway announced; `true` when something may count differently from now on.
    package func hear(_ announcement: Announcement) -> Bool {
        self.state.withLock { state in
            if case .grantGiven(let grant) = announcement { state.drafts[grant.id] = nil }
            return state.book.hear(announcement)
        }
    }

    /// The grants that count now.
    package var inForce: [Grant] { self.state.withLock { $0.book.inForce(at: self.now()) } }

    /// Grants in whatever state, newest first, at most ``GrantLimits/listed``.
    ///
    /// - Parameter person: Whose, or given by whom, by stable id; `nil` for all.
    /// - Returns: The grants, and what became of them.
    package func grants(of person: String?) -> [GrantBook.Entry] {
        let all = self.state.withLock { $0.book.all }
        let found = all.filter { person == nil || $0.grant.person.id == person || $0.grant.by.id == person }
        return Array(found.prefix(self.limits.listed))
    }

    /// Checks an order for a grant, so that it can be written into the log before anything is given.
    ///
    /// - Parameters:
    ///   - person: For whom.
    ///   - resource: For which entry of the catalogue.
    ///   - label: The label up to which it opens, as it is marked; whoever calls has read it and found no floor in it.
    ///   - reason: What for.
    ///   - seconds: For how long.
    ///   - giver: Who gives it.
    ///   - decision: The id of the decision that let them.
    /// - Returns: The grant, which counts for nothing yet.
    /// - Throws: ``GrantRefusal`` for the first thing that is wrong with it.
    package func draft(
        for person: Signatory,
        resource: String,
        label: String,
        reason: String,
        seconds: Int64,
        by giver: Signatory,
        decision: String
    ) throws(GrantRefusal) -> Grant {
        guard person.id != giver.id else { throw .toOneself }
        guard (1...500).contains(reason.utf8.count), PayloadLines.isPlain(reason),
            reason.contains(where: { !$0.isWhitespace })
        else { throw .malformedReason }
        guard (1...self.limits.longest).contains(seconds) else {
            throw .lifetime(seconds: seconds, maximum: self.limits.longest)
        }
        let given = self.now()
        let grant = Grant(
            id: GrantID(),
            person: person,
            resource: resource,
            label: label,
            reason: reason,
            by: giver,
            decision: decision,
            given: given,
            expires: given + seconds
        )
        try self.state.withLock { state throws(GrantRefusal) in
            state.drafts = state.drafts.filter { given - $0.value.given < Self.draftSeconds }
            var (byGiver, ofPerson) = (0, 0)
            // What was taken back counts for a day too, or giving and taking back would have no end.
            for other in state.book.grants(at: given, orGivenAfter: given - 86_400) + Array(state.drafts.values) {
                if other.by.id == giver.id { byGiver += 1 }
                if other.person.id == person.id { ofPerson += 1 }
            }
            guard byGiver < self.limits.perGiver else {
                throw .tooManyGiven(found: byGiver, limit: self.limits.perGiver)
            }
            guard ofPerson < self.limits.perPerson else {
                throw .tooManyHeld(found: ofPerson, limit: self.limits.perPerson)
            }
            state.drafts[grant.id] = grant
        }
        return grant
    }

    /// Makes a drafted grant count.
    ///
    /// - Throws: ``GrantRefusal/store(_:)``; then it may or may not count, and can be taken back.
    package func give(_ grant: Grant) async throws(GrantRefusal) {
        do {
            try await self.announce(.grantGiven(grant))
        } catch {
            throw .store(error)
        }
    }

    /// Takes a grant back; one that is taken back stays as it is.
    ///
    /// - Parameters:
    ///   - id: Which.
    ///   - resource: The entry that it has to be for.
    ///   - by: Who takes it back.
    /// - Returns: The grant as it is then; `nil` when there is none with this id for this entry.
    /// - Throws: ``GrantRefusal/store(_:)``; then it does not count here, other gateways have not heard, and asking again is safe.
    package func withdraw(
        _ id: GrantID,
        for resource: String,
        by: Signatory
    ) async throws(GrantRefusal) -> GrantBook.Entry? {
        guard let known = self.state.withLock({ $0.book.entry(id) }), known.grant.resource == resource else {
            return nil
        }
        let withdrawal = known.withdrawal ?? GrantBook.Withdrawal(time: self.now(), by: by)
        let announcement = Announcement.grantWithdrawn(id, time: withdrawal.time, by: withdrawal.by)
        // Here first: what is taken back must not count while others cannot be told.
        _ = self.hear(announcement)
        do {
            try await self.announce(announcement)
        } catch {
            throw .store(error)
        }
        return self.state.withLock { $0.book.entry(id) }
    }
}

/// How long grants may be, and how many there may be.
package struct GrantLimits: Hashable, Sendable {
    /// The longest, in seconds; default 90 days: what is needed for longer is a matter for the label or the rules.
    package var longest: Int64 = 90 * 86_400

    /// Grants of one giver that are in force, or were given within a day; default 200: who opens more than that opens a label.
    package var perGiver = 200

    /// Grants of one person that are in force, or were given within a day, whoever gave them; default 1,000: their requests are held against them.
    ///
    /// More than one giver's, so that none of them uses it up.
    package var perPerson = 1_000

    /// Grants that a list shows; default 1,000.
    package var listed = 1_000

    package init() {}
}

/// Why a grant was not given, or not taken back.
package enum GrantRefusal: Error, Hashable, CustomStringConvertible {
    /// Who gives it is whom it is for.
    case toOneself
    /// The reason is missing, too long, or cannot be shown.
    case malformedReason
    /// It would last too long, or not at all.
    case lifetime(seconds: Int64, maximum: Int64)
    /// Who gives it has given as many as one may.
    case tooManyGiven(found: Int, limit: Int)
    /// Whom it is for has as many as one may.
    case tooManyHeld(found: Int, limit: Int)
    /// It could not be told.
    case store(GovernanceFailure)

    /// One line for people: what was found, what was expected, and the remedy.
    package var description: String {
        switch self {
        case .toOneself: "a grant for yourself is no exception that somebody approved; ask another owner to give it"
        case .malformedReason: "found no usable reason, expected 1 to 500 bytes of visible characters"
        case .lifetime(let seconds, let maximum):
            "found a lifetime of \(seconds) seconds, expected 1 to \(maximum) (\(maximum / 86_400) days)"
        case .tooManyGiven(let found, let limit):
            "found \(found) grants of yours that are in force or were given in the last 24 hours, expected fewer than \(limit) (`grants: per-giver`); take back what is not needed, or have the label or the rules changed"
        case .tooManyHeld(let found, let limit):
            "found \(found) grants of theirs that are in force or were given in the last 24 hours, expected fewer than \(limit) (`grants: per-person`); have the label or the rules changed"
        case .store(let failure): failure.description
        }
    }
}
