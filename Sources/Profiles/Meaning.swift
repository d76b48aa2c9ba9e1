package import Catalog

/// What a request asks for: every question that must be allowed, and what happens to the answer.
package struct Meaning: Sendable {
    /// What is asked; all of it must be allowed, and there is always at least one.
    package var questions: [Question]

    /// How the answer is cut down to what the person may see; `nil` passes it as it is.
    ///
    /// Applies to answers with status 200; the request is then forwarded without `Accept-Encoding`, `Range` and the
    /// conditional fields, and an answer that is encoded all the same fails.
    package var filter: (any AnswerFilter)?

    /// The facts that this request makes stale once it has been forwarded.
    package var forgets: [MetadataQuery]

    /// Whether the same method and target always mean this, so that it may be remembered by them alone.
    ///
    /// True only where neither the body nor a fact that can change was needed.
    package var isStable: Bool

    /// Puts a meaning together.
    package init(
        _ questions: [Question],
        filter: (any AnswerFilter)? = nil,
        forgets: [MetadataQuery] = [],
        isStable: Bool = false
    ) {
        self.questions = questions
        self.filter = filter
        self.forgets = forgets
        self.isStable = isStable
    }
}
