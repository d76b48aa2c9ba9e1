/// Which days of one log there are in an index, which run of the log each holds, and which moments occur in it.
///
/// Days are cut by place in the log, not by each record's own clock: a record that comes late goes to the day that is
/// open, so that days are whole runs of the log, and a page never has to go back.
package struct IndexChunks: Hashable, Sendable {
    package struct Chunk: Hashable, Sendable {
        package var day: CalendarDay
        /// The places of the first and the last row.
        package var first: Int64
        package var last: Int64
        /// The first and the last moment, in microseconds since 1970.
        package var earliest: Int64
        package var latest: Int64
        /// Whether it is over and has everything that makes it quick to search.
        package var isFinished: Bool

        package init(day: CalendarDay, first: Int64, last: Int64, earliest: Int64, latest: Int64, isFinished: Bool) {
            self.day = day
            self.first = first
            self.last = last
            self.earliest = earliest
            self.latest = latest
            self.isFinished = isFinished
        }
    }

    /// In the order of the log.
    package private(set) var all: [Chunk] = []

    package init() {}

    package init(_ all: [Chunk]) { self.all = all.sorted { $0.day < $1.day } }

    /// The chunks that are over and not finished.
    package var unfinished: [Chunk] { self.all.dropLast().filter { !$0.isFinished } }

    /// Sorts rows, which are in the order of the log, into days, and notes them.
    ///
    /// - Returns: The runs of rows with their days, in order.
    package mutating func sort(_ rows: [NumberedRow]) -> [(day: CalendarDay, rows: Range<Int>)] {
        var runs: [(day: CalendarDay, rows: Range<Int>)] = []
        for (place, row) in rows.enumerated() {
            let day = self.day(for: row)
            self.note(row, in: day)
            if let last = runs.last, last.day == day {
                runs[runs.count - 1].rows = last.rows.lowerBound..<place + 1
            } else {
                runs.append((day, place..<place + 1))
            }
        }
        return runs
    }

    /// The day that a row belongs to: its own, but never one before the day that is open.
    private func day(for row: NumberedRow) -> CalendarDay {
        guard let open = self.all.last else { return Timestamp(microseconds: row.time).day }
        // A row that comes a second time goes where it went before.
        if row.place <= open.last, let holding = self.all.last(where: { $0.first <= row.place }) { return holding.day }
        return max(Timestamp(microseconds: row.time).day, open.day)
    }

    private mutating func note(_ row: NumberedRow, in day: CalendarDay) {
        if let place = self.all.lastIndex(where: { $0.day == day }) {
            self.all[place].first = min(self.all[place].first, row.place)
            self.all[place].last = max(self.all[place].last, row.place)
            self.all[place].earliest = min(self.all[place].earliest, row.time)
            self.all[place].latest = max(self.all[place].latest, row.time)
        } else {
            self.all.append(
                Chunk(
                    day: day,
                    first: row.place,
                    last: row.place,
                    earliest: row.time,
                    latest: row.time,
                    isFinished: false
                )
            )
        }
    }

    /// Notes that a day is finished.
    package mutating func finish(_ day: CalendarDay) {
        if let place = self.all.lastIndex(where: { $0.day == day }) { self.all[place].isFinished = true }
    }

    package mutating func remove(_ day: CalendarDay) { self.all.removeAll { $0.day == day } }

    /// The days whose rows are all older than the first day to keep.
    package func removable(before day: CalendarDay) -> [CalendarDay] {
        self.all.filter { $0.day < day && $0.latest < day.start.microseconds }.map(\.day)
    }
}
