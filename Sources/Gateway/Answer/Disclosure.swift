/// What a refused person is told beyond the fact, as far as the label's `explain` depth lets it.
///
/// Made once per decision and shared by everybody who gets the same one, so that two refusals that may not be told apart
/// are made of the same value.
struct Disclosure: Hashable, Sendable {
    /// A condition that failed.
    struct Condition: Hashable, Sendable {
        /// The policy's id.
        let policy: String
        /// Its reason, values filled in.
        let reason: String
    }

    /// What failed, in words.
    var conditions: [Condition] = []

    /// Under which lower labels it would be allowed, each as its marking.
    var allowedAt: [String] = []

    /// Who decides about the data.
    var owner: String?

    /// How to ask for access.
    var howToAsk: String?

    /// Nothing but the fact.
    static let none = Disclosure()

    /// The sentence that a program shows: everything above in one line.
    var sentence: String {
        var parts = self.conditions.map { "\($0.reason) (\($0.policy))" }
        if parts.isEmpty { parts.append("you have no access to this") }
        if !self.allowedAt.isEmpty {
            parts.append("would be allowed at level \(self.allowedAt.joined(separator: " or at "))")
        }
        if let owner = self.owner { parts.append("the owner is \(owner)") }
        if let howToAsk = self.howToAsk { parts.append(howToAsk) }
        return parts.joined(separator: "; ")
    }
}
