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

/// Where the next page starts: in each gateway's log the place of the last decision shown.
///
/// A place never changes, so pages stay in order while new decisions arrive. Written as `123`, or with several gateways as
/// `plant-1:123,plant-2:45`.
package struct QueryCursor: Hashable, Sendable, CustomStringConvertible {
    /// The place by gateway; under the empty name the place in the log of the gateway that is asked.
    package var places: [String: UInt64]

    /// The place in the log of the gateway that is asked.
    package var index: UInt64 { self.places[""] ?? 0 }

    package init(index: UInt64) { self.places = ["": index] }

    package init(places: [String: UInt64]) { self.places = places }

    package var description: String {
        self.places.sorted { $0.key < $1.key }.map { $0.key.isEmpty ? "\($0.value)" : "\($0.key):\($0.value)" }
            .joined(separator: ",")
    }

    /// Reads a written cursor.
    package init?(_ text: some StringProtocol) {
        self.places = [:]
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let halves = part.split(separator: ":", omittingEmptySubsequences: false)
            guard (1...2).contains(halves.count), let place = halves.last.flatMap({ UInt64($0) }) else { return nil }
            let name = halves.count == 2 ? String(halves[0]) : ""
            guard halves.count == 1 || !name.isEmpty, self.places.updateValue(place, forKey: name) == nil else {
                return nil
            }
        }
    }
}
