/// An entry on its way into the index.
///
/// What repeats is shared: thousands of entries hold one object for their verdict and one for their person, so that an
/// index can know them again by identity instead of comparing a dozen strings each time.
package struct IndexedEntry: Sendable {
    /// Its place in the log.
    package var index: UInt64
    package var id: DecisionID
    package var time: Timestamp
    package var micros: UInt32
    /// How many decisions it stands for; none for the end of an exchange, which was counted when it opened.
    package var count: UInt64
    package var verdict: Shared<Verdict>
    /// `nil` when nobody was recognised or the person was erased.
    package var person: Shared<RecordedPerson>?
    /// The smallest relaxation that would have been enough, as a marking.
    package var flip: String?
    package var method: String?
    package var path: String?
    package var peer: String?

    /// Takes what the index needs from a whole record.
    package init(index: UInt64, record: DecisionRecord) {
        self.init(index: index, record: record, verdict: Shared(record.verdict), person: nil)
        self.person = record.person.map { Shared($0.who) }
    }

    init(index: UInt64, record: DecisionRecord, verdict: Shared<Verdict>, person: Shared<RecordedPerson>?) {
        self.index = index
        self.id = record.id
        self.time = record.time
        self.micros = record.micros
        self.count = record.exchange?.phase == .ended ? 0 : record.repetition?.count ?? 1
        self.verdict = verdict
        self.person = person
        // Relaxations are recorded smallest first.
        self.flip = record.explanation?.flips.first?.label
        self.method = record.person?.trace.method
        self.path = record.person?.trace.path
        self.peer = record.person?.trace.peer
    }

    init(index: UInt64, id: DecisionID, time: Timestamp, micros: UInt32, verdict: Shared<Verdict>) {
        self.index = index
        self.id = id
        self.time = time
        self.micros = micros
        self.count = 1
        self.verdict = verdict
    }
}

/// A value held once by everything that has it.
package final class Shared<Value: Sendable>: Sendable {
    package let value: Value

    package init(_ value: Value) { self.value = value }
}
