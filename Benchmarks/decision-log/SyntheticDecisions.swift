import DecisionLog

/// Decisions of an invented company over thirty days, the same for every run.
///
/// 5,000 people use 2,000 data sets of three services. Everybody has twelve data sets, some used far more than others; work
/// happens in working hours on weekdays, mostly, and programs run all the time. One pair of person and data set in twenty is
/// refused again and again. Policies change four times every three days.
struct SyntheticDecisions {
    static let people = 5_000
    static let resources = 2_000
    static let days = 30
    static let start = Timestamp("2026-01-01") ?? Timestamp(microseconds: 0)

    private let total: Int
    private var random = SplitMix(state: 20_260_101)
    private var made = 0
    private var verdicts: [Int: Shared<Verdict>] = [:]
    private var revision = -1
    private let persons: [Shared<RecordedPerson>]
    /// The moment at which each thousandth of all decisions is made, in microseconds after the start.
    private let clock: [Int64]

    init(total: Int) {
        self.total = total
        self.persons = (0..<Self.people).map { number in
            Shared(
                RecordedPerson(
                    id: "uuid:00000000-0000-4000-8000-\(100_000_000_000 + number)",
                    name: "person\(number)",
                    clearance: number % 3 == 0 ? "confidential" : "internal",
                    authentication: number % 10 == 0 ? "token" : "basic"
                )
            )
        }
        // Weights by hour: 2026-01-01 is a Thursday.
        let weights = (0..<Self.days * 24).map { hour -> Double in
            let weekday = (hour / 24 + 3) % 7
            return (7..<19).contains(hour % 24) && weekday < 5 ? 10 : 1.5
        }
        let sum = weights.reduce(0, +)
        var clock: [Int64] = []
        var (hour, before) = (0, 0.0)
        for thousandth in 0...1_000 {
            let wanted = sum * Double(thousandth) / 1_000
            while hour < weights.count - 1, before + weights[hour] < wanted {
                before += weights[hour]
                hour += 1
            }
            let part = min(1, (wanted - before) / weights[hour])
            clock.append(Int64((Double(hour) + part) * 3_600_000_000))
        }
        self.clock = clock
    }

    /// The next decisions, at most `limit`; empty at the end.
    mutating func next(_ limit: Int) -> [IndexedEntry] {
        let count = min(limit, self.total - self.made)
        return (0..<count).map { _ in self.one() }
    }

    private mutating func one() -> IndexedEntry {
        let place = self.made
        self.made += 1
        let exact = Double(place) * 1_000 / Double(self.total)
        let (from, to) = (self.clock[Int(exact)], self.clock[min(1_000, Int(exact) + 1)])
        let moment = from + Int64(Double(to - from) * (exact - exact.rounded(.down)))
        let time = Timestamp(microseconds: Self.start.microseconds + moment)
        let person = Int(Double(Self.people) * self.skewed())
        let nth = Int(12 * self.skewed())
        let resource = Int(
            truncatingIfNeeded: SplitMix.mixed(UInt64(person) << 8 | UInt64(nth)) % UInt64(Self.resources)
        )
        let chance = self.random.next() % 100
        let action = chance < 70 ? 0 : chance < 90 ? 1 : 2
        let isRefused = SplitMix.mixed(UInt64(person) << 32 | UInt64(resource)) % 20 == 0
        let outcome = isRefused ? (resource % 3 == 0 ? 2 : 1) : 0
        let verdict = self.verdict(resource, action, outcome, revision: Int(moment / 64_800_000_000))
        let draw = (self.random.next(), self.random.next())
        let record = DecisionRecord(
            id: DecisionID(time: time, random: (UInt16(truncatingIfNeeded: draw.0), draw.1)),
            time: time,
            micros: UInt32(draw.0 >> 60) + 2,
            verdict: verdict.value,
            person: nil,
            explanation: nil
        )
        var entry = IndexedEntry(index: UInt64(place), record: record)
        entry.verdict = verdict
        entry.person = self.persons[person]
        entry.flip = outcome == 1 ? "internal" : outcome == 2 ? "public" : nil
        entry.method = action == 0 ? "GET" : "POST"
        entry.path = "/api/2.0/mlflow/runs/\(resource)-\(draw.0 % 200)"
        entry.peer = "10.\(person / 256 % 4).\(person % 256).\(draw.1 % 2 + 1)"
        return entry
    }

    private mutating func verdict(_ resource: Int, _ action: Int, _ outcome: Int, revision: Int) -> Shared<Verdict> {
        if revision != self.revision {
            self.verdicts.removeAll(keepingCapacity: true)
            self.revision = revision
        }
        let key = (resource * 3 + action) * 3 + outcome
        if let known = self.verdicts[key] { return known }
        let service = ["mlflow", "objects", "inference"][resource % 3]
        let verdict = Shared(
            Verdict(
                gateway: "plant-1",
                service: service,
                decision: outcome == 0 ? .allow : .deny,
                causes: outcome == 0 ? [] : outcome == 1 ? .label : [.label, .role],
                action: ["read", "infer", "write"][action],
                resource: RecordedResource(
                    service: service,
                    kind: "experiment",
                    id: "\(resource)",
                    name: "set-\(resource)",
                    entry: "set-\(resource)"
                ),
                label: resource % 4 == 0 ? "confidential//customer-x" : "internal",
                origin: "catalog",
                policies: outcome == 0 ? ["PRJ-\(resource % 100)"] : ["CAT-1", "CLR-1"],
                revision: "sha256:\(SplitMix.mixed(UInt64(revision)))"
            )
        )
        self.verdicts[key] = verdict
        return verdict
    }

    /// From 0 to 1, low ones more often.
    private mutating func skewed() -> Double {
        let even = Double(self.random.next() >> 11) / 9_007_199_254_740_992
        return even * even
    }
}

/// A small generator of numbers that are the same each time.
///
/// Source: G. Steele et al., "Fast Splittable Pseudorandom Number Generators" (OOPSLA 2014).
private struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mixed(self.state)
    }

    static func mixed(_ value: UInt64) -> UInt64 {
        var z = value &+ 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
