/// One decision as it is written down, version 1: who asked for what, the answer, and why.
///
/// A record has four parts, because they have different lives. The *header* (``verdict`` and the fields beside it) is the
/// Merkle leaf together with a salted commitment to each of the other three, and stays for ever. The ``person``, the
/// ``explanation`` and the ``facts`` lie beside the tree and can be erased or withheld one by one; what is missing here
/// was erased or not disclosed, and the leaf still proves everything else.
///
/// Never in a record: query values, bodies, credentials.
package struct DecisionRecord: Hashable, Sendable {
    /// The version of the leaf's form that this code writes.
    package static let version = 1

    package var id: DecisionID
    /// When it was decided.
    package var time: Timestamp
    /// Microseconds spent deciding.
    package var micros: UInt32
    /// The earlier decision that this one continues or ends.
    package var exchange: RecordedExchange?
    /// How many identical refusals this record stands for.
    package var repetition: RecordedRepetition?
    /// What was decided.
    package var verdict: Verdict
    /// Who asked, from where, with which request.
    package var person: PersonPart?
    /// Why, in words, and what would have changed the answer.
    package var explanation: Explanation?
    /// What is needed to decide it again.
    package var facts: ReplayFacts?

    package init(
        id: DecisionID,
        time: Timestamp,
        micros: UInt32 = 0,
        exchange: RecordedExchange? = nil,
        repetition: RecordedRepetition? = nil,
        verdict: Verdict,
        person: PersonPart? = nil,
        explanation: Explanation? = nil,
        facts: ReplayFacts? = nil
    ) {
        self.id = id
        self.time = time
        self.micros = micros
        self.exchange = exchange
        self.repetition = repetition
        self.verdict = verdict
        self.person = person
        self.explanation = explanation
        self.facts = facts
    }
}

/// How a record belongs to an earlier one.
///
/// An upload, a stream or a WebSocket records its opening as an ordinary decision, then each re-decision, then its end.
package struct RecordedExchange: Hashable, Sendable {
    /// What happened to the exchange.
    package enum Phase: String, Hashable, Sendable {
        /// It was decided again while it was open.
        case redecided
        /// It is over.
        case ended
    }

    /// The id of the opening decision.
    package var opening: DecisionID
    package var phase: Phase
    /// The status that the client got, if it got one.
    package var status: UInt16?
    /// Body bytes from the client to the upstream.
    package var bytesIn: UInt64
    /// Body bytes from the upstream to the client.
    package var bytesOut: UInt64

    package init(opening: DecisionID, phase: Phase, status: UInt16? = nil, bytesIn: UInt64 = 0, bytesOut: UInt64 = 0) {
        self.opening = opening
        self.phase = phase
        self.status = status
        self.bytesIn = bytesIn
        self.bytesOut = bytesOut
    }
}

/// Identical refusals of one source, counted instead of written one by one, so that an attack cannot fill the disk.
package struct RecordedRepetition: Hashable, Sendable {
    /// How many refusals the record stands for.
    package var count: UInt64
    /// When the last of them came; the first is the record's time.
    package var until: Timestamp

    package init(count: UInt64, until: Timestamp) {
        self.count = count
        self.until = until
    }
}
