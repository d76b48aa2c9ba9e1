/// Why a decision came out as it did, in words, and what would have changed it.
package struct Explanation: Hashable, Sendable {
    /// A determining policy and its sentence, with values filled in.
    package struct Reason: Hashable, Sendable {
        package var policy: String
        package var text: String

        package init(policy: String, text: String) {
            self.policy = policy
            self.text = text
        }
    }

    /// A minimal relaxation of the label under which the same question would have been allowed.
    package struct Flip: Hashable, Sendable {
        /// The lower label, as a marking.
        package var label: String

        package init(label: String) { self.label = label }
    }

    package var reasons: [Reason]
    /// What could not be evaluated.
    package var errors: [String]
    package var flips: [Flip]
    /// Whether ``flips`` are all there are.
    package var flipsComplete: Bool
    /// Who owns the resource, so that the person could ask.
    package var owner: String?
    /// How much of this the person was told: `full`, `owner` or `id-only`.
    package var disclosed: String?

    package init(
        reasons: [Reason] = [],
        errors: [String] = [],
        flips: [Flip] = [],
        flipsComplete: Bool = true,
        owner: String? = nil,
        disclosed: String? = nil
    ) {
        self.reasons = reasons
        self.errors = errors
        self.flips = flips
        self.flipsComplete = flipsComplete
        self.owner = owner
        self.disclosed = disclosed
    }
}
