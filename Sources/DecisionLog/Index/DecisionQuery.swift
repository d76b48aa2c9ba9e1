/// Which decisions an auditor wants to see; every field that is set must match.
package struct DecisionQuery: Hashable, Sendable {
    /// From this moment on.
    package var since: Timestamp?
    /// Before this moment.
    package var until: Timestamp?
    /// The person's stable id or login name, exactly.
    package var person: String?
    /// The resource's entry in the catalogue, id or name, exactly.
    package var resource: String?
    package var action: String?
    /// The label, as a marking.
    package var label: String?
    package var decision: RecordedDecision?
    /// Every one of these causes.
    package var causes: Causes
    /// Exactly ``causes`` and no other.
    package var causesAlone: Bool
    /// One of the determining policies.
    package var policy: String?
    package var service: String?
    package var mode: RecordedMode?
    package var revision: String?
    /// Text that occurs in the path, byte for byte.
    package var pathContains: String?

    package init(
        since: Timestamp? = nil,
        until: Timestamp? = nil,
        person: String? = nil,
        resource: String? = nil,
        action: String? = nil,
        label: String? = nil,
        decision: RecordedDecision? = nil,
        causes: Causes = [],
        causesAlone: Bool = false,
        policy: String? = nil,
        service: String? = nil,
        mode: RecordedMode? = nil,
        revision: String? = nil,
        pathContains: String? = nil
    ) {
        self.since = since
        self.until = until
        self.person = person
        self.resource = resource
        self.action = action
        self.label = label
        self.decision = decision
        self.causes = causes
        self.causesAlone = causesAlone
        self.policy = policy
        self.service = service
        self.mode = mode
        self.revision = revision
        self.pathContains = pathContains
    }
}

/// Whether a page starts with the newest or the oldest decision.
package enum QueryOrder: String, Hashable, Sendable {
    case newestFirst
    case oldestFirst
}

/// Where the next page starts: the place in the log of the last decision shown.
///
/// A place never changes, so pages stay in order while new decisions arrive.
package struct QueryCursor: Hashable, Sendable, CustomStringConvertible {
    package var index: UInt64

    package init(index: UInt64) { self.index = index }

    package var description: String { String(self.index) }

    /// Reads a written cursor.
    package init?(_ text: some StringProtocol) {
        guard let index = UInt64(text) else { return nil }
        self.index = index
    }
}
