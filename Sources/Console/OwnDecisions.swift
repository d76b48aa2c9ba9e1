import DecisionLog
import Dispatch

extension Console {
    /// `GET /.stile/api/me/decisions`: the decisions about the person who asks, as far as each refusal told them.
    ///
    /// What a refusal withheld is withheld here: otherwise asking afterwards would be the oracle that the refusal was not.
    /// Parameters: `since`, `until`, `decision`, `service`, `order`, `after`, `limit` (1 to 1,000, default 100).
    func ownDecisions(_ parameters: inout QueryParameters, of person: String) async throws -> ConsoleAnswer {
        guard let log = self.log else { return Self.withoutLog }
        var query = DecisionQuery()
        query.person = person
        (query.since, query.until) = try Self.times(&parameters, now: self.now())
        query.decision = try parameters.value("decision", expected: "`allow` or `deny`") {
            RecordedDecision(rawValue: $0)
        }
        query.service = parameters.text("service")
        let place = try Self.place(&parameters)
        try parameters.finish()
        let page = try await self.index.page(query, order: place.order, after: place.after, limit: place.limit)
        // The index also finds what somebody tried under a name that is spelt like this person's id.
        let rows = page.rows.filter { $0.person?.id == person }
        let contents = try await Self.reading { () throws(LogFailure) in try log.contents(at: rows.map(\.index)) }
        return .json(
            OwnDecisionsDocument(
                decisions: zip(rows, contents).map { row, content in
                    OwnDecisionsDocument.Decision(row, Self.disclosed(content))
                },
                next: page.next?.description,
                indexed: page.indexedThrough,
                recorded: self.recorded()
            )
        )
    }

    /// How much of a decision its person was told.
    enum Told {
        /// Nothing but the fact and the id.
        case fact
        /// Which conditions failed, and who decides about the data.
        case conditions(policies: [String], owner: String?)
        /// Everything, also under which labels it would be allowed.
        case everything(Verdict, Explanation)
        /// It was let through.
        case allowed(Verdict)
    }

    /// How much of an entry its person was told.
    static func disclosed(_ content: EntryContent) -> Told {
        guard case .decision(let record) = content else { return .fact }
        if record.verdict.decision == .allow { return .allowed(record.verdict) }
        guard let explanation = record.explanation else { return .fact }
        switch explanation.disclosed {
        case "full": return .everything(record.verdict, explanation)
        case "owner": return .conditions(policies: record.verdict.policies, owner: explanation.owner)
        default: return .fact
        }
    }

    /// Reads files where waiting for a disk keeps nobody else from running.
    static func reading<Value: Sendable>(
        _ body: @escaping @Sendable () throws(LogFailure) -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                do throws(LogFailure) {
                    continuation.resume(returning: try body())
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
    }

    static let withoutLog = ConsoleAnswer.problem(503, "the log cannot be read here")
}

/// A page of the asker's own decisions as it goes over the wire.
private struct OwnDecisionsDocument: Encodable {
    struct Decision: Encodable {
        var id: String
        var time: String
        var decision: String
        var service: String
        var method: String?
        var path: String?
        var status: Int?
        var count: UInt64
        var told: String
        var action: String?
        var resource: String?
        var label: String?
        var policies: [String]?
        var reasons: [String]?
        var flips: [String]?
        var owner: String?

        init(_ row: DecisionRow, _ told: Console.Told) {
            self.id = row.id.description
            self.time = row.time.description
            self.decision = row.verdict.decision.rawValue
            self.service = row.verdict.service
            self.method = row.method
            self.path = row.path
            self.status = row.verdict.status.map(Int.init)
            self.count = row.count
            switch told {
            case .fact: self.told = "id-only"
            case .conditions(let policies, let owner):
                self.told = "owner"
                self.action = row.verdict.action
                self.policies = policies
                self.owner = owner
            case .everything(let verdict, let explanation):
                self.told = "full"
                self.action = verdict.action
                self.resource = verdict.resource?.countedAs
                self.label = verdict.label
                self.policies = verdict.policies
                self.reasons = explanation.reasons.map(\.text)
                self.flips = explanation.flips.map(\.label)
                self.owner = explanation.owner
            case .allowed(let verdict):
                self.told = "allowed"
                self.action = verdict.action
                self.resource = verdict.resource?.countedAs
            }
        }
    }

    var decisions: [Decision]
    var next: String?
    var indexed: UInt64
    var recorded: UInt64
}
