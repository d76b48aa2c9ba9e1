package import Directory

/// Where people are in the directory, and by what they are known.
package struct PeopleSearch: Hashable, Sendable {
    /// Below which entries people are looked for, subtrees included.
    ///
    /// At least one.
    package var bases: [DistinguishedName]

    /// What every entry has to match besides the name; default `nil`, since an entry with a login name is an account.
    package var filter: SearchFilter?

    /// The attributes that hold what is typed as a plain name (`anna`); default `uid` and `sAMAccountName`.
    package var plainNames: [AttributeName]

    /// The attributes that hold what is typed as an address (`anna@plant.example`); default `userPrincipalName` and `mail`.
    ///
    /// Leave `mail` out where people may edit their own address: it cannot let them in as somebody else, since two hits are refused,
    /// but it can lock the other out.
    package var addresses: [AttributeName]

    /// The domains, in lower case, that may stand before a `\`; default none, so that `PLANT\anna` is refused.
    package var domains: Set<String>

    /// The attribute whose value is the person's one login name in records; default the first of ``plainNames`` that is there.
    package var name: AttributeName?

    /// The attributes with a name for people to read, in order of preference; default `displayName` and `cn`.
    package var displayNames: [AttributeName]

    /// More attributes to read, for clearances and policies; default none.
    package var attributes: Set<AttributeName>

    /// Marks that an account is switched off, besides those that servers know themselves; default none.
    package var disabledWhen: Set<AttributeMark>

    /// Describes where people are.
    package init(
        bases: [DistinguishedName],
        filter: SearchFilter? = nil,
        plainNames: [AttributeName] = ["uid", "samaccountname"],
        addresses: [AttributeName] = ["userprincipalname", "mail"],
        domains: Set<String> = [],
        name: AttributeName? = nil,
        displayNames: [AttributeName] = ["displayname", "cn"],
        attributes: Set<AttributeName> = [],
        disabledWhen: Set<AttributeMark> = []
    ) {
        self.bases = bases
        self.filter = filter
        self.plainNames = plainNames
        self.addresses = addresses
        self.domains = domains
        self.name = name
        self.displayNames = displayNames
        self.attributes = attributes
        self.disabledWhen = disabledWhen
    }

    /// The question that finds whoever has typed `name`; `nil` if that form of name is not in use here.
    func filter(for name: LoginName) -> SearchFilter? {
        let attributes: [AttributeName]
        let typed: String
        switch name {
        case .plain(let text): (attributes, typed) = (self.plainNames, text)
        case .address(let text): (attributes, typed) = (self.addresses, text)
        case .domain(let domain, let text):
            guard self.domains.contains(domain) else { return nil }
            (attributes, typed) = (self.plainNames, text)
        }
        guard !attributes.isEmpty else { return nil }
        return self.narrowed(.any(attributes.map { .equals($0, AssertionValue(typed)) }))
    }

    /// A question about people only.
    func narrowed(_ filter: SearchFilter) -> SearchFilter {
        self.filter.map { .all([$0, filter]) } ?? filter
    }
}
