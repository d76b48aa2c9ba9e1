/// A person, or a service account, as the directory knew them at one moment.
///
/// A value: what the directory says later is another `Person`. Equality therefore answers "did anything change", and ``id`` alone
/// answers "is it the same person".
package struct Person: Hashable, Sendable, Identifiable {
    /// Who it is, whatever the person is called.
    package let id: PersonID

    /// The login name as the directory spells it, in lower case: one spelling for one person, whatever form was typed.
    package let name: String

    /// The name that other people read; the login name if the directory has no better.
    package let displayName: String

    /// The first mail address, if there is one.
    package let mail: String?

    /// Where the entry stands now.
    package let dn: DistinguishedName

    /// Every group the person belongs to, directly or through other groups, in the order of their ``Group/id``.
    package let groups: [Group]

    /// The values of the attributes that the configuration asks for, by attribute name in lower case; never a password.
    package let attributes: [String: [String]]

    /// Whether the account may be used.
    package let account: AccountState

    /// When the password was last changed, in the directory's own writing, only to be compared; `nil` where it does not say.
    ///
    /// What was begun with one password ends with it.
    package let passwordChanged: String?

    /// Puts a person together; groups are sorted, attribute names lower-cased.
    package init(
        id: PersonID,
        name: String,
        displayName: String,
        mail: String?,
        dn: DistinguishedName,
        groups: [Group],
        attributes: [String: [String]] = [:],
        account: AccountState = .active,
        passwordChanged: String? = nil
    ) {
        self.id = id
        self.name = name.lowercased()
        self.displayName = displayName
        self.mail = mail
        self.dn = dn
        self.groups = groups.sorted { $0.id.value < $1.id.value }
        self.attributes = Dictionary(
            attributes.map { ($0.key.lowercased(), $0.value) },
            uniquingKeysWith: { $0 + $1 }
        )
        self.account = account
        self.passwordChanged = passwordChanged
    }
}
