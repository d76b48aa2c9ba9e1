import DecisionLog
import GRDB

extension NumberedRow {
    /// Puts an entry in terms of the tables.
    init(_ entry: IndexedEntry, _ words: inout Vocabulary) {
        let record = entry.record
        let trace = record.person?.trace
        self.place = Int64(entry.index)
        self.time = record.time.microseconds
        self.id = record.id
        self.micros = Int64(record.micros)
        self.verdict = words.number(of: record.verdict)
        self.person = words.number(of: record.person?.who)
        // Relaxations are recorded smallest first; that one would have been enough.
        self.flip = words.number(ofFlip: record.explanation?.flips.first?.label)
        // The end of an exchange is part of a decision that was counted when it opened.
        self.count = record.exchange?.phase == .ended ? 0 : Int64(clamping: record.repetition?.count ?? 1)
        self.method = trace?.method
        self.path = trace?.path
        self.peer = trace?.peer
    }
}

extension DecisionRow {
    /// Reads a row of a day's file.
    init(_ row: Row, _ words: Vocabulary) throws {
        guard let verdict = words.verdict(row["verdict"]) else {
            throw IndexFailure.unreadable("verdict \(row["verdict"] as Int64)")
        }
        let time: Int64 = row["time"]
        self.init(
            index: UInt64(row["place"] as Int64),
            id: NumberedRow.id(time: time, rest: row["id_rest"], low: row["id_low"]),
            time: Timestamp(microseconds: time),
            micros: UInt32(truncatingIfNeeded: row["micros"] as Int64),
            verdict: verdict,
            count: UInt64(row["count"] as Int64),
            person: words.person(row["person"]),
            method: row["method_text"],
            path: row["path_text"],
            peer: row["peer_text"],
            flip: words.flip(row["flip"])
        )
    }
}
