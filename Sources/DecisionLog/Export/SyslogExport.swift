/// A record as a syslog message: its main fields as structured data, the whole of it as the text.
///
/// Source: RFC 5424, section 6; over TLS each message has its length before it (RFC 5425, section 4.3).
package enum SyslogExport {
    /// Facility 13, log audit; severity notice for a deny, informational for an allow.
    private static let facility = 13

    static func message(_ record: DecisionRecord, at place: UInt64) -> String {
        let verdict = record.verdict
        let priority = self.facility * 8 + (verdict.decision == .deny ? 5 : 6)
        let data: [(String, String?)] = [
            ("id", record.id.description), ("decision", verdict.decision.rawValue),
            ("causes", verdict.causes.description),
            ("action", verdict.action), ("service", verdict.service), ("resource", verdict.resource?.countedAs),
            ("label", verdict.label), ("policies", verdict.policies.joined(separator: ",")),
            ("revision", verdict.revision),
            ("user", record.person?.who.name),
        ]
        let parameters = data.compactMap { name, value in value.map { " \(name)=\"\(self.escaped($0))\"" } }.joined()
        // 32473 is the enterprise number that RFC 5612 keeps for documentation and software without one.
        return
            "<\(priority)>1 \(record.time) \(self.name(verdict.gateway)) stile - decision [decision@32473\(parameters)] "
            + NativeExport.value(record, at: place).text
    }

    /// A line of another format as the text of a message, with the head that the record has.
    static func wrapped(_ line: String, as kind: String, of record: DecisionRecord) -> String {
        let priority = self.facility * 8 + (record.verdict.decision == .deny ? 5 : 6)
        return "<\(priority)>1 \(record.time) \(self.name(record.verdict.gateway)) stile - \(kind) - \(line)"
    }

    /// Something that happened to the log itself.
    static func message(_ event: LogEvent, at place: UInt64) -> String {
        "<\(self.facility * 8 + 5)>1 \(event.time) \(self.name(event.gateway)) stile - event "
            + "[event@32473 id=\"\(event.id)\" name=\"\(self.escaped(event.name))\"] "
            + NativeExport.value(event, at: place).text
    }

    /// The message as it goes over TLS.
    package static func framed(_ message: String) -> [UInt8] { Array("\(message.utf8.count) \(message)".utf8) }

    /// A parameter's value: `"`, `\` and `]` are escaped; control characters, which the RFC only advises against, go.
    private static func escaped(_ text: String) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\", "]":
                escaped.append("\\")
                escaped.append(scalar)
            case "\u{0}"..<"\u{20}", "\u{7F}"..<"\u{A0}", "\u{2028}", "\u{2029}": escaped.append(" ")
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }

    /// A host name: 1 to 255 printable ASCII characters.
    private static func name(_ text: String) -> String {
        let name = String(decoding: text.utf8.filter { (0x21...0x7E).contains($0) }.prefix(255), as: UTF8.self)
        return name.isEmpty ? "-" : name
    }
}
