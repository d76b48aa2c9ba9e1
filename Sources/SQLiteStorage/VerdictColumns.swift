import DecisionLog
import GRDB

/// A verdict as a row of the table `verdicts`.
enum VerdictColumns {
    static func insert(_ verdict: Verdict, as number: Int64, _ db: Database) throws {
        let resource = verdict.resource
        try db.execute(
            sql: "INSERT OR REPLACE INTO verdicts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            arguments: [
                number, verdict.gateway, verdict.service, verdict.mode.rawValue, verdict.decision.rawValue,
                Int(verdict.causes.rawValue), verdict.refusal, verdict.status.map { Int($0) }, verdict.action,
                resource?.service, resource?.kind, resource?.id, resource?.name, resource?.entry, verdict.label,
                verdict.origin,
                self.text(verdict.policies), verdict.revision, verdict.grant, self.also(verdict.also),
            ]
        )
    }

    static func verdict(_ row: Row) throws -> Verdict {
        guard let mode = RecordedMode(rawValue: row["mode"]),
            let decision = RecordedDecision(rawValue: row["decision"]),
            let policies = self.strings(row["policies"])
        else { throw IndexFailure.unreadable("verdict \(row["id"] as Int64)") }
        var verdict = Verdict(
            gateway: row["gateway"],
            service: row["service"],
            decision: decision,
            revision: row["revision"]
        )
        verdict.mode = mode
        verdict.causes = Causes(rawValue: UInt8(truncatingIfNeeded: row["causes"] as Int))
        verdict.refusal = row["refusal"]
        verdict.status = (row["status"] as Int?).flatMap(UInt16.init(exactly:))
        verdict.action = row["action"]
        if let service = row["resource_service"] as String?, let kind = row["resource_kind"] as String? {
            verdict.resource = RecordedResource(
                service: service,
                kind: kind,
                id: row["resource_id"],
                name: row["resource_name"],
                entry: row["resource_entry"]
            )
        }
        verdict.label = row["label"]
        verdict.origin = row["origin"]
        verdict.policies = policies
        verdict.grant = row["grant_id"]
        verdict.also = try self.questions(row["also"], of: row["id"])
        return verdict
    }

    private static func text(_ strings: [String]) -> String { JSONValue.array(strings.map(JSONValue.string)).text }

    private static func strings(_ text: String) -> [String]? {
        JSONReader.value(ArraySlice(text.utf8))?.array.map { $0.compactMap(\.string) }
    }

    private static func also(_ questions: [RecordedQuestion]) -> String? {
        guard !questions.isEmpty else { return nil }
        let values = questions.map { question in
            JSONValue.array(
                [
                    question.action, question.resource.service, question.resource.kind, question.resource.id,
                    question.resource.name, question.resource.entry, question.label,
                ].map { $0.map(JSONValue.string) ?? .null }
            )
        }
        return JSONValue.array(values).text
    }

    private static func questions(_ text: String?, of number: Int64) throws -> [RecordedQuestion] {
        guard let text else { return [] }
        guard let values = JSONReader.value(ArraySlice(text.utf8))?.array else {
            throw IndexFailure.unreadable("verdict \(number)")
        }
        return try values.map { value in
            guard let fields = value.array, fields.count == 7, let action = fields[0].string,
                let service = fields[1].string, let kind = fields[2].string
            else { throw IndexFailure.unreadable("verdict \(number)") }
            let resource = RecordedResource(
                service: service,
                kind: kind,
                id: fields[3].string,
                name: fields[4].string,
                entry: fields[5].string
            )
            return RecordedQuestion(action: action, resource: resource, label: fields[6].string)
        }
    }
}
