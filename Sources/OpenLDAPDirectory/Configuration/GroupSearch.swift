package import Directory

/// Where groups are in the directory, and how it is found out who is in them.
package struct GroupSearch: Hashable, Sendable {
    /// How membership is found.
    package enum Method: String, Hashable, Sendable, CaseIterable {
        /// ``tokenGroups`` on Active Directory, ``members`` elsewhere.
        case automatic
        /// Groups that name the person as a member, then groups that name those, and so on: one search for each level. What groups say
        /// is the truth; `memberOf` is a copy that some servers keep only from the day it was switched on.
        case members
        /// The `memberOf` of the person, then of those groups, and so on.
        case memberOf = "member-of"
        /// What a domain controller computes for a logon: nested groups and the primary group. Source: [MS-ADTS] 3.1.1.4.5.19.
        case tokenGroups = "token-groups"
        /// One search by matching rule 1.2.840.113556.1.4.1941, and the same for the primary group. Source: [MS-ADTS] 3.1.1.3.4.4.3.
        case inChain = "in-chain"
    }

    /// Below which entries groups are looked for.
    ///
    /// Groups elsewhere do not count. At least one.
    package var bases: [DistinguishedName]

    /// What every group has to match; default `nil`.
    package var filter: SearchFilter?

    /// How membership is found; default ``Method/automatic``.
    package var method: Method

    /// The attributes of a group that name members; default `member` and `uniqueMember`.
    ///
    /// `memberUid` is compared with the login name.
    package var memberAttributes: [AttributeName]

    /// How many groups deep nesting is followed; default 16.
    ///
    /// Deeper nesting makes the person's groups unreadable, not shorter.
    package var depth: Int

    /// How many groups a person may be in; default 2,000.
    ///
    /// More make the person's groups unreadable.
    package var maximum: Int

    /// Describes where groups are.
    package init(
        bases: [DistinguishedName],
        filter: SearchFilter? = nil,
        method: Method = .automatic,
        memberAttributes: [AttributeName] = ["member", "uniquemember"],
        depth: Int = 16,
        maximum: Int = 2_000
    ) {
        self.bases = bases
        self.filter = filter
        self.method = method
        self.memberAttributes = memberAttributes
        self.depth = depth
        self.maximum = maximum
    }

    /// A question about groups only.
    func narrowed(_ filter: SearchFilter) -> SearchFilter {
        self.filter.map { .all([$0, filter]) } ?? filter
    }
}
