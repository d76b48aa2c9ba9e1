import DecisionLog
import HTTP1
import NIOCore
import Profiles

/// What is kept of a request while it is answered.
struct Exchange {
    /// The last token of a negotiation, by which the client knows whom it has spoken with; `nil` when there was none.
    var negotiated: [UInt8]?
    /// Whether its end has been recorded.
    var isEndRecorded = false
    /// Whether it is being looked at again.
    var isBeingRechecked = false
    /// Before when it need not be looked at again, because nobody could be asked.
    var recheckedAfter = NIODeadline.uptimeNanoseconds(0)
    /// Since when nobody could be asked; `nil` while somebody can.
    var unverifiedSince: NIODeadline?
    /// Whether the first byte of the request has come.
    var hasHeadBegun = false
    /// When its head was found complete, to a round of the loop.
    var begun = NIODeadline.distantFuture
    /// The id of its record.
    var decision: DecisionID?
    /// The body, when it had to be read before the decision.
    var heldBody: ByteBuffer?
    /// How much body may be held.
    var holdLimit = 0
    /// Whether the client has been told to send its body.
    var hasContinued = false
    /// Whether the whole request is on its way to the upstream.
    var isRequestSent = false
    /// Whether a second attempt was made.
    var wasRetried = false
    /// The facts that the request changes.
    var forgets: [MetadataQuery] = []
    /// How the answer is sent to the client.
    var answerFraming = BodyFraming.none
    /// Whether the head of an answer has been written.
    var hasAnswerBegun = false
    /// Whether the answer is the last one on this connection.
    var closesAfterAnswer = false
    /// The status of the answer.
    var status = 0
    /// The answer so far, when it is to be filtered.
    var filtering: FilteredAnswerInProgress?
    /// Bytes of the request's body.
    var bytesUp: UInt64 = 0
    /// Bytes of the answer's body.
    var bytesDown: UInt64 = 0
}

/// A list answer that is held until it is complete and cut down.
final class FilteredAnswerInProgress {
    let filter: any AnswerFilter
    /// The answer's fields, ready to be sent but for framing.
    var head: ByteBuffer
    /// The answer's body so far.
    var body: [UInt8] = []
    /// What is known about what is in it.
    var facts: MetadataFacts
    /// Look-ups made for the present page of the service.
    var lookUps = 0
    /// The client's page, when the list comes in pages.
    var gathering: ListGathering?
    /// How the present page of the service is asked for; `nil` asks as the client did.
    var page: ListPages.Request?

    init(filter: any AnswerFilter, facts: MetadataFacts) {
        self.filter = filter
        self.gathering = filter.pages.map(ListGathering.init)
        self.page = self.gathering?.first
        self.head = ByteBuffer()
        self.facts = facts
    }
}
