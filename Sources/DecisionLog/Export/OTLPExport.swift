/// Records as the body of an OpenTelemetry logs request over HTTP, JSON encoding.
///
/// Source: OpenTelemetry Protocol 1.5, `ExportLogsServiceRequest`; 64-bit numbers are strings there.
package enum OTLPExport {
    /// One request for many records of one gateway.
    package static func request(_ records: [(place: UInt64, record: DecisionRecord)]) -> JSONValue {
        let gateway = records.first?.record.verdict.gateway ?? ""
        let resource = JSONValue.object([
            "attributes": .array([
                self.attribute("service.name", "stile"), self.attribute("service.instance.id", gateway),
            ])
        ])
        let scope = JSONValue.object([
            "scope": .object(["name": .string("stile.decisions"), "version": .string("1")]),
            "logRecords": .array(records.map { self.logRecord($0.record, $0.place) }),
        ])
        return .object(["resourceLogs": .array([.object(["resource": resource, "scopeLogs": .array([scope])])])])
    }

    private static func logRecord(_ record: DecisionRecord, _ place: UInt64) -> JSONValue {
        let verdict = record.verdict
        let isDeny = verdict.decision == .deny
        let attributes: [(String, String?)] = [
            ("stile.decision.id", record.id.description), ("stile.decision", verdict.decision.rawValue),
            ("stile.causes", verdict.causes.description), ("stile.action", verdict.action),
            ("stile.service", verdict.service), ("stile.resource", verdict.resource?.countedAs),
            ("stile.label", verdict.label), ("stile.policies", verdict.policies.joined(separator: ",")),
            ("stile.revision", verdict.revision), ("stile.mode", verdict.mode.rawValue),
            ("user.id", record.person?.who.id), ("user.name", record.person?.who.name),
            ("client.address", record.person?.trace.peer), ("http.request.method", record.person?.trace.method),
            ("url.path", record.person?.trace.path),
        ]
        return .members([
            ("timeUnixNano", .string(self.nanoseconds(record.time))),
            ("severityNumber", .integer(isDeny ? 13 : 9)), ("severityText", .string(isDeny ? "WARN" : "INFO")),
            ("eventName", .string("stile.decision")),
            ("body", .object(["stringValue": .string(NativeExport.value(record, at: place).text)])),
            ("attributes", .array(attributes.compactMap { name, value in value.map { self.attribute(name, $0) } })),
            ("traceId", .text(record.person?.trace.trace)),
        ])
    }

    /// Nanoseconds since 1970; 0, which stands for a moment that is not known, where the protocol has no number for it.
    private static func nanoseconds(_ time: Timestamp) -> String {
        let (number, isTooLarge) = time.microseconds.multipliedReportingOverflow(by: 1000)
        return isTooLarge || number < 0 ? "0" : String(number)
    }

    private static func attribute(_ name: String, _ value: String) -> JSONValue {
        .object(["key": .string(name), "value": .object(["stringValue": .string(value)])])
    }
}
