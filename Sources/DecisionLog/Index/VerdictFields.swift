/// A verdict as the columns of a table, the same in every database; without its revision, which stands beside it.
package enum VerdictFields {
    /// The columns in order; those of ``integers`` hold numbers, all others text.
    package static let columns = [
        "gateway", "service", "mode", "decision", "causes", "refusal", "status", "action", "resource_service",
        "resource_kind", "resource_id", "resource_name", "resource_entry", "label", "origin", "policies", "grant_id",
        "also",
    ]
    package static let integers: Set<String> = ["causes", "status"]
    package static let required: Set<String> = [
        "gateway", "service", "mode", "decision", "causes", "action", "policies",
    ]

    /// The values in the order of ``columns``, numbers in decimal.
    package static func values(of verdict: Verdict) -> [String?] {
        let resource = verdict.resource
        return [
            verdict.gateway, verdict.service, verdict.mode.rawValue, verdict.decision.rawValue,
            String(verdict.causes.rawValue), verdict.refusal, verdict.status.map { String($0) }, verdict.action,
            resource?.service, resource?.kind, resource?.id, resource?.name, resource?.entry, verdict.label,
            verdict.origin, JSONValue.array(verdict.policies.map(JSONValue.string)).text, verdict.grant,
            self.text(verdict.also),
        ]
    }

    /// Reads the values of ``columns``.
    ///
    /// - Throws: ``IndexFailure/unreadable(_:)`` when they are none of ours.
    package static func verdict(_ values: [String?]) throws(IndexFailure) -> Verdict {
        guard values.count == self.columns.count, let gateway = values[0], let service = values[1],
            let mode = values[2].flatMap({ RecordedMode(rawValue: $0) }),
            let decision = values[3].flatMap({ RecordedDecision(rawValue: $0) }),
            let causes = values[4].flatMap({ UInt8($0) }), let action = values[7],
            let policies = values[15].flatMap({ JSONReader.value(ArraySlice($0.utf8))?.array })
        else { throw .unreadable("a verdict") }
        var verdict = Verdict(gateway: gateway, service: service, decision: decision, revision: "")
        verdict.mode = mode
        verdict.causes = Causes(rawValue: causes)
        verdict.refusal = values[5]
        verdict.status = values[6].flatMap { UInt16($0) }
        verdict.action = action
        if let service = values[8], let kind = values[9] {
            verdict.resource = RecordedResource(
                service: service,
                kind: kind,
                id: values[10],
                name: values[11],
                entry: values[12]
            )
        }
        verdict.label = values[13]
        verdict.origin = values[14]
        verdict.policies = policies.compactMap(\.string)
        verdict.grant = values[16]
        if let also = values[17] { verdict.also = try self.questions(also) }
        return verdict
    }

    private static func text(_ questions: [RecordedQuestion]) -> String? {
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

    private static func questions(_ text: String) throws(IndexFailure) -> [RecordedQuestion] {
        guard let values = JSONReader.value(ArraySlice(text.utf8))?.array else {
            throw .unreadable("a verdict's questions")
        }
        var questions: [RecordedQuestion] = []
        for value in values {
            guard let fields = value.array, fields.count == 7, let action = fields[0].string,
                let service = fields[1].string, let kind = fields[2].string
            else { throw .unreadable("a verdict's questions") }
            let resource = RecordedResource(
                service: service,
                kind: kind,
                id: fields[3].string,
                name: fields[4].string,
                entry: fields[5].string
            )
            questions.append(RecordedQuestion(action: action, resource: resource, label: fields[6].string))
        }
        return questions
    }
}
