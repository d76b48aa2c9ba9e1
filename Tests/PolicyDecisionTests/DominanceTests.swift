import Catalog
import DecisionLog
import Directory
import PolicyDecision
import SecurityLabels
import Testing

/// A company in which everything is permitted to everybody, so that labels alone decide: its laws are checked on every pair of labels.
@Suite("Labels alone")
struct DominanceTests {
    private let scheme: Scheme
    private let policies: PolicyInForce
    private let everyLabel: [SecurityLabel]

    init() throws {
        self.scheme = try Scheme(
            levels: ["public", "internal", "confidential"],
            categories: [
                "a": CategoryDefinition(title: "Alpha"), "b": CategoryDefinition(title: "Beta"),
                "c": CategoryDefinition(title: "Gamma", isFloor: true),
            ]
        )
        let scheme = self.scheme
        let sorted = scheme.categories.keys.sorted()
        self.everyLabel = scheme.levels.flatMap { level in
            (0..<8).map { mask in
                SecurityLabel(
                    level: level,
                    categories: Set(sorted.indices.filter { mask & (1 << $0) != 0 }.map { sorted[$0] })
                )
            }
        }
        let position = SourcePosition(file: "catalog.yaml")
        self.policies = try PolicyInForce(
            revision: "r",
            scheme: scheme,
            clearances: ClearanceRules(rules: []),
            entries: self.everyLabel.map {
                CatalogEntry(
                    id: $0.marking,
                    kind: .dataset,
                    title: $0.marking,
                    label: LabelAssignment(label: $0),
                    position: position
                )
            },
            schema: PolicyText(file: "schema.cedarschema", text: SampleCompany.schemaText),
            policies: [
                PolicyText(
                    file: "rules.cedar",
                    text: "@id(\"ALL\") permit (principal, action, resource);\n" + SampleCompany.labelRules
                )
            ]
        )
    }

    private func decision(_ clearance: SecurityLabel, _ label: SecurityLabel) throws -> AccessDecision {
        let test = PolicyTest(
            name: "",
            principal: .init(name: "x", clearance: clearance),
            action: "read",
            target: .entry(label.marking),
            allowed: true,
            position: SourcePosition(file: "")
        )
        return try #require(self.policies.run(test).decision)
    }

    @Test("Access is dominance, and every deny is due to the label alone")
    func dominance() throws {
        for clearance in self.everyLabel {
            for label in self.everyLabel {
                let decision = try self.decision(clearance, label)
                #expect(decision.isAllowed == clearance.dominates(label), "\(clearance.marking) reads \(label.marking)")
                #expect(decision.causes == (decision.isAllowed ? [] : .label))
                #expect(Set(decision.missing) == label.categories.subtracting(clearance.categories))
            }
        }
    }

    @Test("The one flip is the meet with the clearance, and there is none where a floor is missing")
    func flips() throws {
        for clearance in self.everyLabel {
            for label in self.everyLabel where !clearance.dominates(label) {
                let decision = try self.decision(clearance, label)
                let lacksFloor = !clearance.categories.isSuperset(of: label.categories.intersection(self.scheme.floors))
                #expect(decision.flips.map(\.label) == (lacksFloor ? [] : [label.met(with: clearance)]))
                #expect(decision.flipsComplete)
                for flip in decision.flips { #expect(try self.decision(clearance, flip.label).isAllowed) }
            }
        }
    }

    @Test(
        "A resource is in every level at or below its own, and in its categories",
        arguments: [
            ("confidential//a", "resource in Level::\"public\"", true),
            ("confidential//a", "resource in Level::\"internal\"", true),
            ("confidential//a", "resource in Level::\"confidential\"", true),
            ("internal//a", "resource in Level::\"confidential\"", false),
            ("internal//a", "resource in Category::\"a\"", true),
            ("internal//a", "resource in Category::\"b\"", false),
            ("internal//a", "resource.level == Level::\"internal\"", true),
            ("internal//a", "resource.categories == [Category::\"a\"]", true),
            ("internal//a", "resource.rank == 1", true),
            ("public", "resource.categories.isEmpty()", true),
            ("public", "resource.title == \"public\"", true),
            ("public", "context.service == \"catalog\" && context.kind == \"dataset\"", true),
            ("public", "context has peer || context has purpose || context has grant", false),
            ("public", "principal.clearance == 0 && principal.need.isEmpty() && principal.name == \"x\"", true),
        ]
    )
    func projection(marking: String, condition: String, holds: Bool) throws {
        let label = try self.scheme.label(marking: marking)
        let policies = try PolicyInForce(
            revision: "r",
            scheme: self.scheme,
            clearances: ClearanceRules(rules: []),
            entries: Array(self.policies.catalog.entries.values),
            schema: PolicyText(file: "schema.cedarschema", text: SampleCompany.schemaText),
            policies: [
                PolicyText(
                    file: "rules.cedar",
                    text: "@id(\"P\") permit (principal, action, resource) when { \(condition) };"
                )
            ]
        )
        let test = PolicyTest(
            name: "",
            principal: .init(name: "x", clearance: try self.scheme.label(marking: "public")),
            action: "read",
            target: .entry(label.marking),
            allowed: holds,
            position: SourcePosition(file: "")
        )
        #expect(policies.run(test).failures == [])
    }
}
