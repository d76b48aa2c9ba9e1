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

    /// Whether the same method and target, again with a body or again without, mean this for as long as ``restsOn`` holds, so
    /// that it may be remembered.
    ///
    /// True only where neither the body nor a momentary fact was needed.
    package var isStable: Bool

    /// The facts it was concluded from: when one of them expires or is forgotten, so is this.
    package var restsOn: [MetadataQuery]

    /// Puts a meaning together.
    package init(
        _ questions: [Question],
        filter: (any AnswerFilter)? = nil,
        forgets: [MetadataQuery] = [],
        isStable: Bool = false,
        restsOn: [MetadataQuery] = []
    ) {
        self.questions = questions
        self.filter = filter
        self.forgets = forgets
        self.isStable = isStable
        self.restsOn = restsOn
    }
}
