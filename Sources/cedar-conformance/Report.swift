/// The outcomes of a suite, counted.
struct Report {
    /// How many ids of differing cases are listed for each comparison.
    static let listed = 10

    private var counts: [Comparison: Outcome.Count] = [:]
    private var differences: [Comparison: [(id: String, difference: String)]] = [:]
    private(set) var passed = 0
    private(set) var failed = 0

    /// Counts a case.
    mutating func add(_ outcome: Outcome, id: String) {
        for (comparison, count) in outcome.counts {
            self.counts[comparison, default: Outcome.Count()].equal += count.equal
            self.counts[comparison, default: Outcome.Count()].total += count.total
        }
        for (comparison, difference) in outcome.differences {
            self.differences[comparison, default: []].append((id, difference))
        }
        if outcome.differences.isEmpty { self.passed += 1 } else { self.failed += 1 }
    }

    /// Whether every case is equal to the reference in everything, and there was at least one.
    var isSuccess: Bool { self.failed == 0 && self.passed > 0 }

    /// One line for each comparison, and a last one with the count of cases.
    ///
    /// - Parameters:
    ///   - explains: Whether to show the first difference of each listed case.
    ///   - listed: How many ids of differing cases are listed for each comparison.
    /// - Returns: Lines without a break at the end.
    func text(explains: Bool, listed: Int = Report.listed) -> String {
        var lines: [String] = []
        for comparison in Comparison.allCases {
            guard let count = self.counts[comparison] else { continue }
            let differing = self.differences[comparison] ?? []
            var line = "\(comparison.rawValue): \(count.equal)/\(count.total)"
            if !differing.isEmpty {
                line +=
                    ", differing: "
                    + differing.prefix(listed).map { $0.id.replacing("\n", with: " ") }.joined(separator: ", ")
            }
            lines.append(line)
            guard explains else { continue }
            for (id, difference) in differing.prefix(listed) {
                lines.append("  \(id): " + difference.replacing("\n", with: " "))
            }
        }
        lines.append("\(self.passed) passed, \(self.failed) failed")
        return lines.joined(separator: "\n")
    }
}
