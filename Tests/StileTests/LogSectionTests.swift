import DecisionLog
import Foundation
import Testing
import TransparencyLog

@testable import stile

@Suite("log: in stile.yaml")
struct LogSectionTests {
    static let key = NoteSignerKey(name: "w.example", kind: .cosigner)?.verifier.description ?? ""
    static let good = """

        log:
          witness-every: 30s
          ship:
            - { name: siem, format: cef, to: "syslog+tls://siem.example", ca: siem.pem }
            - { name: lake, format: ocsf, to: "https://lake.example/in?x=1", authorization-file: lake.token }
            - { name: otel, format: otlp, to: "http://localhost:4318/v1/logs" }
            - { name: copy, to: "file:copy.jsonl" }
          witnesses:
            - { key: "\(key)", url: "https://w.example/stile" }
          keep: 400d
        """

    @Test("Shippers and witnesses are read, relative paths from the file's own folder")
    func good() throws {
        let (configuration, findings) = ConfigurationFileTests.read(ConfigurationFileTests.good + Self.good)
        #expect(findings == [])
        let log = try #require(configuration).log
        #expect(log.witnessEvery == .seconds(30))
        #expect(log.keepDays == 400)
        #expect(log.witnesses.map(\.key.name) == ["w.example"])
        #expect(log.shippers.map(\.name) == ["siem", "lake", "otel", "copy"])
        #expect(log.shippers.map(\.format) == [.cef, .ocsf, .otlp, .jsonl])
        guard case .syslog("siem.example", 6_514) = log.shippers[0].target,
            case .file("/etc/stile/copy.jsonl") = log.shippers[3].target
        else {
            Issue.record("\(log.shippers)")
            return
        }
        #expect(log.shippers[0].authorities == "/etc/stile/siem.pem")
    }

    @Test(
        "What is wrong is named at its place, with what was found and expected",
        arguments: [
            ("format: cef", "format: ocsf", "stile.yaml:18:", "`ocsf`"),
            ("format: ocsf", "format: leef", "stile.yaml:19:", "`leef`"),
            ("https://lake.example", "http://lake.example", "stile.yaml:19:", "https"),
            ("https://lake.example", "https://me@lake.example", "stile.yaml:19:", "https"),
            ("syslog+tls://", "syslog://", "stile.yaml:18:", "syslog+tls"),
            ("name: otel", "name: siem", "stile.yaml:20:", "second shipper"),
            ("name: otel", "name: ../otel", "stile.yaml:20:", "letters"),
            ("to: \"file:copy.jsonl\"", "two: x", "stile.yaml:21:", "to"),
            ("w.example+", "w.example-", "stile.yaml:23:", "public key"),
            ("https://w.example/stile", "http://w.example/stile", "stile.yaml:23:", "https"),
            ("keep: 400d", "keep: 36h", "stile.yaml:24:", "whole days"),
            ("keep: 400d", "keep: 0d", "stile.yaml:24:", "whole days"),
            ("keep: 400d", "keep: 99999d", "stile.yaml:24:", "whole days"),
            ("witness-every: 30s", "witness-every: 30", "stile.yaml:16:", "30"),
            ("witness-every: 30s", "witness-evry: 30s", "stile.yaml:16:", "witness-evry"),
        ]
    )
    func broken(what: String, by replacement: String, place: String, word: String) {
        let text = ConfigurationFileTests.good + Self.good.replacing(what, with: replacement, maxReplacements: 1)
        let (configuration, findings) = ConfigurationFileTests.read(text)
        #expect(configuration == nil)
        #expect(findings.contains { $0.hasPrefix(place) && $0.contains(word) }, "\(findings)")
    }
}
