package import SecurityLabels

/// What the rules make of a person.
package enum ClearanceOutcome: Hashable, Sendable {
    /// Their clearance.
    case clearance(SecurityLabel)

    /// None: whoever cannot be placed is not let in anywhere.
    case unreadable(Reason)

    /// Why there is no clearance.
    package enum Reason: Hashable, Sendable {
        /// No rule is about this person.
        case noRule

        /// Rules give categories or a ceiling, but none gives a level.
        case noLevel

        /// The values of one attribute give several levels, and nobody can say which is meant.
        case contradictory(attribute: String)
    }
}

extension ClearanceOutcome.Reason: CustomStringConvertible {
    /// One line for people, with the remedy.
    package var description: String {
        switch self {
        case .noRule: "no rule of `clearances.yaml` is about this person, add one for a group they are in"
        case .noLevel: "the rules about this person give no level, add one that does"
        case .contradictory(let attribute):
            "the values of `\(attribute)` give more than one level, leave one of them in the directory"
        }
    }
}
