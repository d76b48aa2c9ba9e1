package import Directory

/// What a decision rests on.
///
/// Policies are asked only when everything they would read is known. What is not known is denied here, each case with a reason of its
/// own, because the remedy differs.
package enum DecisionGround: Hashable, Sendable {
    /// The policies.
    case policies

    /// The person's account may not be used.
    case closedAccount

    /// The person has no clearance.
    case unreadableClearance(ClearanceOutcome.Reason)

    /// What the directory says of the person does not fit the schema.
    case unreadablePerson(ProjectionError)

    /// The catalog does not know the thing, and the scheme has no default level.
    case unknownResource

    /// The catalog knows the thing, but nobody labelled it, and the scheme has no default level.
    case unlabelled

    /// The schema does not know the action, or not for this kind of thing.
    case unknownAction

    /// What the catalog says of the thing does not fit the schema.
    case unreadableResource(ProjectionError)

    /// The name written into records; `nil` for ``policies``.
    package var refusal: String? {
        switch self {
        case .policies: nil
        case .closedAccount: "closed-account"
        case .unreadableClearance: "unreadable-clearance"
        case .unreadablePerson: "unreadable-person"
        case .unknownResource: "unknown-resource"
        case .unlabelled: "unlabelled"
        case .unknownAction: "unknown-action"
        case .unreadableResource: "unreadable-resource"
        }
    }
}
