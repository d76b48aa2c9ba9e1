/// The denials of each resource that were due to the label alone.
package struct LabelDenialTally {
    private struct Key: Hashable {
        /// The catalogue's entry, of which a service may serve many things; or one thing, when there is none.
        var entry: String?
        var thing: RecordedResource?
        var label: String

        init(_ resource: RecordedResource, label: String?) {
            self.entry = resource.entry
            self.thing = resource.entry == nil ? resource : nil
            self.label = label ?? ""
        }
    }

    private struct Sum {
        var resource: RecordedResource
        var label: String
        /// Each person once, by the lowest of their numbers.
        var persons: Set<Int32> = []
        var denials: UInt64 = 0
        var flips: [Int32: UInt64] = [:]
        var first = Int64.max
        var last = Int64.min
    }

    /// What the query is that selects these denials.
    package static func query(since: Timestamp, until: Timestamp) -> DecisionQuery {
        DecisionQuery(since: since, until: until, decision: .deny, causes: .label, causesAlone: true, mode: .enforce)
    }

    private let filter: IndexFilter
    private let words: IndexWords
    /// For each verdict that matches, which of ``sums`` it belongs to.
    private var places: [Int32: Int] = [:]
    /// For each person's number the lowest number of the same person: a changed clearance makes nobody two.
    private var samePerson: [Int32]
    private var sums: [Sum] = []

    package init(_ filter: IndexFilter, _ words: IndexWords) {
        self.filter = filter
        self.words = words
        var places: [Key: Int] = [:]
        for number in filter.verdictNumbers ?? [] {
            guard let verdict = words.verdict(number, revision: 0), let resource = verdict.resource else { continue }
            let key = Key(resource, label: verdict.label)
            let place = places[key] ?? self.sums.count
            if place == self.sums.count { self.sums.append(Sum(resource: resource, label: key.label)) }
            places[key] = place
            self.places[number] = place
        }
        var lowest: [String: Int32] = [:]
        self.samePerson = [0]
        for (offset, person) in words.persons.enumerated() {
            // Somebody who was erased still was one person.
            guard let id = person.flatMap({ $0.value.id ?? $0.value.name }) else {
                self.samePerson.append(Int32(offset + 1))
                continue
            }
            self.samePerson.append(lowest[id] ?? Int32(offset + 1))
            if lowest[id] == nil { lowest[id] = Int32(offset + 1) }
        }
    }

    /// Adds the rows of a run that match; `isWhole` when their hours do not matter.
    package mutating func add(_ run: RollupRun, isWhole: Bool) throws(IndexFailure) {
        var found: [(Rollups.Key, Int64, Int)] = []
        let filter = self.filter
        try run.eachRow { key, count, place in
            if count > 0, filter.matches(key, anyHour: isWhole) { found.append((key, count, place)) }
        }
        for (key, count, place) in found {
            let (first, last) = try run.moments(at: place)
            self.count(key, Rollups.Sum(count: count, first: first, last: last))
        }
    }

    /// Adds one sum, if it matches.
    package mutating func add(_ key: Rollups.Key, _ sum: Rollups.Sum) {
        if sum.count > 0, self.filter.matches(key, anyHour: false) { self.count(key, sum) }
    }

    private mutating func count(_ key: Rollups.Key, _ sum: Rollups.Sum) {
        guard let place = self.places[key.verdict] else { return }
        // Somebody whom nobody recognised is no evidence.
        if self.samePerson.indices.contains(Int(key.person)), key.person != 0 {
            self.sums[place].persons.insert(self.samePerson[Int(key.person)])
        }
        self.sums[place].denials += UInt64(sum.count)
        if key.flip != 0 { self.sums[place].flips[key.flip, default: 0] += UInt64(sum.count) }
        self.sums[place].first = min(self.sums[place].first, sum.first)
        self.sums[place].last = max(self.sums[place].last, sum.last)
    }

    /// Most distinct persons first.
    package var all: [LabelDenials] {
        let denials = self.sums.filter { $0.denials > 0 }.map { sum in
            LabelDenials(
                resource: sum.resource,
                label: sum.label,
                persons: UInt64(sum.persons.count),
                denials: sum.denials,
                flips: Dictionary(
                    sum.flips.compactMap { number, count in self.words.flip(number).map { ($0, count) } },
                    uniquingKeysWith: +
                ),
                first: Timestamp(microseconds: sum.first),
                last: Timestamp(microseconds: sum.last)
            )
        }
        return denials.sorted { a, b in
            let (x, y) = (a.resource.countedAs, b.resource.countedAs)
            return a.persons != b.persons
                ? a.persons > b.persons : a.denials != b.denials ? a.denials > b.denials : x < y
        }
    }
}
