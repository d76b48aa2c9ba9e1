/// A decision on its way into a database, with everything that repeats by number.
package struct NumberedRow: Sendable {
    package var place: Int64
    /// Microseconds since 1970.
    package var time: Int64
    package var id: DecisionID
    package var micros: Int32
    package var verdict: Int32
    package var person: Int32
    package var flip: Int32
    package var revision: Int32
    package var count: Int64
    package var method: String?
    package var path: String?
    package var peer: String?

    package init(
        place: Int64,
        time: Int64,
        id: DecisionID,
        micros: Int32,
        verdict: Int32,
        person: Int32,
        flip: Int32,
        revision: Int32,
        count: Int64,
        method: String?,
        path: String?,
        peer: String?
    ) {
        self.place = place
        self.time = time
        self.id = id
        self.micros = micros
        self.verdict = verdict
        self.person = person
        self.flip = flip
        self.revision = revision
        self.count = count
        self.method = method
        self.path = path
        self.peer = peer
    }

    /// The row in words.
    ///
    /// - Throws: ``IndexFailure/unreadable(_:)`` for a verdict that the words don't have.
    package func decision(_ words: IndexWords) throws(IndexFailure) -> DecisionRow {
        guard let verdict = words.verdict(self.verdict, revision: self.revision) else {
            throw .unreadable("verdict \(self.verdict) of revision \(self.revision)")
        }
        return DecisionRow(
            index: UInt64(bitPattern: self.place),
            id: self.id,
            time: Timestamp(microseconds: self.time),
            micros: UInt32(clamping: self.micros),
            verdict: verdict,
            count: UInt64(clamping: self.count),
            person: words.person(self.person),
            method: self.method,
            path: self.path,
            peer: self.peer,
            flip: words.flip(self.flip)
        )
    }
}
