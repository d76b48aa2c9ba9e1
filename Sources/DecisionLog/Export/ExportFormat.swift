/// The shapes in which decisions leave for other systems.
///
/// Pure functions of a record: shipping, retrying and remembering how far one came are somebody else's. No text in a
/// record can end its field, its line or its message in any of them, which a test holds.
package enum ExportFormat: String, Hashable, Sendable, CaseIterable {
    /// Every field, one JSON object on each line.
    case jsonl
    /// The decision log of Open Policy Agent, for tools that read that.
    case opa
    /// OCSF API Activity.
    case ocsf
    /// ArcSight Common Event Format.
    case cef
    /// RFC 5424 messages with the whole record in them.
    case syslog
    /// OpenTelemetry logs, JSON encoding; a request body for each decision.
    case otlp

    /// An entry in this shape: one line without its end; `nil` for what the shape has no place for.
    ///
    /// Decisions have a place in all of them. What happened to the log itself, and entries of a version that this code does
    /// not know, go out as they are written where whole records do.
    package func line(_ content: EntryContent, at place: UInt64) -> String? {
        switch (content, self) {
        case (.decision(let record), _): self.line(record, at: place)
        case (.event(let event), .jsonl): NativeExport.value(event, at: place).text
        case (.event(let event), .syslog): SyslogExport.message(event, at: place)
        case (.unknown(let text), .jsonl): NativeExport.value(unknown: text, at: place).text
        default: nil
        }
    }

    /// A decision in this shape: one line without its end.
    package func line(_ record: DecisionRecord, at place: UInt64) -> String {
        switch self {
        case .jsonl: NativeExport.value(record, at: place).text
        case .opa: OPAExport.value(record).text
        case .ocsf: OCSFExport.value(record, at: place).text
        case .cef: CEFExport.line(record)
        case .syslog: SyslogExport.message(record, at: place)
        case .otlp: OTLPExport.request([(place, record)]).text
        }
    }
}

extension JSONValue {
    /// An object of the members that are there.
    static func members(_ pairs: [(String, JSONValue?)]) -> JSONValue {
        var members: [String: JSONValue] = [:]
        for (name, value) in pairs { if let value { members[name] = value } }
        return .object(members)
    }

    static func text(_ string: String?) -> JSONValue? { string.map(JSONValue.string) }

    static func texts(_ strings: [String]) -> JSONValue { .array(strings.map(JSONValue.string)) }
}
