package import DecisionLog

extension Console {
    /// `GET /.stile/api/decisions`: the decisions that match, a page at a time, in a stable order.
    ///
    /// Parameters: `since`, `until` (RFC 3339 time or a span back from now such as `24h`), `person`, `resource`, `action`,
    /// `label`, `decision` (`allow`, `deny`), `cause` (several with commas), `cause-alone`, `policy`, `service`, `mode`,
    /// `revision`, `path` (text in the path), `order` (`newest`, `oldest`), `after` (a cursor), `limit` (1 to 1,000, default 100).
    func decisions(_ parameters: inout QueryParameters) async throws -> ConsoleAnswer {
        let query = try Self.query(&parameters, now: self.now())
        let place = try Self.place(&parameters)
        try parameters.finish()
        let page = try await self.index.page(query, order: place.order, after: place.after, limit: place.limit)
        return .json(
            DecisionsDocument(
                decisions: page.rows.map(DecisionsDocument.Decision.init),
                next: page.next?.description,
                end: page.end?.description,
                indexed: page.indexedThrough,
                recorded: self.recorded()
            )
        )
    }

    /// `GET /.stile/api/decisions/counts`: how many decisions match, grouped.
    ///
    /// Parameters: those of ``decisions(_:)`` that filter, and `by` (one or several with commas: `hour`, `day`, `person`,
    /// `action`, `resource`, `label`, `decision`, `causes`, `flip`, `policy`, `service`, `mode`).
    func counts(_ parameters: inout QueryParameters) async throws -> ConsoleAnswer {
        let query = try Self.query(&parameters, now: self.now())
        let known = CountGrouping.allCases.map(\.rawValue).joined(separator: ", ")
        let grouping =
            try parameters.value("by", expected: "some of \(known), each once, with commas") {
                text -> [CountGrouping]? in
                let groups = text.split(separator: ",").map { CountGrouping(rawValue: String($0)) }
                let known = Set(groups.compactMap(\.self))
                return known.isEmpty || known.count != groups.count ? nil : groups.compactMap(\.self)
            } ?? [.resource, .decision]
        let limit =
            try parameters.value("limit", expected: "a whole number from 1 to 10000") { text in
                Int(text).flatMap { (1...10_000).contains($0) ? $0 : nil }
            } ?? 1_000
        try parameters.finish()
        let counts = try await self.index.counts(query, by: grouping, limit: limit)
        // A page without rows says how far the index is, without waiting for its writer.
        let reached = try await self.index.page(DecisionQuery(), order: .newestFirst, after: nil, limit: 0)
        return .json(
            CountsDocument(
                by: grouping.map(\.rawValue),
                counts: counts.map { CountsDocument.Count(group: $0.group, count: $0.count) },
                indexed: reached.indexedThrough,
                recorded: self.recorded()
            )
        )
    }

    /// Where in the matching decisions a page lies.
    package static func place(
        _ parameters: inout QueryParameters,
        order standard: QueryOrder = .newestFirst
    ) throws(QueryParameters.Malformed) -> (order: QueryOrder, after: QueryCursor?, limit: Int) {
        let order = try parameters.value("order", expected: "`newest` or `oldest`") { text -> QueryOrder? in
            switch text {
            case "newest": .newestFirst
            case "oldest": .oldestFirst
            default: nil
            }
        }
        let after = try parameters.value("after", expected: "a cursor as an earlier answer gave it") { QueryCursor($0) }
        let limit = try parameters.value("limit", expected: "a whole number from 1 to 1000") { text in
            Int(text).flatMap { (1...1_000).contains($0) ? $0 : nil }
        }
        return (order ?? standard, after, limit ?? 100)
    }

