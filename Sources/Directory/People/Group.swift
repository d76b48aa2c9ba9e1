/// A group of the directory that a person belongs to, directly or through other groups.
package struct Group: Hashable, Sendable {
    /// What survives a rename; rules written with `uuid:` or `sid:` compare with this.
    package let id: StableID

    /// Where the group stands now; `nil` if the directory gave only its SID, as it does for groups of a foreign domain.
    package let dn: DistinguishedName?

    /// The group's common name, for people and for rules that say `Group::"name"`; the SID where there is no name.
    package let name: String

    /// Puts a group together.
    package init(id: StableID, dn: DistinguishedName?, name: String) {
        self.id = id
        self.dn = dn
        self.name = name
    }
}
