package import Catalog

/// Collects what is wrong while files are read, so that all of it is reported at once.
///
/// A class, because the readers of one revision write into the same one; it never leaves the task that reads.
package final class Findings {
    /// Everything found so far, in reading order.
    package private(set) var all: [PolicyDiagnostic] = []

    /// Nothing found yet.
    package init() {}

    /// Notes one error.
    ///
    /// - Parameters:
    ///   - message: One sentence, lower case: what was found, in backticks, and what was expected.
    ///   - position: Where.
    ///   - remedy: What to do, when that is not plain from what was expected.
    package func note(_ message: String, at position: SourcePosition, remedy: String? = nil) {
        self.all.append(PolicyDiagnostic(at: position, message, remedy: remedy))
    }

    /// Notes what another reader found.
    package func note(_ diagnostic: PolicyDiagnostic) {
        self.all.append(diagnostic)
    }
}
