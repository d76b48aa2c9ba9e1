import Catalog
import PolicyDecision

/// How the policy tests came out, for people and for programs.
struct PolicyTestDocument: OutputDocument {
    /// One expectation.
    struct Test: Encodable {
        let name: String
        let file: String
        /// The line, from 1.
        let line: Int
        /// The column in characters, from 1.
        let column: Int
        let passed: Bool
        /// What was not as expected, one line each.
        let failures: [String]
    }

    let passed: Int
    let failed: Int
    let tests: [Test]

    init(_ outcomes: [PolicyTestOutcome]) {
        self.tests = outcomes.map { outcome in
            Test(
                name: outcome.test.name,
                file: outcome.test.position.file,
                line: outcome.test.position.line,
                column: outcome.test.position.column,
                passed: outcome.isPassed,
                failures: outcome.failures
            )
        }
        self.passed = outcomes.count(where: \.isPassed)
        self.failed = outcomes.count - self.passed
    }

    /// The tests that failed, a line for each thing that was not as expected, and the count.
    func lines(showingPassed: Bool) -> String {
        var lines: [String] = []
        for test in self.tests {
            if test.passed, showingPassed { lines.append("ok    \(test.name)") }
            let place = "\(test.file):\(test.line):\(test.column)"
            for failure in test.failures { lines.append("WRONG \(place): \(test.name): \(failure)") }
        }
        lines.append("\(self.passed) passed, \(self.failed) failed")
        return lines.joined(separator: "\n")
    }
}
