/// One thing that was looked at, what was seen, and what to do when it is wrong: a line of `stile check` and `stile directory test`.
package struct DirectoryFinding: Hashable, Sendable {
    /// How it is.
    package enum Severity: String, Hashable, Sendable {
        /// As it should be.
        case fine
        /// It works, and somebody should know about it.
        case warning
        /// It does not work.
        case failure
    }

    /// How it is.
    package let severity: Severity

    /// What was looked at, such as a server's address or `groups`.
    package let subject: String

    /// What was seen.
    package let message: String

    /// What to change; `nil` when nothing has to be.
    package let remedy: String?

    /// Where to change it; `nil` when that is not in the gateway's configuration.
    package let setting: DirectorySetting?

    /// Puts a finding together.
    package init(
        _ severity: Severity,
        _ subject: String,
        _ message: String,
        remedy: String? = nil,
        at setting: DirectorySetting? = nil
    ) {
        self.severity = severity
        self.subject = subject
        self.message = message
        self.remedy = remedy
        self.setting = setting
    }
}

extension DirectoryFinding: CustomStringConvertible {
    /// One line for people.
    package var description: String {
        "\(self.severity.rawValue): \(self.subject): \(self.message)" + (self.remedy.map { "; \($0)" } ?? "")
    }
}

/// What the gateway sees of somebody, step by step.
package struct DirectoryTrace: Hashable, Sendable {
    /// In the order in which a sign-in goes through them.
    package let steps: [DirectoryFinding]

    /// The person, if the steps led to one.
    package let person: Person?

    /// Puts a trace together.
    package init(steps: [DirectoryFinding], person: Person?) {
        self.steps = steps
        self.person = person
    }
}
