/// Who asked, as known at that moment.
package struct RecordedPerson: Hashable, Sendable {
    /// The stable id of the directory, for example `uuid:…`; `nil` when nobody was recognised.
    package var id: String?
    /// The login name, also the one that was tried in vain.
    package var name: String?
    /// The clearance at that moment, as a marking.
    package var clearance: String?
    /// How the person proved who they are, for example `basic`.
    package var authentication: String?

    package init(id: String? = nil, name: String? = nil, clearance: String? = nil, authentication: String? = nil) {
        self.id = id
        self.name = name
        self.clearance = clearance
        self.authentication = authentication
    }
}

/// The traces that a request leaves: where it came from and what it called.
package struct RequestTrace: Hashable, Sendable {
    /// The peer's address, without port.
    package var peer: String
    package var method: String
    /// The canonical path that was decided on and forwarded, never the query.
    package var path: String
    /// The id under which the request is known to other logs.
    package var request: String?
    /// The W3C trace id, 32 hex digits.
    package var trace: String?
    /// What the person said they need it for.
    package var purpose: String?

    package init(
        peer: String,
        method: String,
        path: String,
        request: String? = nil,
        trace: String? = nil,
        purpose: String? = nil
    ) {
        self.peer = peer
        self.method = method
        self.path = path
        self.request = request
        self.trace = trace
        self.purpose = purpose
    }

    /// How many bytes a trace may have to be written as it is: a target of the longest kind, and a purpose.
    static let maximumBytes = 10_240

    /// The same as far as it fits; what was cut ends with `…`.
    var fitted: RequestTrace {
        let others = [self.peer, self.method, self.request ?? "", self.trace ?? "", self.purpose ?? ""]
        guard others.reduce(self.path.utf8.count, { $0 + $1.utf8.count }) > Self.maximumBytes else { return self }
        return RequestTrace(
            peer: PreparedDecision.short(self.peer),
            method: PreparedDecision.short(self.method),
            path: PreparedDecision.short(self.path, bytes: 8_192),
            request: self.request.map { PreparedDecision.short($0) },
            trace: self.trace.map { PreparedDecision.short($0) },
            purpose: self.purpose.map { PreparedDecision.short($0) }
        )
    }
}

/// The part of a record that is about a person; encrypted under that person's key.
package struct PersonPart: Hashable, Sendable {
    package var who: RecordedPerson
    package var trace: RequestTrace

    package init(who: RecordedPerson, trace: RequestTrace) {
        self.who = who
        self.trace = trace
    }
}
