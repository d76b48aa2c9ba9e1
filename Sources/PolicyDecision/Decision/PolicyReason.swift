/// A policy that made a decision what it is, with its sentence.
package struct PolicyReason: Hashable, Sendable {
    /// The policy's id.
    package var policy: String

    /// Its `@reason` with every value filled in.
    package var sentence: String

    /// The same without the names of categories; `nil` when nothing can be said without them.
    package var guardedSentence: String?

    /// Gives a policy's sentence.
    package init(policy: String, sentence: String, guardedSentence: String?) {
        self.policy = policy
        self.sentence = sentence
        self.guardedSentence = guardedSentence
    }
}
