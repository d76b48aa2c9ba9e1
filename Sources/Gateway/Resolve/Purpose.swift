import Catalog
import Profiles

/// What a request is for: the questions that must all be allowed, and what happens to the answer.
///
/// Shared by all requests with the same target, where the profile says that the target alone tells. The last ruling is
/// kept here, because the same person mostly asks for the same thing again.
///
/// Confined to its event loop.
final class Purpose {
    let questions: [Question]
    let filter: (any AnswerFilter)?
    let forgets: [MetadataQuery]

    private var lastVisitor: Visitor?
    private var lastRuling: Ruling?

    init(_ meaning: Meaning) {
        self.questions = meaning.questions
        self.filter = meaning.filter
        self.forgets = meaning.forgets
    }

    init(_ question: Question) {
        self.questions = [question]
        self.filter = nil
        self.forgets = []
    }

    /// The last ruling, if it was made for this visitor under these circumstances.
    func ruling(for visitor: Visitor, in epoch: RulingEpoch) -> Ruling? {
        guard self.lastVisitor === visitor, let ruling = self.lastRuling, ruling.epoch == epoch else { return nil }
        return ruling
    }

    /// Keeps the last ruling.
    func remember(_ ruling: Ruling, for visitor: Visitor) {
        self.lastVisitor = visitor
        self.lastRuling = ruling
    }
}
