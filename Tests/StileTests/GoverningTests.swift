import Foundation
import Governance
import PolicyDecision
import PolicyFiles
import Testing

@testable import stile

@Suite("What is governed, in the configuration and in revisions")
struct GoverningTests {
    @Test("The mode of policies and the bounds of grants are read, and have defaults")
    func sections() throws {
        let (plain, _) = ConfigurationFileTests.read(ConfigurationFileTests.good)
        #expect(plain?.policies.mode == .files)
        #expect(plain?.grants.limits.longest == Int64(90 * 86_400))
        #expect(plain?.grants.staleSeconds == 30)
        #expect(plain?.grants.limits.perGiver == 200 && plain?.grants.limits.perPerson == 1_000)
        #expect(plain?.signIn.tokensStaleSeconds == 3_600)
        let text =
            ConfigurationFileTests.good.replacing("folder: policies }", with: "folder: policies, mode: published }")
            + "\ngrants: { longest: 7d, stale-after: 1m, per-giver: 5, per-person: 6 }\nsign-in: { tokens-stale-after: 2d }\n"
        let (configuration, findings) = ConfigurationFileTests.read(text)
        #expect(findings == [])
        #expect(configuration?.policies.mode == .published)
        #expect(configuration?.grants.limits.longest == Int64(7 * 86_400))
        #expect(configuration?.grants.staleSeconds == 60)
        #expect(configuration?.grants.limits.perGiver == 5 && configuration?.grants.limits.perPerson == 6)
        #expect(configuration?.signIn.tokensStaleSeconds == 172_800)
    }

    @Test(
        "What cannot be is an error at its place",
        arguments: [
            ("folder: policies }", "folder: policies, mode: publish }", "expected `files` or `published`"),
            ("console: { hosts: [console.example] }", "grants: { longest: 5m }", "expected at least 1h"),
            ("console: { hosts: [console.example] }", "grants: { stale-after: 1s }", "expected 15s to 1d"),
            ("console: { hosts: [console.example] }", "grants: { per-giver: 0 }", "per-giver"),
            ("console: { hosts: [console.example] }", "grants: { per-giver: 7, per-person: 6 }", "use up"),
            ("console: { hosts: [console.example] }", "sign-in: { tokens-stale-after: 1s }", "expected 15s to 365d"),
            ("console: { hosts: [console.example] }", "grants: { stale-afer: 1m }", "stale-afer"),
            ("folder: policies }", "folder: policies, mode: published }", nil),
        ] as [(String, String, String?)]
    )
    func mistakes(found: String, instead: String, message: String?) {
        var text = ConfigurationFileTests.good.replacing(found, with: instead)
        if message == nil { text = text.replacing("console: { hosts: [console.example] }\n", with: "") }
        let (configuration, findings) = ConfigurationFileTests.read(text)
        #expect(configuration == nil)
        let expected = message ?? "expected the host name to publish at"
        #expect(findings.contains { $0.contains(expected) && $0.hasPrefix("stile.yaml:") }, "\(findings)")
    }

