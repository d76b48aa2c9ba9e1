/// A record as Open Policy Agent would have logged it.
///
/// Source: Open Policy Agent, "Decision Logs", the event of the decision log plugin.
enum OPAExport {
    static func value(_ record: DecisionRecord) -> JSONValue {
        let verdict = record.verdict
        let input = JSONValue.members([
            ("user", record.person.map { self.user($0.who) }), ("action", .string(verdict.action)),
            ("resource", verdict.resource.map(self.resource)), ("label", .text(verdict.label)),
            ("method", .text(record.person?.trace.method)), ("path", .text(record.person?.trace.path)),
        ])
        let result = JSONValue.members([
            ("allow", .bool(verdict.decision == .allow)), ("causes", .texts(verdict.causes.names)),
            ("policies", .texts(verdict.policies)), ("mode", .string(verdict.mode.rawValue)),
            ("reasons", record.explanation.map { .texts($0.reasons.map(\.text)) }),
        ])
        return .members([
            ("decision_id", .string(record.id.description)), ("timestamp", .string(record.time.description)),
            (
                "labels",
                .object(["id": .string(verdict.gateway), "app": .string("stile"), "service": .string(verdict.service)])
            ),
            ("bundles", .object(["policies": .object(["revision": .string(verdict.revision)])])),
            ("path", .string("stile/\(verdict.decision.rawValue)")), ("input", input), ("result", result),
            ("requested_by", .text(record.person?.trace.peer)), ("trace_id", .text(record.person?.trace.trace)),
            ("metrics", .object(["timer_server_handler_ns": .integer(Int64(record.micros) * 1000)])),
            ("erased", record.person == nil ? .texts(["/input/user", "/input/path", "/requested_by"]) : nil),
        ])
    }

    private static func user(_ who: RecordedPerson) -> JSONValue {
        .members([("id", .text(who.id)), ("name", .text(who.name)), ("clearance", .text(who.clearance))])
    }

    private static func resource(_ resource: RecordedResource) -> JSONValue {
        .members([
            ("service", .string(resource.service)), ("kind", .string(resource.kind)), ("id", .text(resource.id)),
            ("name", .text(resource.name)), ("entry", .text(resource.entry)),
        ])
    }
}
