/// Knowledge that an attribute or tag is there, gained from a `has` or `hasTag` that was true.
///
/// Source: Cedar language 4.5, "Validation of optional attributes"; RFC 82 (tags).
struct Capability: Hashable {
    /// What is there.
    enum Part: Hashable {
        /// An attribute of this name.
        case attribute(ExactText)
        /// A tag of the name that this expression gives.
        case tag(Expression)
    }

    /// What it is there on.
    let target: Expression
    let part: Part
}

/// What is known to be there at some point of a policy.
typealias Capabilities = Set<Capability>
