import DecisionLog
import GRDB

extension NumberedRow {
    /// Puts an entry in terms of the tables.
    init(_ entry: IndexedEntry, _ words: inout Vocabulary) {
        self.place = Int64(entry.index)
        self.time = entry.time.microseconds
        self.id = entry.id
        self.micros = Int64(entry.micros)
        self.verdict = words.number(of: entry.verdict)
        self.person = words.number(of: entry.person)
        self.flip = words.number(ofFlip: entry.flip)
        self.count = Int64(clamping: entry.count)
        self.method = entry.method
        self.path = entry.path
        self.peer = entry.peer
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
