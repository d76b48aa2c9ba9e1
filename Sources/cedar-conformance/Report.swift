/// The outcomes of a suite, counted.
struct Report {
    /// How many ids of differing cases are listed for each comparison.
    static let listed = 10

    private var equal: [Comparison: Int] = [:]
    private var different: [Comparison: [(id: String, difference: String)]] = [:]
    private(set) var passed = 0
    private(set) var failed = 0

    /// Counts a case.
    mutating func add(_ outcome: Outcome, id: String) {
        for comparison in outcome.equal { self.equal[comparison, default: 0] += 1 }
        for (comparison, difference) in outcome.different {
            self.different[comparison, default: []].append((id, difference))
        }
        if outcome.different.isEmpty { self.passed += 1 } else { self.failed += 1 }
    }

    /// Adds what was counted elsewhere.
    mutating func add(_ other: Report) {
        self.equal.merge(other.equal, uniquingKeysWith: +)
        self.different.merge(other.different, uniquingKeysWith: +)
        self.passed += other.passed
        self.failed += other.failed
    }

    /// Whether every case is equal to the reference in everything, and there was at least one.
    var isSuccess: Bool { self.failed == 0 && self.passed > 0 }

    /// One line for each comparison, and a last one with the count of cases.
    ///
    /// - Parameter explains: Whether to show the first difference of each listed case.
    /// - Returns: Lines without a break at the end.
    func text(explains: Bool) -> String {
        var lines: [String] = []
        for comparison in Comparison.allCases {
            let differing = self.different[comparison] ?? []
            let equal = self.equal[comparison] ?? 0
            guard equal + differing.count > 0 else { continue }
            var line = "\(comparison.rawValue): \(equal)/\(equal + differing.count)"
            if !differing.isEmpty {
                line += ", differing: " + differing.prefix(Self.listed).map(\.id).joined(separator: ", ")
            }
            lines.append(line)
            guard explains else { continue }
            for (id, difference) in differing.prefix(Self.listed) { lines.append("  \(id): \(difference)") }
        }
        lines.append("\(self.passed) passed, \(self.failed) failed")
        return lines.joined(separator: "\n")
    }
}
