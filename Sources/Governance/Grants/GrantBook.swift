/// Which grants there are, from announcements that were verified: free of I/O.
///
/// A grant that was taken back stays taken back, in whatever order the two announcements are heard.
package struct GrantBook: Sendable {
    /// A grant, and what became of it.
    package struct Entry: Hashable, Sendable {
        package let grant: Grant
        package var withdrawal: Withdrawal?

        package init(grant: Grant, withdrawal: Withdrawal?) {
            self.grant = grant
            self.withdrawal = withdrawal
        }

        /// Whether it opens anything at a moment.
        package func isGood(at now: Int64) -> Bool { self.withdrawal == nil && now < self.grant.expires }
    }

    /// Taking a grant back.
    package struct Withdrawal: Hashable, Sendable {
        /// When, in seconds since 1970, UTC.
        package let time: Int64
        package let by: Signatory
    }

    private var grants: [GrantID: Grant] = [:]
    private var withdrawals: [GrantID: Withdrawal] = [:]

    /// How many grants are remembered: beyond that, those that ended longest ago are forgotten.
    static let capacity = 100_000

    package init() {}

    /// Takes up what a gateway announced; `true` when something may count differently from now on.
    package mutating func hear(_ announcement: Announcement) -> Bool {
        switch announcement {
        case .grantGiven(let grant):
            // The first with an id is the one that counts.
            guard self.grants[grant.id] == nil else { return false }
            if self.grants.count >= Self.capacity { self.forgetOldest() }
            self.grants[grant.id] = grant
            return true
        case .grantWithdrawn(let id, let time, let by):
            guard self.withdrawals[id] == nil else { return false }
            self.withdrawals[id] = Withdrawal(time: time, by: by)
            return true
        default: return false
        }
    }

    /// A grant in whatever state; `nil` when there is none with this id.
    package func entry(_ id: GrantID) -> Entry? {
        self.grants[id].map { Entry(grant: $0, withdrawal: self.withdrawals[id]) }
    }

    /// All grants in whatever state, newest first.
    package var all: [Entry] {
        self.grants.values.map { Entry(grant: $0, withdrawal: self.withdrawals[$0.id]) }
            .sorted { ($1.grant.given, $1.grant.id.description) < ($0.grant.given, $0.grant.id.description) }
    }

    /// The grants that count at a moment.
    package func inForce(at now: Int64) -> [Grant] {
        self.grants.values.filter { now < $0.expires && self.withdrawals[$0.id] == nil }
    }

    /// The grants that count at a moment or were given after another, in whatever state those are.
    func grants(at now: Int64, orGivenAfter time: Int64) -> [Grant] {
        self.grants.values.filter { $0.given > time || (now < $0.expires && self.withdrawals[$0.id] == nil) }
    }

    private mutating func forgetOldest() {
        let ordered = self.grants.values.sorted { $0.expires < $1.expires }
        for grant in ordered.prefix(Self.capacity / 10) {
            self.grants[grant.id] = nil
            // The withdrawal stays: were the grant heard again, it must not count again.
        }
    }
}
