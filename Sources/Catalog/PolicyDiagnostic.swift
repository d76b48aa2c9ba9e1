/// Something wrong in the files under `policies/`, where it is, and what to do about it.
package struct PolicyDiagnostic: Error, Hashable, Sendable {
    /// Whether the files can be taken into force.
    package enum Severity: String, Hashable, Sendable {
        /// They cannot.
        case error
        /// They can, but somebody should look.
        case warning
    }

    /// How bad it is.
    package var severity: Severity

    /// Where; the start of the file when nothing more is known.
    package var position: SourcePosition

    /// What was found and what was expected, on one line.
    package var message: String

    /// What to do, when there is something to say beyond the message.
    package var remedy: String?

    /// Reports something at a place.
    package init(_ severity: Severity = .error, at position: SourcePosition, _ message: String, remedy: String? = nil) {
        self.severity = severity
        self.position = position
        self.message = message
        self.remedy = remedy
    }
}

extension PolicyDiagnostic: CustomStringConvertible {
    /// `file:line:column: error: message; remedy`, as compilers write it.
    package var description: String {
        "\(self.position): \(self.severity.rawValue): \(self.message)" + (self.remedy.map { "; \($0)" } ?? "")
    }
}
