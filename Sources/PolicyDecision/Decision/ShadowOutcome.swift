/// What the decision would have been with the policies marked `@shadow` in force.
///
/// Recorded beside the real decision and never enforced, so that a rule can be watched before it counts.
package struct ShadowOutcome: Hashable, Sendable {
    /// Whether it would have been an allow.
    package var isAllowed: Bool

    /// The shadow policies that applied, by id.
    package var policies: [String]

    /// What could not be evaluated among them.
    package var errors: [String]

    /// Says what would have been.
    package init(isAllowed: Bool, policies: [String], errors: [String] = []) {
        self.isAllowed = isAllowed
        self.policies = policies
        self.errors = errors
    }
}
