import DecisionLog
import GRDB

/// What happened in an hour, counted by who, what and how it came out: the rows that review and grouped counts read.
///
/// They grow with distinct pairs, not with requests.
struct Rollups {
    struct Key: Hashable {
        var hour: Int64
        var verdict: Int64
        var person: Int64
        var flip: Int64
    }

    struct Sum {
        var count: Int64
        var first: Int64
        var last: Int64
    }

    private(set) var sums: [Key: Sum] = [:]

    /// Counts a row.
    mutating func add(_ row: NumberedRow) {
        let key = Key(
            hour: Timestamp(microseconds: row.time).hour,
            verdict: row.verdict,
            person: row.person,
            flip: row.flip
        )
        if var sum = self.sums[key] {
            sum.count += row.count
            sum.first = min(sum.first, row.time)
            sum.last = max(sum.last, row.time)
            self.sums[key] = sum
        } else {
            self.sums[key] = Sum(count: row.count, first: row.time, last: row.time)
        }
    }

    /// Adds everything to what is stored.
    func store(_ db: Database) throws {
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO rollups VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET count = count + excluded.count, first = min(first, excluded.first),
                    last = max(last, excluded.last)
                """
        )
        for (key, sum) in self.sums {
            statement.setUncheckedArguments([
                key.hour, key.verdict, key.person, key.flip, sum.count, sum.first, sum.last,
            ])
            try statement.execute()
        }
    }
}
