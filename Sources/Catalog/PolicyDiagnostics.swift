/// Everything wrong in the files under `policies/`, thrown as one error so that one look shows all of it.
package struct PolicyDiagnostics: Error, Hashable, Sendable {
    /// What is wrong, in order of file and place.
    package let all: [PolicyDiagnostic]

    /// Collects diagnostics and puts them in order.
    package init(_ all: [PolicyDiagnostic]) {
        self.all = all.sorted { $0.position == $1.position ? $0.message < $1.message : $0.position < $1.position }
    }

    /// Whether anything here keeps the files from being taken into force.
    package var hasErrors: Bool { self.all.contains { $0.severity == .error } }
}

extension PolicyDiagnostics: CustomStringConvertible {
    /// One line for each.
    package var description: String { self.all.map(\.description).joined(separator: "\n") }
}
