/// Roll-ups as an index stores them: sorted, in columns, a few bytes each.
///
///     keys   = count of rows, then for each: verdict (difference) ‖ person (difference while the verdict is the same)
///              ‖ flip ‖ revision ‖ hour - earliest ‖ count, as numbers of seven bits a byte, low ones first
///     times  = width (1 byte), then for each row: first ‖ last, in microseconds after the earliest hour, `width` bytes each
///
/// A run is written once and never changed, so counting is one sequential write, whatever the number of distinct pairs,
/// and reading thirty days is a scan of a few dozen megabytes.
package struct RollupRun: Hashable, Sendable {
    /// The first and the last hour, since 1970.
    package var earliest: Int32
    package var latest: Int32
    package var keys: [UInt8]
    package var times: [UInt8]

    package init(earliest: Int32, latest: Int32, keys: [UInt8], times: [UInt8]) {
        self.earliest = earliest
        self.latest = latest
        self.keys = keys
        self.times = times
    }

    /// Encodes roll-ups; `hours` gives the range when they themselves have none.
    package init(_ rollups: Rollups, hours: ClosedRange<Int32>? = nil) {
        let sorted = Self.sorted(rollups)
        self.earliest = hours?.lowerBound ?? sorted.lazy.map(\.key.hour).min() ?? 0
        self.latest = hours?.upperBound ?? sorted.lazy.map(\.key.hour).max() ?? 0
        let base = Int64(self.earliest) * 3_600_000_000
        let widest = sorted.lazy.map { UInt64(bitPattern: max($0.value.first, $0.value.last) &- base) }.max() ?? 0
        let width = max(1, (64 - widest.leadingZeroBitCount + 7) / 8)
        self.keys = []
        self.keys.reserveCapacity(sorted.count * 9 + 8)
        self.times = [UInt8(width)]
        self.times.reserveCapacity(sorted.count * 2 * width + 1)
        Self.append(UInt64(sorted.count), to: &self.keys)
        var (verdict, person): (Int32, Int32) = (0, 0)
        for (key, sum) in sorted {
            if key.verdict != verdict { person = 0 }
            Self.append(UInt64(key.verdict - verdict), to: &self.keys)
            Self.append(UInt64(key.person - person), to: &self.keys)
            (verdict, person) = (key.verdict, key.person)
            Self.append(UInt64(key.flip), to: &self.keys)
            Self.append(UInt64(key.revision), to: &self.keys)
            Self.append(hours == nil ? UInt64(key.hour - self.earliest) : 0, to: &self.keys)
            Self.append(UInt64(sum.count), to: &self.keys)
            for moment in [sum.first, sum.last] {
                var rest = UInt64(bitPattern: moment &- base)
                for _ in 0..<width {
                    self.times.append(UInt8(truncatingIfNeeded: rest))
                    rest >>= 8
                }
            }
        }
    }

    /// The rows in order.
    ///
    /// Two words for each are sorted, and not the rows, which are three times as long.
    private static func sorted(_ rollups: Rollups) -> [(key: Rollups.Key, value: Rollups.Sum)] {
        let rows = rollups.sums.map { $0 }
        var order = rows.indices.map { place in
            let key = rows[place].key
            let beginning = UInt64(UInt32(bitPattern: key.verdict)) << 32 | UInt64(UInt32(bitPattern: key.person))
            return (beginning: beginning, place: place)
        }
        order.sort { a, b in
            a.beginning != b.beginning
                ? a.beginning < b.beginning : Rollups.Key.precedes(rows[a.place].key, rows[b.place].key)
        }
        return order.map { rows[$0.place] }
    }

    /// Hands over each row: its key, its count and its place among the times.
    ///
    /// - Throws: ``IndexFailure/unreadable(_:)`` when the bytes end early or go on.
    package func eachRow(_ body: (Rollups.Key, _ count: Int64, _ place: Int) -> Void) throws(IndexFailure) {
        var position = 0
        let bytes = self.keys.span
        @inline(__always) func number() -> UInt64? {
            var (value, shift): (UInt64, UInt64) = (0, 0)
            while position < bytes.count, shift < 64 {
                let byte = bytes[position]
                position += 1
                value |= UInt64(byte & 0x7F) << shift
                if byte < 0x80 { return value }
                shift += 7
            }
            return nil
        }
        guard let count = number(), count <= UInt64(bytes.count) else { throw .unreadable("roll-ups") }
        var key = Rollups.Key(verdict: 0, person: 0, flip: 0, revision: 0, hour: 0)
        for place in 0..<Int(count) {
            guard let verdict = number(), let person = number(), let flip = number(), let revision = number(),
                let hour = number(), let sum = number()
            else { throw .unreadable("roll-ups") }
            if verdict != 0 { key.person = 0 }
            key.verdict = key.verdict &+ Int32(truncatingIfNeeded: verdict)
            key.person = key.person &+ Int32(truncatingIfNeeded: person)
            key.flip = Int32(truncatingIfNeeded: flip)
            key.revision = Int32(truncatingIfNeeded: revision)
            key.hour = self.earliest &+ Int32(truncatingIfNeeded: hour)
            body(key, Int64(bitPattern: sum), place)
        }
        guard position == bytes.count else { throw .unreadable("roll-ups") }
    }

    /// The first and the last moment of a row, in microseconds since 1970.
    package func moments(at place: Int) throws(IndexFailure) -> (first: Int64, last: Int64) {
        guard let width = self.times.first.map(Int.init), (1...8).contains(width),
            1 + (place + 1) * 2 * width <= self.times.count
        else { throw .unreadable("roll-ups") }
        let base = Int64(self.earliest) * 3_600_000_000
        func moment(_ start: Int) -> Int64 {
            var value: UInt64 = 0
            for offset in (0..<width).reversed() { value = value << 8 | UInt64(self.times[start + offset]) }
            return base &+ Int64(bitPattern: value)
        }
        let start = 1 + place * 2 * width
        return (moment(start), moment(start + width))
    }

    /// Adds what is in the run to roll-ups.
    package func add(to rollups: inout Rollups) throws(IndexFailure) {
        var rows: [(Rollups.Key, Int64)] = []
        try self.eachRow { key, count, _ in rows.append((key, count)) }
        for (place, row) in rows.enumerated() {
            let (first, last) = try self.moments(at: place)
            rollups.add(row.0, Rollups.Sum(count: row.1, first: first, last: last))
        }
    }

    @inline(__always)
    private static func append(_ number: UInt64, to bytes: inout [UInt8]) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }
}
