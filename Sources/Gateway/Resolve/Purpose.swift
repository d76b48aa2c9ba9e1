import Catalog
import NIOCore
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

    /// Until when it may be remembered; beyond that a fact it rests on may have changed.
    let until: NIODeadline
    /// How often facts had been forgotten when it was concluded; `nil` when it rests on none.
    let concludedAt: UInt64?

    private var lastVisitor: Visitor?
    private var lastRuling: Ruling?

    /// What a profile concluded.
    ///
    /// - Parameters:
    ///   - meaning: What it concluded.
    ///   - until: When the first of the facts that it rests on expires.
    ///   - forgotten: How often facts of the service had been forgotten.
    init(_ meaning: Meaning, until: NIODeadline = .distantFuture, forgotten: UInt64 = 0) {
        self.until = until
        self.concludedAt = meaning.restsOn.isEmpty ? nil : forgotten
        self.questions = meaning.questions
        self.filter = meaning.filter
        self.forgets = meaning.forgets
    }

    /// What a room of this process is asked.
    init(_ question: Question) {
        self.until = .distantFuture
        self.concludedAt = nil
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
