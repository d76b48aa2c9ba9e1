import Testing

@testable import DecisionLog

@Suite("Exports")
struct ExportFormatTests {
    static let record = DecisionRecord(
        id: RecordFormTests.moment.id,
        time: RecordFormTests.moment.time,
        micros: 12,
        verdict: Samples.verdict,
        person: PersonPart(who: Samples.anna, trace: Samples.trace),
        explanation: Samples.explanation,
        facts: Samples.facts
    )

    static let traps = [
        "a\nb", "a\r\nb", "a|b", "a=b", "a\\b", "a\"b", "a]b", "a\u{0}b", "a\u{1B}[31mb", "a\u{85}b", "a\u{2028}b",
        "x\nCEF:0|Forged|", "\\\n", "x\"] <13>1 forged", "} {",
    ]

    /// A record that has `text` in every field that somebody else can write.
    static func poisoned(_ text: String) -> DecisionRecord {
        var record = Self.record
        record.verdict.gateway = text
        record.verdict.service = text
        record.verdict.refusal = text
        record.verdict.action = text
        record.verdict.label = text
        record.verdict.policies = [text]
        record.verdict.revision = text
        record.verdict.resource = RecordedResource(service: text, kind: text, id: text, name: text, entry: text)
        record.person?.who = RecordedPerson(id: text, name: text, clearance: text, authentication: text)
        record.person?.trace = RequestTrace(peer: text, method: text, path: text, request: text, purpose: text)
        record.explanation?.reasons = [Explanation.Reason(policy: text, text: text)]
        return record
    }

    @Test("Nothing in a record ends its line", arguments: ExportFormat.allCases)
    func injection(format: ExportFormat) {
        for text in Self.traps {
            let line = format.line(Self.poisoned(text), at: 3)
            #expect(!line.unicodeScalars.contains { $0.value < 0x20 }, "\(text.debugDescription)")
        }
    }

    @Test("A moment outside a protocol's numbers ends nothing", arguments: ExportFormat.allCases)
    func moments(format: ExportFormat) throws {
        for text in ["0026-11-23T18:47:39Z", "1969-12-31T23:59:59Z", "2300-01-01T00:00:00Z", "9999-12-31T23:59:59Z"] {
            var record = Self.record
            record.time = try #require(Timestamp(text))
            let line = format.line(record, at: 3)
            #expect(!line.isEmpty)
            #expect(format != .otlp || line.contains("\"timeUnixNano\":\"0\""))
        }
    }

    @Test("JSON shapes are JSON, whatever is in them", arguments: [ExportFormat.jsonl, .opa, .ocsf, .otlp])
    func json(format: ExportFormat) {
        for text in Self.traps {
            #expect(JSONReader.value(ArraySlice(format.line(Self.poisoned(text), at: 3).utf8))?.object != nil)
        }
    }

    @Test("CEF has seven bars that are not escaped, and each extension one equals sign")
    func cef() {
        for text in Self.traps {
            let line = CEFExport.line(Self.poisoned(text))
            var bars = 0
            var isEscaped = false
            for character in line.unicodeScalars {
                if character == "|", !isEscaped { bars += 1 }
                isEscaped = character == "\\" && !isEscaped
                if bars == 7 { break }
            }
            #expect(bars == 7)
        }
        #expect(
            CEFExport.line(Self.record)
                == "CEF:0|Stile|Stile|1|deny|deny read|5|rt=1795459659123 externalId=01M84VRDBKNF6G28T5CY4TQKFF act=deny "
                + "outcome=enforce dvchost=plant-1 app=mlflow suid=uuid:anna suser=anna src=10.0.0.7 requestMethod=GET "
                + "request=/api/2.0/mlflow/runs/get reason=your clearance is below confidential cs1Label=label "
                + "cs1=confidential//customer-x cs2Label=causes cs2=label cs3Label=policies cs3=CAT-1,CLR-1 "
                + "cs4Label=resource cs4=press4-forces cs5Label=revision cs5=sha256:ab12"
        )
    }

    @Test("A syslog message has its head, its data and its length")
    func syslog() {
        let message = SyslogExport.message(Self.record, at: 7)
        #expect(
            message.hasPrefix(
                "<109>1 2026-11-23T18:47:39.123456Z plant-1 stile - decision [decision@32473 "
                    + "id=\"01M84VRDBKNF6G28T5CY4TQKFF\" decision=\"deny\" causes=\"label\" action=\"read\""
            )
        )
        #expect(String(decoding: SyslogExport.framed("äb"), as: UTF8.self) == "3 äb")
    }

    @Test("Over syslog every message has one head, whatever it holds", arguments: Self.traps)
    func wrapped(text: String) {
        let record = Self.poisoned(text)
        for (format, word) in [(ExportFormat.cef, "cef"), (.syslog, "decision")] {
            let messages = format.messages([(3, .decision(record))], overSyslog: true)
            #expect(messages.count == 1)
            let parts = messages[0].split(separator: " ", maxSplits: 6, omittingEmptySubsequences: false)
            #expect(parts[0] == "<109>1" && parts[3] == "stile" && parts[5] == word)
            #expect(!messages[0].unicodeScalars.contains { $0.value < 0x20 })
        }
        #expect(format(ofEvents: .cef) == [])
    }

    private func format(ofEvents format: ExportFormat) -> [String] {
        let event = LogEvent(
            id: Self.record.id,
            time: Self.record.time,
            gateway: "plant-1",
            name: "log-opened",
            details: .null
        )
        return format.messages([(3, .event(event))], overSyslog: true)
    }

    @Test("OPA and OCSF say what was decided, and that a person was erased")
    func meanings() {
        let opa = OPAExport.value(Self.record)
        #expect(opa["decision_id"]?.string == Self.record.id.description)
        #expect(opa["result"]?["allow"]?.bool == false)
        #expect(opa["input"]?["user"]?["name"]?.string == "anna")
        #expect(opa["bundles"]?["policies"]?["revision"]?.string == "sha256:ab12")
        let ocsf = OCSFExport.value(Self.record, at: 1)
        #expect(ocsf["type_uid"]?.integer == 600_302)
        #expect(ocsf["action_id"]?.integer == 2)
        #expect(ocsf["actor"]?["user"]?["name"]?.string == "anna")
        var erased = Self.record
        erased.person = nil
        #expect(OPAExport.value(erased)["erased"]?.array?.isEmpty == false)
        #expect(OCSFExport.value(erased, at: 1)["actor"]?["user"]?["uid"]?.string == "erased")
    }
}
