/// A record as a line of ArcSight's Common Event Format.
///
/// Source: "Implementing ArcSight Common Event Format", version 26: `|` and `\` are escaped in the header, `=`, `\` and
/// line ends in the extension; other control characters have no escape and become spaces.
enum CEFExport {
    static func line(_ record: DecisionRecord) -> String {
        let verdict = record.verdict
        let decision = verdict.decision.rawValue
        let action = verdict.action.isEmpty ? verdict.refusal ?? "request" : verdict.action
        let head = [
            "CEF:0", "Stile", "Stile", "1", decision, "\(decision) \(action)", verdict.decision == .allow ? "1" : "5",
        ]
        let person = record.person
        let extensions: [(String, String?)] = [
            ("rt", String(record.time.microseconds / 1000)), ("externalId", record.id.description),
            ("act", decision), ("outcome", verdict.mode.rawValue), ("dvchost", verdict.gateway),
            ("app", verdict.service),
            ("suid", person?.who.id), ("suser", person?.who.name), ("src", person?.trace.peer),
            ("requestMethod", person?.trace.method), ("request", person?.trace.path),
            ("reason", record.explanation?.reasons.first?.text ?? verdict.refusal),
            ("cnt", record.repetition.map { String($0.count) }), ("cs1Label", "label"), ("cs1", verdict.label),
            ("cs2Label", "causes"), ("cs2", verdict.causes.description), ("cs3Label", "policies"),
            ("cs3", verdict.policies.joined(separator: ",")), ("cs4Label", "resource"),
            ("cs4", verdict.resource?.countedAs),
            ("cs5Label", "revision"), ("cs5", verdict.revision),
        ]
        let header = head.map { self.escaped($0, also: "|") }.joined(separator: "|")
        return header + "|"
            + extensions.compactMap { name, value in value.map { "\(name)=\(self.escaped($0, also: "="))" } }
            .joined(separator: " ")
    }

    static func escaped(_ text: String, also special: Unicode.Scalar) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\", special:
                escaped.append("\\")
                escaped.append(scalar)
            case "\n" where special == "=": escaped.append(contentsOf: "\\n".unicodeScalars)
            case "\r" where special == "=": escaped.append(contentsOf: "\\r".unicodeScalars)
            // Besides the control characters, what some readers take for the end of a line.
            case "\u{0}"..<"\u{20}", "\u{7F}"..<"\u{A0}", "\u{2028}", "\u{2029}": escaped.append(" ")
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }
}
