/// A key of the section `directory:` of `stile.yaml`, so that whoever finds something wrong can say where to change it.
package enum DirectorySetting: String, Hashable, Sendable, CaseIterable {
    case servers
    case domain
    case authorities = "ca"
    case service
    case base
    case peopleBase = "people.base"
    case peopleFilter = "people.filter"
    case loginNames = "people.login-names"
    case addresses = "people.addresses"
    case domains = "people.domains"
    case disabledWhen = "people.disabled-when"
    case groupsBase = "groups.base"
    case groupsFilter = "groups.filter"
    case groupsMethod = "groups.method"
    case groupsMembers = "groups.members"
    case groupsDepth = "groups.depth"
    case groupsMaximum = "groups.maximum"
    case limits
}