    /// What is looked for, when it is asked at `now`.
    package static func query(
        _ parameters: inout QueryParameters,
        now: Timestamp
    ) throws(QueryParameters.Malformed) -> DecisionQuery {
        var query = DecisionQuery()
        (query.since, query.until) = try self.times(&parameters, now: now)
        query.person = parameters.text("person")
        query.resource = parameters.text("resource")
        query.action = parameters.text("action")
        query.label = parameters.text("label")
        query.decision = try parameters.value("decision", expected: "`allow` or `deny`") {
            RecordedDecision(rawValue: $0)
        }
        let causes = Causes.named.map(\.name).joined(separator: ", ")
        query.causes =
            try parameters.value("cause", expected: "some of \(causes), with commas") { text -> Causes? in
                var causes: Causes = []
                for name in text.split(separator: ",") {
                    guard let cause = Causes(name: name) else { return nil }
                    causes.insert(cause)
                }
                return causes.isEmpty ? nil : causes
            } ?? []
        query.causesAlone =
            try parameters.value("cause-alone", expected: "`true` or `false`") { Bool($0) } ?? false
        guard !query.causesAlone || !query.causes.isEmpty else {
            throw QueryParameters.Malformed(
                description: "found `cause-alone` without `cause`, expected the causes beside it"
            )
        }
        query.policy = parameters.text("policy")
        query.service = parameters.text("service")
        let modes = RecordedMode.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
        query.mode = try parameters.value("mode", expected: "one of \(modes)") { RecordedMode(rawValue: $0) }
        query.revision = parameters.text("revision")
        query.pathContains = parameters.text("path")
        return query
    }

    /// From when, and until when.
    static func times(
        _ parameters: inout QueryParameters,
        now: Timestamp
    ) throws(QueryParameters.Malformed) -> (Timestamp?, Timestamp?) {
        let time = "a time such as 2026-02-01T08:00:00Z, or a span back from now such as 24h"
        let since = try parameters.value("since", expected: time) { self.instant($0, now: now) }
        let until = try parameters.value("until", expected: time) { self.instant($0, now: now) }
        if let since, let until, since >= until {
            throw QueryParameters.Malformed(
                description: "found `since` at \(since), not before `until` at \(until); expected a time between them"
            )
        }
        return (since, until)
    }

    static func instant(_ text: String, now: Timestamp) -> Timestamp? {
        if let time = Timestamp(text) { return time }
        guard let unit = text.last, let number = Int64(text.dropLast()), (0...100_000_000).contains(number) else {
            return nil
        }
        let seconds: Int64? =
            switch unit {
            case "s": number
            case "m": number * 60
            case "h": number * 3_600
            case "d": number * 86_400
            default: nil
            }
        return seconds.map { now.adding(seconds: -$0) }
    }
}

/// A page of decisions as it goes over the wire.
private struct DecisionsDocument: Encodable {
    struct Decision: Encodable {
        var id: String
        var time: String
        var decision: String
        var causes: [String]
        var person: String?
        var personID: String?
        var clearance: String?
        var authentication: String?
        var action: String
        var service: String
        var resource: String?
        var label: String?
        var origin: String?
        var policies: [String]
        /// The grant in the question.
        var grant: String?
        var refusal: String?
        var status: Int?
        var flip: String?
        var mode: String
        var method: String?
        var path: String?
        var peer: String?
        var count: UInt64
        var microseconds: UInt32
        var revision: String
        var index: UInt64

        init(_ row: DecisionRow) {
            self.id = row.id.description
            self.time = row.time.description
            self.decision = row.verdict.decision.rawValue
            self.causes = row.verdict.causes.names
            self.person = row.person?.name
            self.personID = row.person?.id
            self.clearance = row.person?.clearance
            self.authentication = row.person?.authentication
            self.action = row.verdict.action
            self.service = row.verdict.service
            self.resource = row.verdict.resource.map { resource in
                resource.entry
                    ?? [resource.kind, resource.name ?? resource.id].compactMap(\.self).joined(separator: "/")
            }
            self.label = row.verdict.label
            self.origin = row.verdict.origin
            self.policies = row.verdict.policies
            self.grant = row.verdict.grant
            self.refusal = row.verdict.refusal
            self.status = row.verdict.status.map(Int.init)
            self.flip = row.flip
            self.mode = row.verdict.mode.rawValue
            self.method = row.method
            self.path = row.path
            self.peer = row.peer
            self.count = row.count
            self.microseconds = row.micros
            self.revision = row.verdict.revision
            self.index = row.index
        }
    }

    var decisions: [Decision]
    var next: String?
    /// Where the index ends: oldest first after it comes what is recorded from now on, of every gateway.
    var end: String?
    /// Entries that the index holds; those between this and `recorded` are recorded, but not searchable yet.
    var indexed: UInt64
    var recorded: UInt64
}

/// Grouped counts as they go over the wire.
private struct CountsDocument: Encodable {
    struct Count: Encodable {
        var group: [String]
        var count: UInt64
    }

    var by: [String]
    var counts: [Count]
    var indexed: UInt64
    var recorded: UInt64
}
