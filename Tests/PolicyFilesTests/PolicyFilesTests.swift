import Catalog
import Directory
import Foundation
import PolicyFiles
import SecurityLabels
import Testing

@Suite("Files under policies/")
struct PolicyFilesTests {
    static let scheme = SchemeFile.read(
        """
        levels: [public, internal, confidential]
        categories:
          customer-x: { title: Customer X }
          export:     { title: Export controlled, floor: true }
        unlabelled: deny
        review-every: 365d
        explain: { public: full }
        """,
        file: "scheme.yaml",
        findings: Findings()
    )

    @Test("The sample policies read without a finding")
    func samples() throws {
        let findings = Findings()
        let path = URL(filePath: #filePath).appending(path: "../../../policies").standardizedFileURL.path
        let source = PolicySource(PolicyFolder(path: path, findings: findings), findings: findings)
        #expect(findings.all.map(\.description) == [])
        #expect(source?.scheme.levels.map(\.name) == ["public", "internal", "confidential", "strictly-confidential"])
        #expect(source?.entries.contains { $0.id == "press4-forces" && $0.label?.label.categories.count == 1 } == true)
        #expect(source?.tests.isEmpty == false)
    }

    @Test(
        "A broken scheme is refused, each error at its place",
        arguments: [
            ("levels: []\nunlabelled: deny", ["scheme.yaml:1:9"]),
            ("levels: [a, b]", ["scheme.yaml:1:1"]),
            ("levels: [a, b]\nunlabelled: dney", ["scheme.yaml:2:13"]),
            ("levels: [a, a]\nunlabelled: deny", ["scheme.yaml:1:9"]),
            ("levels: [a, b]\nunlabelled: deny\nlevel: x", ["scheme.yaml:3:1"]),
            (
                "levels: [a, b]\nunlabelled: deny\nexplain: { c: full, a: loud }",
                ["scheme.yaml:3:12", "scheme.yaml:3:24"]
            ),
            ("levels: [a, b]\nunlabelled: deny\nreview-every: often", ["scheme.yaml:3:15"]),
            ("levels: [a, b", ["scheme.yaml:"]),
            ("levels: [a]\nlevels: [b]\nunlabelled: deny", ["scheme.yaml:"]),
            ("- a", ["scheme.yaml:1:1"]),
        ] as [(String, [String])]
    )
    func brokenSchemes(text: String, places: [String]) {
        let findings = Findings()
        #expect(SchemeFile.read(text, file: "scheme.yaml", findings: findings) == nil)
        let found = findings.all.map(\.description)
        #expect(found.count == places.count, "\(found)")
        for (sentence, place) in zip(found, places) { #expect(sentence.hasPrefix(place), "\(sentence)") }
    }

    @Test("Hostile nesting is refused before it is parsed", arguments: ["[", "{a: "])
    func nesting(opening: String) {
        #expect(throws: PolicyDiagnostic.self) {
            try YAMLValue(text: String(repeating: opening, count: 100_000), file: "x.yaml")
        }
    }

    @Test("Aliases to aliases do not grow without end")
    func laughs() {
        let lines =
            ["a0: &a0 [x, x, x, x, x, x, x, x]"]
            + (1...12).map { level in
                "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 8).joined(separator: ", ") + "]"
            }
        #expect(throws: PolicyDiagnostic.self) { try YAMLValue(text: lines.joined(separator: "\n"), file: "x.yaml") }
    }

    @Test(
        "A misspelt word is met with what was meant",
        arguments: [
            ("datasets: { a: { title: A, label: { level: confidentail } } }", "did you mean `confidential`?"),
            ("datasets: { a: { title: A, lable: { level: public } } }", "did you mean `label`?"),
            (
                "datasets: { a: { title: A, label: { level: public, categories: [customer-y] } } }",
                "did you mean `customer-x`?"
            ),
            ("dataset: { a: { title: A } }", "did you mean `datasets`?"),
        ]
    )
    func meant(text: String, remedy: String) {
        let findings = Findings()
        _ = CatalogFile.read(text, file: "c.yaml", scheme: Self.scheme, findings: findings)
        #expect(findings.all.first?.remedy == remedy, "\(findings.all)")
    }

