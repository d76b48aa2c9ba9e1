/// Decisions counted by who, what and how it came out, hour by hour: what review and grouped counts read.
///
/// They grow with distinct pairs, not with requests.
package struct Rollups: Sendable {
    package struct Key: Hashable, Sendable {
        package var verdict: Int32
        package var person: Int32
        package var flip: Int32
        package var revision: Int32
        /// Hours since 1970.
        package var hour: Int32

        package init(verdict: Int32, person: Int32, flip: Int32, revision: Int32, hour: Int32) {
            self.verdict = verdict
            self.person = person
            self.flip = flip
            self.revision = revision
            self.hour = hour
        }

        /// Numbers that we gave out ourselves need no hash that withstands chosen keys.
        package func hash(into hasher: inout Hasher) {
            var mixed = UInt64(truncatingIfNeeded: self.verdict) &* 0x9E37_79B9_7F4A_7C15
            mixed = (mixed ^ UInt64(truncatingIfNeeded: self.person)) &* 0xBF58_476D_1CE4_E5B9
            mixed ^= mixed >> 29 ^ UInt64(truncatingIfNeeded: self.hour) << 32
            mixed ^= UInt64(truncatingIfNeeded: self.flip) << 16 ^ UInt64(truncatingIfNeeded: self.revision)
            hasher.combine(mixed)
        }

        /// Verdict first, because queries are about few verdicts.
        static func precedes(_ a: Key, _ b: Key) -> Bool {
            if a.verdict != b.verdict { return a.verdict < b.verdict }
            if a.person != b.person { return a.person < b.person }
            if a.hour != b.hour { return a.hour < b.hour }
            if a.flip != b.flip { return a.flip < b.flip }
            return a.revision < b.revision
        }
    }

    package struct Sum: Hashable, Sendable {
        package var count: Int64
        /// The first and the last moment, in microseconds since 1970.
        package var first: Int64
        package var last: Int64

        package init(count: Int64, first: Int64, last: Int64) {
            self.count = count
            self.first = first
            self.last = last
        }
    }

    package private(set) var sums: [Key: Sum] = [:]
    /// How many rows were counted.
    package private(set) var rows = 0
    /// The hour of the row that was counted last.
    package private(set) var lastHour: Int32?

    package init() {}

    /// With room for so many sums: what a run before this one had is what this one will have.
    package init(reserving count: Int) { self.sums.reserveCapacity(count) }

    package var isEmpty: Bool { self.sums.isEmpty }

    /// Counts a row.
    package mutating func add(_ row: NumberedRow) {
        let hour = Int32(clamping: Timestamp(microseconds: row.time).hour)
        let key = Key(verdict: row.verdict, person: row.person, flip: row.flip, revision: row.revision, hour: hour)
        self.add(key, Sum(count: row.count, first: row.time, last: row.time))
        self.rows += 1
        self.lastHour = hour
    }

    /// Adds a sum that was made elsewhere.
    package mutating func add(_ key: Key, _ sum: Sum) {
        let mixed = { (known: inout Sum) in
            known.count += sum.count
            known.first = min(known.first, sum.first)
            known.last = max(known.last, sum.last)
        }
        mixed(&self.sums[key, default: Sum(count: 0, first: .max, last: .min)])
    }

    /// The same without hours: a few times smaller, and enough for whole days.
    package var coarse: Rollups {
        var coarse = Rollups()
        for (key, sum) in self.sums {
            var day = key
            day.hour = 0
            coarse.add(day, sum)
        }
        return coarse
    }

    /// The same without persons.
    var withoutPersons: Rollups {
        var totals = Rollups()
        for (key, sum) in self.sums {
            var total = key
            total.person = 0
            totals.add(total, sum)
        }
        return totals
    }

    /// By person alone, and by the verdict that stands for each.
    ///
    /// - Parameter standIns: For each verdict's number that of another.
    /// - Returns: A sum for each person and verdict that stands for others.
    func byPerson(_ standIns: [Int32]) -> Rollups {
        var people = Rollups()
        for (key, sum) in self.sums {
            let verdict = standIns.indices.contains(Int(key.verdict)) ? standIns[Int(key.verdict)] : key.verdict
            people.add(Key(verdict: verdict, person: key.person, flip: 0, revision: 0, hour: 0), sum)
        }
        return people
    }

    /// Those of some keys alone.
    func filter(_ isWanted: (Key) -> Bool) -> Rollups {
        var some = Rollups()
        some.sums = self.sums.filter { isWanted($0.key) }
        return some
    }
}
