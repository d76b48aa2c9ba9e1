import Catalog
import Directory
import PolicyDecision
import SecurityLabels
import Testing

@Suite("Policies in force")
struct PolicyInForceTests {
    /// What is wrong with the company after a change.
    private func wrong(_ change: (inout SampleCompany) throws -> Void) throws -> [String] {
        var company = try SampleCompany()
        try change(&company)
        do throws(PolicyDiagnostics) {
            _ = try Self.take(company)
            return []
        } catch {
            return error.all.map(\.description)
        }
    }

    private static func take(_ company: SampleCompany) throws(PolicyDiagnostics) -> PolicyInForce {
        do {
            return try company.inForce()
        } catch let error as PolicyDiagnostics {
            throw error
        } catch {
            throw PolicyDiagnostics([PolicyDiagnostic(at: SourcePosition(file: "test"), "\(error)")])
        }
    }

    @Test(
        "A broken policy is refused with its place and a remedy",
        arguments: [
            ("permit (principal, action, resource);", "m.cedar:1:1: error: policy without `@id`"),
            ("@id(\"A\")\npermit (principal, action resource);", "m.cedar:2:27: error: "),
            (
                "@id(\"CLR-1\") permit (principal, action, resource);",
                "m.cedar:1:1: error: `CLR-1` is already the id of the policy at labels.cedar:1:1"
            ),
            (
                "@id(\"A\") @reason(\"no {nonsense}\") forbid (principal, action, resource);",
                "m.cedar:1:10: error: unknown placeholder `{nonsense}` in `@reason`, expected one of: {resource.level}"
            ),
            ("@id(\"A\") @reason(\"{\") forbid (principal, action, resource);", "m.cedar:1:10: error: `{` without `}`"),
            ("@id(\"A\") permit (principal, action, resource) when { resource.rnak > 1 };", "m.cedar:1:"),
            ("@id(\"A\") permit (principal, action, resource in Level::\"secret\");", "m.cedar:1:"),
            ("@id(\"A\") permit (principal, action == Action::\"raed\", resource);", "m.cedar:1:"),
            (
                "@id(\"A\") permit (principal, action, resource in Project::\"pres4\");",
                "m.cedar:1:1: error: `Project::\"pres4\"` is not in the catalog, so this never applies; did you mean `press4`?"
            ),
            (
                "@id(\"A\") permit (principal, action, resource) when { resource == Dataset::\"x\" };",
                "m.cedar:1:66: error: `Dataset::\"x\"` is not in the catalog"
            ),
        ]
    )
    func brokenPolicies(text: String, expected: String) throws {
        let found = try self.wrong { $0.policies.append(PolicyText(file: "m.cedar", text: text)) }
        #expect(found.contains { $0.hasPrefix(expected) }, "\(found)")
    }

    @Test(
        "A schema that does not fit what is known is refused with its place",
        arguments: [
            (
                "clearance: Long", "clearance: String",
                "schema.cedarschema:3:26: error: `clearance` of `User` has type `String`, expected `Long`"
            ),
            (
                "level: Level, ", "",
                "schema.cedarschema:4:8: error: `Dataset` does not declare `level`, expected `level: Level`"
            ),
            ("in [Dataset, Model,", "in [Dataset,", "schema.cedarschema:4:8: error: `Dataset` cannot be in `Model`"),
            (
                "owner?: Group", "owner: Group",
                "schema.cedarschema:5:75: error: attribute `owner` of `Dataset` must be optional"
            ),
            (
                "peer?: ipaddr", "peer?: String",
                "schema.cedarschema:7:36: error: `peer` in the context of Action::\"administer\" has type `String`, expected `ipaddr`"
            ),
            (
                "purpose?:", "purpose:",
                "schema.cedarschema:7:84: error: `purpose` in the context of Action::\"administer\" must be optional"
            ),
            (
                "encrypted: Bool", "moon: Bool",
                "schema.cedarschema:7:51: error: `moon` in the context of Action::\"administer\" is not known"
            ),
            ("entity Group;", "entity Grupp;", "schema.cedarschema:"),
            (
                "department?: String", "department?: ipaddr",
                "schema.cedarschema:3:78: error: attribute `department` of `User` has type `ipaddr`"
            ),
        ]
    )
    func brokenSchema(old: String, new: String, expected: String) throws {
        let found = try self.wrong { $0.schema.text = $0.schema.text.replacing(old, with: new) }
        #expect(found.contains { $0.hasPrefix(expected) }, "\(found)")
    }

    @Test("All errors of all files are told at once, in order")
    func together() throws {
        let found = try self.wrong { company in
            company.policies.append(PolicyText(file: "z.cedar", text: "permit (principal, action, resource);"))
            company.policies.append(PolicyText(file: "a.cedar", text: "permit (principal"))
            try company.add("press4", title: "Again")
        }
        #expect(found.map { String($0.prefix(7)) } == ["a.cedar", "catalog", "z.cedar"])
    }

    @Test("What is odd but harmless is a warning")
    func warnings() throws {
        var company = try SampleCompany()
        company.policies.append(
            PolicyText(
                file: "m.cedar",
                text: "@id(\"A\") @resaon(\"x\") forbid (principal, action == Action::\"delete\", resource);"
            )
        )
        let warnings = try company.inForce().warnings
        #expect(
            warnings.map(\.message) == [
                "forbid `A` has no `@reason`, so a refusal cannot say why",
                "unknown annotation `@resaon`, expected one of: @id, @reason, @shadow, @overridable",
            ]
        )
        #expect(warnings.allSatisfy { $0.severity == .warning })
    }

    @Test("Levels and categories of the schema come from the scheme")
    func generatedSchema() throws {
        let text = GeneratedSchema.text(for: try SampleCompany().scheme)
        #expect(
            text.contains("entity Level enum [\"public\", \"internal\", \"confidential\", \"strictly-confidential\"];")
        )
        #expect(text.contains("entity Category enum [\"customer-x\", \"export-controlled\", \"personal-data\"];"))
        #expect(GeneratedSchema.text(for: try Scheme(levels: ["low"])).contains("entity Category;"))
    }

    @Test("A scheme without categories works")
    func withoutCategories() throws {
        var company = try SampleCompany()
        company.entries = []
        company.scheme = try Scheme(levels: ["public", "internal", "confidential", "strictly-confidential"])
        try company.add("a", title: "A", label: "internal")
        company.policies = [
            PolicyText(
                file: "m.cedar",
                text: "@id(\"A\") permit (principal, action, resource);\n" + SampleCompany.labelRules
            )
        ]
        let policies = try PolicyInForce(
            revision: "r",
            scheme: company.scheme,
            clearances: ClearanceRules(rules: []),
            entries: company.entries,
            schema: company.schema,
            policies: company.policies,
            tests: [
                PolicyTest(
                    name: "open",
                    principal: .init(name: "x", clearance: try company.scheme.label(marking: "internal")),
                    action: "read",
                    target: .entry("a"),
                    allowed: true,
                    because: ["A"],
                    position: SourcePosition(file: "t.yaml", line: 1, column: 1)
                )
            ]
        )
        #expect(policies.contextRead == .grant)
    }
}
