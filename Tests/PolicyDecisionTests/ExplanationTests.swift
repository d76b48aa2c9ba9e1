import Catalog
import DecisionLog
import PolicyDecision
import SecurityLabels
import Testing

@Suite("What a decision says")
struct ExplanationTests {
    @Test("No category's name is in a guarded sentence, whoever asks for whatever")
    func guarded() throws {
        var company = try SampleCompany()
        company.policies.append(
            PolicyText(
                file: "export.cedar",
                text: """
                    @id("EXP") @reason("Export controlled: only after training") forbid
                    (principal, action, resource in Category::"export-controlled");
                    @id("LBL") @reason("{principal.name} and {resource.label} {resource.categories} {{") forbid
                    (principal, action == Action::"delete", resource);
                    """
            )
        )
        let policies = try company.inForce()
        var guarded = 0
        for person in SampleCompany.people.keys {
            for entry in company.entries where entry.kind != .project {
                for reason in try policies.ask(person, "delete", entry.id).reasons {
                    guarded += reason.guardedSentence == nil ? 0 : 1
                    let told = (reason.guardedSentence ?? "").lowercased()
                    for (category, definition) in company.scheme.categories {
                        #expect(!told.contains(category.name) && !told.contains(definition.title.lowercased()))
                    }
                }
            }
        }
        #expect(guarded > 20)
        let decision = try policies.ask("anna", "delete", "press4-export")
        #expect(
            decision.reasons.map { [$0.sentence, $0.guardedSentence] } == [
                ["Export controlled: only after training", nil],
                [
                    "anna and confidential//customer-x,export-controlled customer-x, export-controlled {",
                    "anna and (not disclosed) (not disclosed) {",
                ],
                ["you lack the need-to-know export-controlled", "you lack the need-to-know (not disclosed)"],
            ]
        )
    }

    @Test(
        "Officers are told everything",
        arguments: [
            (
                "fred", "read", "hall2-energy",
                [
                    "deny       fred may not read hall2-energy (Meter readings of hall 2)",
                    "because    CLR-1: your clearance confidential is below strictly-confidential",
                    "causes     label",
                    "permits    PRJ-energy",
                    "label      strictly-confidential, catalog, by eva, without a reason",
                    "clearance  confidential",
                    "flips      at level confidential",
                    "owner      group:energy-owners",
                    "explains   owner",
                    "revision   r1",
                ]
            ),
            (
                "ben", "delete", "press4-forces",
                [
                    "deny       ben may not delete press4-forces (Force curves of press 4)",
                    "because    CAT-1: you lack the need-to-know customer-x",
                    "because    no permit matches",
                    "causes     label,role",
                    "label      confidential//customer-x, catalog, by eva, without a reason",
                    "clearance  confidential",
                    "missing    customer-x",
                    "flips      none",
                    "owner      group:press4-owners",
                    "explains   full",
                    "revision   r1",
                ]
            ),
            (
                "anna", "read", "press4-forces",
                [
                    "allow      anna may read press4-forces (Force curves of press 4)",
                    "because    PRJ-press4: analysts of press 4 work with its data",
                    "label      confidential//customer-x, catalog, by eva, without a reason",
                    "clearance  confidential//customer-x",
                    "owner      group:press4-owners",
                    "revision   r1",
                ]
            ),
            (
                "anna", "read", "press4-new",
                [
                    "deny       anna may not read press4-new (Not labelled yet)",
                    "because    it has no label, and the scheme has no default level",
                    "causes     error",
                    "label      none, unlabelled",
                    "clearance  confidential//customer-x",
                    "owner      group:press4-owners",
                    "explains   owner",
                    "revision   r1",
                ]
            ),
        ]
    )
    func explained(person: String, action: String, resource: String, lines: [String]) throws {
        #expect(try SampleCompany().inForce().ask(person, action, resource).explained == lines)
    }
}