    @Test(
        "What a catalogue entry may not be",
        arguments: [
            "datasets: { a: {} }",
            "datasets: { 'a b': { title: A } }",
            "datasets: { a: { title: A, owner: eva } }",
            "datasets: { a: { title: A, label: { level: public, at: 2026-02-30 } } }",
            "datasets: { a: { title: A, label: { level: public, at: 2026-02-03, review-by: 2026-02-02 } } }",
            "datasets: { a: { title: A, served: [ { experiment: x } ] } }",
            "datasets: { a: { title: A, served: [ { service: mlflow } ] } }",
            "datasets: { a: { title: A, served: [ { service: mlflow, experiment: a, bucket: b } ] } }",
            "datasets: [a]",
        ]
    )
    func brokenEntries(text: String) {
        let findings = Findings()
        _ = CatalogFile.read(text, file: "c.yaml", scheme: Self.scheme, findings: findings)
        #expect(findings.all.count == 1, "\(findings.all)")
    }

    @Test("Clearance rules: whom, what, and a ceiling")
    func clearances() throws {
        let findings = Findings()
        let rules = ClearancesFile.read(
            """
            - group: "cn=engineers,dc=plant"
              level: confidential
              categories: [customer-x]
            - group: uuid:6f9619ff-8b86-d011-b42d-00c04fc964ff
              ceiling: internal
            - attribute: employeeType=guest
              level: public
            """,
            file: "clearances.yaml",
            scheme: Self.scheme,
            findings: findings
        )
        #expect(findings.all == [])
        #expect(rules?.rules.count == 3)
        #expect(rules?.rules.first?.level?.name == "confidential")
        #expect(rules?.rules[1].ceiling?.level.name == "internal")
    }

    @Test(
        "One wrong rule and there are no rules",
        arguments: [
            "- level: public",
            "- { group: 'cn=a', attribute: b=c, level: public }",
            "- { group: 'not a dn', level: public }",
            "- { group: 'cn=a' }",
            "- { group: 'cn=a', level: secret }",
            "- { attribute: nothing, level: public }",
            "- { group: 'cn=a', level: public, ceiling-categories: [customer-x] }",
            "group: 'cn=a'",
        ]
    )
    func brokenClearances(text: String) {
        let findings = Findings()
        let rules = ClearancesFile.read(text, file: "clearances.yaml", scheme: Self.scheme, findings: findings)
        #expect(rules == nil)
        #expect(findings.all.count == 1, "\(findings.all)")
    }

    @Test("The fingerprint sees a file written, replaced, added and removed")
    func fingerprint() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "stile-policies-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder.appending(path: "catalog"),
            withIntermediateDirectories: true
        )
        defer { try? FileManager.default.removeItem(at: folder) }
        func write(_ text: String, _ name: String) throws {
            try Data(text.utf8).write(to: folder.appending(path: name))
        }
        var seen: [Int] = [PolicyFolder.fingerprint(of: folder.path)]
        try write("levels: [a]", "scheme.yaml")
        seen.append(PolicyFolder.fingerprint(of: folder.path))
        try write("levels: [a, b]", "scheme.yaml")
        seen.append(PolicyFolder.fingerprint(of: folder.path))
        try write("datasets: {}", "catalog/a.yaml")
        seen.append(PolicyFolder.fingerprint(of: folder.path))
        try FileManager.default.removeItem(at: folder.appending(path: "catalog/a.yaml"))
        seen.append(PolicyFolder.fingerprint(of: folder.path))
        #expect(Set(seen).count == 4)
        #expect(seen[2] == seen[4])
        try write("half written", ".scheme.yaml.swp")
        #expect(PolicyFolder.fingerprint(of: folder.path) == seen[4])
    }
}
