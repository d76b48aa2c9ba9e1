import Synchronization

/// Gives grants and takes them back: the rules about them, over whatever carries them to other gateways.
package final class GrantDesk: Sendable {
    private let book = Mutex(GrantBook())
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
    package func hear(_ announcement: Announcement) -> Bool { self.book.withLock { $0.hear(announcement) } }

    /// The grants that count now.
    package var inForce: [Grant] { self.book.withLock { $0.inForce(at: self.now()) } }

    /// Grants in whatever state, newest first, at most ``GrantLimits/listed``.
    ///
    /// - Parameter person: Whose, or given by whom, by stable id; `nil` for all.
    /// - Returns: The grants, and what became of them.
    package func grants(of person: String?) -> [GrantBook.Entry] {
        let all = self.book.withLock { $0.all }
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
        return Grant(
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
        guard let known = self.book.withLock({ $0.entry(id) }), known.grant.resource == resource else { return nil }
        let withdrawal = known.withdrawal ?? GrantBook.Withdrawal(time: self.now(), by: by)
        let announcement = Announcement.grantWithdrawn(id, time: withdrawal.time, by: withdrawal.by)
        // Here first: what is taken back must not count while others cannot be told.
        _ = self.hear(announcement)
        do {
            try await self.announce(announcement)
        } catch {
            throw .store(error)
        }
        return self.book.withLock { $0.entry(id) }
    }
}

/// How long grants may be.
package struct GrantLimits: Hashable, Sendable {
    /// The longest, in seconds; default 90 days: what is needed for longer is a matter for the label or the rules.
    package var longest: Int64 = 90 * 86_400

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
    /// It could not be told.
    case store(GovernanceFailure)

    /// One line for people: what was found, what was expected, and the remedy.
    package var description: String {
        switch self {
        case .toOneself: "a grant for yourself is no exception that somebody approved; ask another owner to give it"
        case .malformedReason: "found no usable reason, expected 1 to 500 bytes of visible characters"
        case .lifetime(let seconds, let maximum):
            "found a lifetime of \(seconds) seconds, expected 1 to \(maximum) (\(maximum / 86_400) days)"
        case .store(let failure): failure.description
        }
    }
}
