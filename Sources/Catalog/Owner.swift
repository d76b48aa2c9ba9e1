/// Who answers for a data set and decides on requests for it.
package enum Owner: Hashable, Sendable {
    /// Everybody in a directory group, by its name.
    case group(String)

    /// One person, by login name.
    case person(String)

    /// Reads the written form, `group:NAME` or `person:NAME`; `nil` for anything else.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[1].isEmpty else { return nil }
        switch parts[0] {
        case "group": self = .group(String(parts[1]))
        case "person": self = .person(String(parts[1]))
        default: return nil
        }
    }
}

extension Owner: CustomStringConvertible {
    /// The written form, which ``init(_:)`` reads back.
    package var description: String {
        switch self {
        case .group(let name): "group:\(name)"
        case .person(let name): "person:\(name)"
        }
    }
}
