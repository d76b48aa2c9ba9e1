/// Whether access was given.
package enum RecordedDecision: String, Hashable, Sendable, CaseIterable {
    case allow
    case deny
}

/// Whether the decision was carried out.
package enum RecordedMode: String, Hashable, Sendable, CaseIterable {
    /// Carried out.
    case enforce
    /// Only written down: what a policy or label would have said were it in force.
    case shadow
    /// A deny that the person was allowed to break, with a reason, to be judged afterwards.
    case override
}

/// What a question was about, in the words of the service it was asked of.
package struct RecordedResource: Hashable, Sendable {
    /// The service, for example `mlflow`.
    package var service: String
    /// What kind of thing, for example `experiment`.
    package var kind: String
    /// The service's own stable id.
    package var id: String?
    /// Its name when it was asked for.
    package var name: String?
    /// What the catalogue made of it: the id of its entry, or of several joined by `+`; `nil` when there was none.
    ///
    /// Many things of a service are one data set, and it is data sets that are labelled and reviewed.
    package var entry: String?

    package init(service: String, kind: String, id: String? = nil, name: String? = nil, entry: String? = nil) {
        self.service = service
        self.kind = kind
        self.id = id
        self.name = name
        self.entry = entry
    }

    /// What it is counted by: the catalogue's entry, or else the service's own name for it.
    package var countedAs: String { self.entry ?? self.name ?? self.id ?? self.kind }
}

/// An action on a resource, beside the one a record is about.
package struct RecordedQuestion: Hashable, Sendable {
    package var action: String
    package var resource: RecordedResource
    /// The resource's label, as a marking.
    package var label: String?

    package init(action: String, resource: RecordedResource, label: String? = nil) {
        self.action = action
        self.resource = resource
        self.label = label
    }
}

/// What was decided: everything in a record's header that is the same each time the same question is asked again.
///
/// The names of levels and categories are written as markings (`confidential//customer-x`), so that a record can be
/// read when the scheme that gave them has long changed.
package struct Verdict: Hashable, Sendable {
    /// The gateway that decided: one tree and one key each.
    package var gateway: String
    /// The service as configured, or empty when none was reached.
    package var service: String
    package var mode: RecordedMode
    package var decision: RecordedDecision
    package var causes: Causes
    /// Why the gateway refused before or beside any policy, for example `unknown-route`.
    package var refusal: String?
    /// The status answered, for refusals.
    package var status: UInt16?
    /// `read`, `write` …; empty when the request never became a question.
    package var action: String
    package var resource: RecordedResource?
    /// The label of the resource, as a marking.
    package var label: String?
    /// Where the label came from: `catalog`, `default`, `inherited`, `joined`.
    package var origin: String?
    /// The determining policies, by id.
    package var policies: [String]
    /// The revision of `policies/` in force.
    package var revision: String
    /// The grant that opened the door.
    package var grant: String?
    /// The other questions of the same request, all of which had to be allowed.
    package var also: [RecordedQuestion]

    package init(
        gateway: String,
        service: String,
        mode: RecordedMode = .enforce,
        decision: RecordedDecision,
        causes: Causes = [],
        refusal: String? = nil,
        status: UInt16? = nil,
        action: String = "",
        resource: RecordedResource? = nil,
        label: String? = nil,
        origin: String? = nil,
        policies: [String] = [],
        revision: String,
        grant: String? = nil,
        also: [RecordedQuestion] = []
    ) {
        self.gateway = gateway
        self.service = service
        self.mode = mode
        self.decision = decision
        self.causes = causes
        self.refusal = refusal
        self.status = status
        self.action = action
        self.resource = resource
        self.label = label
        self.origin = origin
        self.policies = policies
        self.revision = revision
        self.grant = grant
        self.also = also
    }
}
