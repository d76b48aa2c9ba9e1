import DecisionLog
import GRDB

/// A sum over roll-ups, by whatever was asked for.
///
/// SQL adds up by number only; what a number stands for is looked up afterwards, once for each group.
struct Tally {
    /// A sum by number.
    struct Row: Sendable {
        var hour: Int64
        var verdict: Int64
        var person: Int64
        var flip: Int64
        var count: Int64
    }

    private let grouping: [CountGrouping]
    private let words: Vocabulary
    private var sums: [[String]: UInt64] = [:]

    init(_ grouping: [CountGrouping], _ words: Vocabulary) {
        self.grouping = grouping
        self.words = words
    }

    /// Sums the roll-ups that match, as finely as the grouping needs.
    func rows(_ filter: RowFilter, _ db: Database) throws -> [Row] {
        let columns = [
            self.grouping.contains(.hour) ? "hour" : self.grouping.contains(.day) ? "hour / 24 * 24" : "0", "verdict",
            self.grouping.contains(.person) ? "person" : "0", self.grouping.contains(.flip) ? "flip" : "0",
        ].joined(separator: ", ")
        let (sql, arguments) = filter.rollupCondition
        return try GRDB.Row.fetchAll(
            db,
            sql: "SELECT \(columns), SUM(count) FROM rollups WHERE \(sql) GROUP BY 1, 2, 3, 4",
            arguments: arguments
        ).map { Row(hour: $0[0], verdict: $0[1], person: $0[2], flip: $0[3], count: $0[4]) }
    }

    mutating func add(_ row: Row) {
        guard let verdict = self.words.verdict(row.verdict) else { return }
        // A decision with several determining policies counts for each of them.
        let policies = self.grouping.contains(.policy) && !verdict.policies.isEmpty ? verdict.policies : [""]
        for policy in policies {
            let group = self.grouping.map { self.value($0, row, verdict, policy) }
            self.sums[group, default: 0] += UInt64(row.count)
        }
    }

    /// The largest groups first, equal ones by name.
    func counts(limit: Int) -> [DecisionCount] {
        let sorted = self.sums.sorted { a, b in
            a.value != b.value ? a.value > b.value : a.key.lexicographicallyPrecedes(b.key)
        }
        return sorted.prefix(limit).map { DecisionCount(group: $0.key, count: $0.value) }
    }

    private func value(_ grouping: CountGrouping, _ row: Row, _ verdict: Verdict, _ policy: String) -> String {
        switch grouping {
        case .hour, .day:
            let time = Timestamp(microseconds: row.hour * 3_600_000_000).description
            return String(time.prefix(grouping == .day ? 10 : 13))
        case .person: return self.words.person(row.person).flatMap { $0.name ?? $0.id } ?? ""
        case .action: return verdict.action
        case .resource: return verdict.resource?.countedAs ?? ""
        case .label: return verdict.label ?? ""
        case .decision: return verdict.decision.rawValue
        case .causes: return verdict.causes.description
        case .flip: return self.words.flip(row.flip) ?? ""
        case .policy: return policy
        case .service: return verdict.service
        case .mode: return verdict.mode.rawValue
        }
    }
}

/// The denials of each resource that were due to the label alone.
struct LabelDenialTally {
    struct Row: Sendable {
        var verdict: Int64
        var person: Int64
        var flip: Int64
        var count: Int64
        var first: Int64
        var last: Int64
    }

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
        var persons: Set<String> = []
        var denials: UInt64 = 0
        var flips: [String: UInt64] = [:]
        var first = Int64.max
        var last = Int64.min
    }

    private let words: Vocabulary
    private var sums: [Key: Sum] = [:]

    init(_ words: Vocabulary) { self.words = words }

    func rows(_ filter: RowFilter, _ db: Database) throws -> [Row] {
        let (sql, arguments) = filter.rollupCondition
        return try GRDB.Row.fetchAll(
            db,
            sql: """
                SELECT verdict, person, flip, SUM(count), MIN(first), MAX(last) FROM rollups
                WHERE \(sql) GROUP BY 1, 2, 3
                """,
            arguments: arguments
        ).map { Row(verdict: $0[0], person: $0[1], flip: $0[2], count: $0[3], first: $0[4], last: $0[5]) }
    }

    mutating func add(_ row: Row) {
        guard row.count > 0, let verdict = self.words.verdict(row.verdict), let resource = verdict.resource else {
            return
        }
        let key = Key(resource, label: verdict.label)
        var sum = self.sums[key, default: Sum(resource: resource)]
        // Somebody whom nobody recognised is no evidence; somebody who was erased still was one person.
        if row.person != 0 {
            sum.persons.insert(self.words.person(row.person).flatMap { $0.id ?? $0.name } ?? "erased \(row.person)")
        }
        sum.denials += UInt64(row.count)
        if let flip = self.words.flip(row.flip) { sum.flips[flip, default: 0] += UInt64(row.count) }
        sum.first = min(sum.first, row.first)
        sum.last = max(sum.last, row.last)
        self.sums[key] = sum
    }

    /// Most distinct persons first.
    var all: [LabelDenials] {
        let denials = self.sums.map { key, sum in
            LabelDenials(
                resource: sum.resource,
                label: key.label,
                persons: UInt64(sum.persons.count),
                denials: sum.denials,
                flips: sum.flips,
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
