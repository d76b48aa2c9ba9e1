import DecisionLog
import GRDB

/// Which days there are, which run of the log each holds, and which moments occur in it.
struct Chunks: Sendable {
    struct Chunk: Sendable {
        var day: CalendarDay
        var first: Int64
        var last: Int64
        var earliest: Int64
        var latest: Int64
    }

    /// In the order of the log.
    private(set) var all: [Chunk] = []

    init() {}

    init(_ db: Database) throws {
        self.all = try Row.fetchAll(db, sql: "SELECT * FROM chunks ORDER BY day").map {
            Chunk(
                day: CalendarDay(daysSince1970: $0["day"]),
                first: $0["first"],
                last: $0["last"],
                earliest: $0["earliest"],
                latest: $0["latest"]
            )
        }
    }

    /// The day that a row belongs to: its own, but never one before the day that is open.
    func day(for row: NumberedRow) -> CalendarDay {
        if let holding = self.all.first(where: { ($0.first...$0.last).contains(row.place) }) { return holding.day }
        let own = Timestamp(microseconds: row.time).day
        return max(own, self.all.last?.day ?? own)
    }

    /// Notes that a row lies in a day.
    mutating func note(_ row: NumberedRow, in day: CalendarDay) {
        if let place = self.all.lastIndex(where: { $0.day == day }) {
            self.all[place].first = min(self.all[place].first, row.place)
            self.all[place].last = max(self.all[place].last, row.place)
            self.all[place].earliest = min(self.all[place].earliest, row.time)
            self.all[place].latest = max(self.all[place].latest, row.time)
        } else {
            self.all.append(Chunk(day: day, first: row.place, last: row.place, earliest: row.time, latest: row.time))
        }
    }

    mutating func remove(_ day: CalendarDay) { self.all.removeAll { $0.day == day } }

    func store(_ db: Database) throws {
        try db.execute(sql: "DELETE FROM chunks")
        for chunk in self.all {
            try db.execute(
                sql: "INSERT INTO chunks VALUES (?, ?, ?, ?, ?)",
                arguments: [chunk.day.daysSince1970, chunk.first, chunk.last, chunk.earliest, chunk.latest]
            )
        }
    }
}
