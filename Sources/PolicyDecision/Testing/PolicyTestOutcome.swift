package import Catalog

/// How an expectation under `policies/tests/` came out.
package struct PolicyTestOutcome: Sendable {
    /// The expectation.
    package let test: PolicyTest
    /// The answer; `nil` when the question could not even be asked.
    package let decision: AccessDecision?
    /// What was not as expected, one line each; empty when the test passes.
    package let failures: [String]

    /// Whether everything was as expected.
    package var isPassed: Bool { self.failures.isEmpty }

    /// The failures as errors at the test's place.
    var diagnostics: [PolicyDiagnostic] {
        self.failures.map { PolicyDiagnostic(at: self.test.position, "test `\(self.test.name)`: \($0)") }
    }
}
