/// A sum over roll-ups, by whatever was asked for.
///
/// Each verdict, person and flip belongs to a class of those that the grouping does not tell apart. Rows are added up by
/// class; what a class is called is looked up afterwards, once for each group.
package struct CountTally {
    private struct Group: Hashable {
        var time: Int32
        var verdict: Int32
        var person: Int32
        var flip: Int32
    }

    private let grouping: [CountGrouping]
    private let filter: IndexFilter
    private let verdicts: Classes
    private let persons: Classes
    private let flips: Classes
    private let timeUnit: Int32
    private var sums: [Group: Int64] = [:]
    /// Used in place of ``sums`` when groups are few and have no time.
    private var dense: [Int64] = []
    /// Whether the group at this place of ``dense`` was met: a group may be there with a count of nothing.
    private var met: [Bool] = []

    private static let maximumDense = 1 << 21

    package init(_ grouping: [CountGrouping], _ filter: IndexFilter, _ words: IndexWords) {
        self.grouping = grouping
        self.filter = filter
        self.verdicts = Classes(
            [["": [""]]] + words.verdicts.map { Self.values(of: $0.value, grouping) },
            isWanted: grouping.contains { !Self.beside.contains($0) }
        )
        self.persons = Classes(
            [""] + words.persons.map { $0.flatMap { $0.value.name ?? $0.value.id } ?? "" },
            as: .person,
            in: grouping
        )
        self.flips = Classes([""] + words.flips, as: .flip, in: grouping)
        self.timeUnit = grouping.contains(.hour) ? 1 : grouping.contains(.day) ? 24 : 0
        let size = self.verdicts.count * self.persons.count * self.flips.count
        if self.timeUnit == 0, size <= Self.maximumDense {
            self.dense = Array(repeating: 0, count: size)
            self.met = Array(repeating: false, count: size)
        }
    }

    /// Groupings that say nothing about the verdict.
    private static let beside: Set<CountGrouping> = [.hour, .day, .person, .flip]

    /// Adds the rows of a run that match; `isWhole` when their hours do not matter.
    package mutating func add(_ run: RollupRun, isWhole: Bool) throws(IndexFailure) {
        var this = self
        // Emptied first, so that the sums have one owner.
        (self.sums, self.dense, self.met) = ([:], [], [])
        defer { self = this }
        try run.eachRow { key, count, _ in this.add(key, count, isWhole: isWhole) }
    }

    /// Adds one sum, if it matches.
    @inline(__always)
    package mutating func add(_ key: Rollups.Key, _ count: Int64, isWhole: Bool = false) {
        guard self.filter.matches(key, anyHour: isWhole) else { return }
        let verdict = self.verdicts[key.verdict]
        let person = self.persons[key.person]
        let flip = self.flips[key.flip]
        if !self.dense.isEmpty {
            let place = (Int(verdict) * self.persons.count + Int(person)) * self.flips.count + Int(flip)
            self.dense[place] += count
            self.met[place] = true
        } else {
            let time = self.timeUnit == 1 ? key.hour : self.timeUnit == 24 ? RollupSelection.day(key.hour) * 24 : 0
            self.sums[Group(time: time, verdict: verdict, person: person, flip: flip), default: 0] += count
        }
    }

    /// The largest groups first, equal ones by name.
    package func counts(limit: Int) -> [DecisionCount] {
        var named: [[String]: UInt64] = [:]
        func add(_ group: Group, _ count: Int64) {
            for choice in self.verdicts.choices(of: group.verdict) {
                named[self.name(group, choice), default: 0] += UInt64(count)
            }
        }
        for (group, count) in self.sums { add(group, count) }
        for place in self.dense.indices where self.met[place] {
            let (person, flip) = (place / self.flips.count % self.persons.count, place % self.flips.count)
            let verdict = place / self.flips.count / self.persons.count
            add(Group(time: 0, verdict: Int32(verdict), person: Int32(person), flip: Int32(flip)), self.dense[place])
        }
        let sorted = named.sorted { a, b in
            a.value != b.value ? a.value > b.value : a.key.lexicographicallyPrecedes(b.key)
        }
        return sorted.prefix(limit).map { DecisionCount(group: $0.key, count: $0.value) }
    }

    private func name(_ group: Group, _ verdict: [String: String]) -> [String] {
        self.grouping.map { grouping in
            switch grouping {
            case .hour, .day:
                let time = Timestamp(microseconds: Int64(group.time) * 3_600_000_000).description
                return String(time.prefix(grouping == .day ? 10 : 13))
            case .person: return self.persons.choices(of: group.person).first?[grouping.rawValue] ?? ""
            case .flip: return self.flips.choices(of: group.flip).first?[grouping.rawValue] ?? ""
            default: return verdict[grouping.rawValue] ?? ""
            }
        }
    }

    /// What a verdict is called in each grouping; several when it counts for each of several policies.
    private static func values(of verdict: Verdict, _ grouping: [CountGrouping]) -> [String: [String]] {
        var values: [String: [String]] = [:]
        for grouping in grouping where !Self.beside.contains(grouping) {
            let texts: [String] =
                switch grouping {
                case .action: [verdict.action]
                case .resource: [verdict.resource?.countedAs ?? ""]
                case .label: [verdict.label ?? ""]
                case .decision: [verdict.decision.rawValue]
                case .causes: [verdict.causes.description]
                case .policy: verdict.policies.isEmpty ? [""] : verdict.policies
                case .service: [verdict.service]
                case .mode: [verdict.mode.rawValue]
                case .hour, .day, .person, .flip: []
                }
            values[grouping.rawValue] = texts
        }
        return values
    }
}

/// For each number the class that it belongs to.
private struct Classes {
    private var classes: [Int32]
    private var names: [[[String: String]]] = []

    var count: Int { self.names.count }

    /// Sorts numbers by their values; all are of one class when `isWanted` is not set.
    init(_ values: [[String: [String]]], isWanted: Bool) {
        guard isWanted else {
            self.classes = [0]
            self.names = [[[:]]]
            return
        }
        var known: [[String: [String]]: Int32] = [:]
        self.classes = []
        self.classes.reserveCapacity(values.count)
        for value in values {
            if let number = known[value] {
                self.classes.append(number)
                continue
            }
            known[value] = Int32(self.names.count)
            self.classes.append(Int32(self.names.count))
            self.names.append(Self.choices(value))
        }
    }

    /// Sorts numbers by one text each.
    init(_ texts: [String], as grouping: CountGrouping, in wanted: [CountGrouping]) {
        guard wanted.contains(grouping) else {
            self.init([], isWanted: false)
            return
        }
        self.init(texts.map { [grouping.rawValue: [$0]] }, isWanted: true)
    }

    /// The class of a number; of nothing, when the number came after the words were read.
    @inline(__always)
    subscript(number: Int32) -> Int32 {
        self.classes.indices.contains(Int(number)) ? self.classes[Int(number)] : 0
    }

    /// The names of a class; more than one when it counts several times.
    func choices(of number: Int32) -> [[String: String]] { self.names[Int(number)] }

    private static func choices(_ value: [String: [String]]) -> [[String: String]] {
        value.reduce([[:]]) { choices, field in
            choices.flatMap { choice in
                field.value.map { text in
                    var choice = choice
                    choice[field.key] = text
                    return choice
                }
            }
        }
    }
}
