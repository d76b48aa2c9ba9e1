/// An event loop's own way into the journal: encodes on the loop, hands over one buffer, never waits.
///
/// Each loop has one and uses it from its own thread only; it is not `Sendable`. What was handed over is told to be
/// durable through the waker given to ``Journal/recorder(waker:)``, once for each group, in the order of the tickets.
package final class Recorder {
    private let journal: Journal
    private let follower: JournalHub.Follower
    private var encoder = EntryEncoder()
    private var random = RandomPool()
    private var texts = TextMemo()
    private var mustRouse = false

    /// Whether the writer is woken by ``rouse()`` instead of by the first record that it sleeps through: an event loop
    /// records all that its sockets ask for in one go, and then one sync serves them all.
    package var rousesLater = false

    init(journal: Journal, follower: JournalHub.Follower) {
        self.journal = journal
        self.follower = follower
    }

    /// Writes down a decision, with nothing built per request but the record itself.
    ///
    /// - Parameters:
    ///   - decision: What was decided, prepared.
    ///   - who: Who asked, prepared.
    ///   - origin: The connection's peer, prepared.
    ///   - method: The method's bytes.
    ///   - path: The canonical path, without the query.
    ///   - request: The request's id.
    ///   - trace: The W3C trace id.
    ///   - purpose: What the person said they need it for.
    ///   - micros: Microseconds spent deciding.
    ///   - time: When it was decided.
    /// - Returns: The id, and whether to wait.
    package func record(
        _ decision: PreparedDecision,
        by who: PreparedPerson,
        from origin: PreparedOrigin,
        method: Span<UInt8>,
        path: Span<UInt8>,
        request: String? = nil,
        trace: String? = nil,
        purpose: String? = nil,
        micros: UInt32,
        at time: Timestamp
    ) -> Recorded {
        // What is asked for costs nothing to check; only what is too long takes the other way.
        let length = path.count &+ method.count &+ (purpose?.utf8.count ?? 0) &+ (request?.utf8.count ?? 0)
        guard length &+ (trace?.utf8.count ?? 0) < RequestTrace.maximumBytes else {
            let trace = RequestTrace(
                peer: origin.peer,
                method: Self.longText(method),
                path: Self.longText(path),
                request: request,
                trace: trace,
                purpose: purpose
            )
            return self.record(decision, by: who, trace: trace, micros: micros, at: time)
        }
        let moment = self.moment(micros, time, nil, nil)
        self.encoder.encode(decision, by: who, moment) { text in
            text.append(contentsOf: origin.field)
            JSONText.appendRaw(",\"method\":", to: &text)
            JSONText.append(method, to: &text)
            JSONText.appendRaw(",\"path\":", to: &text)
            JSONText.append(path, to: &text)
            RecordEncoding.append(request, as: "request", to: &text)
            RecordEncoding.append(trace, as: "trace", to: &text)
            RecordEncoding.append(purpose, as: "purpose", to: &text)
        }
        guard self.journal.hub.recent != nil else { return self.handOver(moment.id, nil) }
        var row = self.row(decision, who, moment)
        row.peer = origin.peer
        row.method = self.texts.text(of: method)
        row.path = self.texts.text(of: path)
        return self.handOver(moment.id, row)
    }

    /// What is so long that nobody asks for it twice.
    private static func longText(_ bytes: Span<UInt8>) -> String {
        unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// Writes down a decision, a re-decision, the end of an exchange, or a counted run of refusals.
    package func record(
        _ decision: PreparedDecision,
        by who: PreparedPerson,
        trace whole: RequestTrace,
        micros: UInt32,
        at time: Timestamp,
        exchange: RecordedExchange? = nil,
        repetition: RecordedRepetition? = nil
    ) -> Recorded {
        let trace = whole.fitted
        let moment = self.moment(micros, time, exchange, repetition)
        self.encoder.encode(decision, by: who, moment) { text in
            RecordEncoding.append(trace.peer, as: "peer", to: &text)
            RecordEncoding.append(trace.method, as: "method", to: &text)
            RecordEncoding.append(trace.path, as: "path", to: &text)
            RecordEncoding.append(trace.request, as: "request", to: &text)
            RecordEncoding.append(trace.trace, as: "trace", to: &text)
            RecordEncoding.append(trace.purpose, as: "purpose", to: &text)
        }
        guard self.journal.hub.recent != nil else { return self.handOver(moment.id, nil) }
        var row = self.row(decision, who, moment)
        (row.peer, row.method, row.path) = (trace.peer, trace.method, trace.path)
        return self.handOver(moment.id, row)
    }

    /// What the index will need; its place in the log is not known yet.
    private func row(
        _ decision: PreparedDecision,
        _ who: PreparedPerson,
        _ moment: EntryEncoder.Moment
    ) -> IndexedEntry {
        var row = IndexedEntry(
            index: 0,
            id: moment.id,
            time: moment.time,
            micros: moment.micros,
            verdict: decision.verdict
        )
        row.count = moment.exchange?.phase == .ended ? 0 : moment.repetition?.count ?? 1
        row.person = who.who
        row.flip = decision.flip
        return row
    }

    private func moment(
        _ micros: UInt32,
        _ time: Timestamp,
        _ exchange: RecordedExchange?,
        _ repetition: RecordedRepetition?
    ) -> EntryEncoder.Moment {
        let fresh = self.random.drawEntry()
        return EntryEncoder.Moment(
            id: DecisionID(time: time, random: fresh.id),
            time: time,
            micros: micros,
            exchange: exchange,
            repetition: repetition,
            salts: fresh.salts
        )
    }

    private func handOver(_ id: DecisionID, _ row: IndexedEntry?) -> Recorded {
        switch self.journal.append(self.encoder.payload, row: row, for: self.follower) {
        case .refused(let state): return .refused(state)
        case .queued(let ticket, let wakesWriter):
            if wakesWriter {
                self.mustRouse = true
                if !self.rousesLater { self.rouse() }
            }
            return self.journal.waits ? .waiting(id, ticket) : .accepted(id)
        }
    }

    /// Wakes the writer, if it sleeps while records of this loop wait.
    package func rouse() {
        guard self.mustRouse else { return }
        self.mustRouse = false
        self.journal.rouse()
    }
}