    /// The policies of this repository, with one text replaced in one file.
    static func bundle(_ name: String = "", _ found: String = "", _ instead: String = "") throws -> PolicyBundle {
        let folder = URL(filePath: #filePath).appending(path: "../../../policies").standardizedFileURL.path
        let bundle = try PolicyRevision.bundle(of: folder)
        let changed = bundle.text(of: name)?.contains(found) ?? name.isEmpty
        try #require(changed, "`\(found)` is not in `\(name)`")
        return try PolicyBundle(
            bundle.files.map { file in
                guard file.name == name else { return file }
                return PolicyBundle.File(
                    name: name,
                    text: file.text.replacing(found, with: instead, maxReplacements: 1)
                )
            }
        )
    }

    @Test("A revision has one name, whether it is read from a folder or was published")
    func name() throws {
        let bundle = try Self.bundle()
        #expect(try PolicyRevision.read(bundle).get().revision == bundle.digest.revision)
    }

    @Test(
        "What touches the rules or a floor takes two people, the rest of the catalogue one",
        arguments: [
            ("scheme.yaml", "365d", "400d", 2),
            ("clearances.yaml", "level: internal", "level: confidential", 2),
            ("schema.cedarschema", "// A person.", "// Somebody.", 2),
            ("projects.cedar", "press4-owners", "engineers", 2),
            ("tests/press4.yaml", "an analyst does not delete", "an analyst deletes nothing", 1),
            ("catalog/press.yaml", "Force curves of press 4", "Force curves", 1),
            ("catalog/quality.yaml", "level: internal", "level: public", 1),
        ] as [(String, String, String, Int)]
    )
    func people(file: String, found: String, instead: String, needed: Int) throws {
        #expect(try PolicyChange.peopleNeeded(Self.bundle(file, found, instead), Self.bundle()) == needed)
    }

    /// One more entry, served at MLflow.
    static func other(_ place: String, service: String = "mlflow") -> String {
        """
        datasets:
          another:
            title: Another
            owner: group:engineers
            project: press4
            label: { level: public, by: eva, at: 2026-02-01, review-by: 2027-02-01 }
            served: [{ service: \(service), \(place) }]
        """
    }

    @Test(
        "Who publishes and who grants is in the catalogue too, and takes two people",
        arguments: [
            // Everybody who owns the project could give grants for every entry, or approve revisions.
            ("press.yaml", "datasets:", Self.other("catalog-entry: \"*\"", service: "console")),
            ("press.yaml", "datasets:", Self.other("policy-revisions: \"*\"", service: "console")),
            (
                "services.yaml",
                "    title: Revisions of the policies\n    owner: group:security-officers\n    project: audit",
                "    title: Revisions of the policies\n    owner: group:security-officers"
            ),
            ("services.yaml", "level: confidential\n      reason: rules say", "level: public\n      reason: rules say"),
        ]
    )
    func console(file: String, found: String, instead: String) throws {
        // The tests of the repository would notice.
        func untested(_ bundle: PolicyBundle) throws -> PolicyBundle {
            try PolicyBundle(
                bundle.files.map { file in
                    guard file.name.hasPrefix("tests/") else { return file }
                    return PolicyBundle.File(name: file.name, text: "people: {}\ntests: []\n")
                }
            )
        }
        let bundle = try untested(Self.bundle("catalog/" + file, found, instead))
        if case .failure(let diagnostics) = PolicyRevision.read(bundle) { Issue.record("\(diagnostics)") }
        #expect(try PolicyChange.peopleNeeded(bundle, untested(Self.bundle())) == 2)
    }

    @Test(
        "Under a floor, a label, an owner, a project and a place take two people",
        arguments: [
            ("[export-controlled]", "[customer-x]", 2), ("[export-controlled]", "[export-controlled, customer-x]", 1),
            ("owner: group:press4-owners", "owner: group:engineers", 2), ("press4-*", "press5-*", 2),
            ("Force curves of press 4", "Force curves", 1),
            // Another entry over the same things would put them into its project, or give them its owner.
            ("datasets:", Self.other("experiment: \"press*\""), 2),
            ("datasets:", Self.other("experiment: press4-a"), 2), ("datasets:", Self.other("experiment-id: \"7\""), 2),
            ("datasets:", Self.other("experiment: press5-a"), 1),
            ("datasets:", Self.other("experiment: \"energy-*\""), 1),
        ]
    )
    func floors(found: String, instead: String, needed: Int) throws {
        let text = try #require(try Self.bundle().text(of: "catalog/press.yaml"))
            .replacing("categories: [customer-x]", with: "categories: [export-controlled]")
        func with(_ text: String) throws -> PolicyBundle {
            try PolicyBundle(
                Self.bundle().files.map { file in
                    switch file.name {
                    case "catalog/press.yaml": PolicyBundle.File(name: file.name, text: text)
                    // They speak of the label that the entry has in the repository.
                    case "tests/press4.yaml", "tests/tokens.yaml", "tests/governance.yaml":
                        PolicyBundle.File(name: file.name, text: "people: {}\ntests: []\n")
                    default: file
                    }
                }
            )
        }
        let base = try with(text)
        let changed = try with(text.replacing(found, with: instead))
        for bundle in [base, changed] {
            if case .failure(let diagnostics) = PolicyRevision.read(bundle) { Issue.record("\(diagnostics)") }
        }
        #expect(PolicyChange.peopleNeeded(changed, base) == needed)
    }
}
