import Catalog
import DecisionLog
import PolicyDecision
import SecurityLabels
import Testing

@Suite("Flips")
struct FlipSearchTests {
    /// Every minimal flip, by trying everything.
    private static func bruteForce(_ relaxations: Relaxations, _ isAllowed: (Relaxation) -> Bool) -> [Relaxation] {
        let allowed = relaxations.filter(isAllowed)
        return allowed.filter { flip in !allowed.contains { $0 != flip && $0.isIncluded(in: flip) } }
    }

    @Test(
        "Whatever the policies are, the search finds exactly the minimal flips",
        arguments: ["low", "high//a", "high//a,b", "mid//a,b"]
    )
    func exhaustive(marking: String) throws {
        let scheme = try Scheme(
            levels: ["low", "mid", "high"],
            categories: ["a": CategoryDefinition(title: "A"), "b": CategoryDefinition(title: "B")]
        )
        let relaxations = scheme.relaxations(of: try scheme.label(marking: marking))
        let all = Array(relaxations)
        // Every set of allowed relaxations, monotone or not: 2^11 of them at most.
        for mask in 0..<(1 << all.count) {
            let allowed = Set(all.indices.filter { mask & (1 << $0) != 0 }.map { all[$0] })
            let outcome = FlipSearch.run(relaxations) { allowed.contains($0) }
            let expected = Self.bruteForce(relaxations) { allowed.contains($0) }
            guard outcome.isComplete, outcome.relaxations == expected else {
                Issue.record("\(allowed.map(\.label.marking)) gave \(outcome)")
                return
            }
        }
    }

    @Test("With a small budget, flips are true flips, never asked for too often, and complete only when they are")
    func budget() throws {
        let scheme = try Scheme(
            levels: ["low", "high"],
            categories: ["a": CategoryDefinition(title: "A"), "b": CategoryDefinition(title: "B")]
        )
        let relaxations = scheme.relaxations(of: try scheme.label(marking: "high//a,b"))
        let all = Array(relaxations)
        for budget in 0...7 {
            for mask in 0..<(1 << all.count) {
                let allowed = Set(all.indices.filter { mask & (1 << $0) != 0 }.map { all[$0] })
                var asked = 0
                let outcome = FlipSearch.run(relaxations, budget: budget) {
                    asked += 1
                    return allowed.contains($0)
                }
                let expected = Self.bruteForce(relaxations) { allowed.contains($0) }
                #expect(asked <= budget)
                #expect(outcome.relaxations.allSatisfy(allowed.contains))
                #expect(!outcome.isComplete || outcome.relaxations == expected)
            }
        }
    }

    @Test("Among very many relaxations a good flip is found within twenty tries")
    func wide() throws {
        let names = (0..<12).map { "c\($0)" }
        let scheme = try Scheme(
            levels: ["low", "high"],
            categories: Dictionary(uniqueKeysWithValues: names.map { ($0, CategoryDefinition(title: "")) })
        )
        let relaxations = scheme.relaxations(of: try scheme.label(marking: "high//" + names.joined(separator: ",")))
        var asked = 0
        // Needs one level and two categories less.
        let outcome = FlipSearch.run(relaxations) {
            asked += 1
            return $0.levelsLowered == 1 && $0.dropped.map(\.name).contains("c0")
                && $0.dropped.map(\.name).contains("c1")
        }
        #expect(asked <= FlipSearch.budget && !outcome.isComplete && outcome.relaxations.count == 1)
        let hopeless = FlipSearch.run(relaxations) { _ in false }
        #expect(hopeless.relaxations.isEmpty && !hopeless.isComplete)
    }

    @Test(
        "What would have to be relaxed",
        arguments: [
            // person, resource, flips
            ("ben", "press4-forces", ["confidential"]),
            ("carla", "press4-forces", ["internal//customer-x"]),
            ("carla", "press4-people", ["internal"]),
            ("fred", "hall2-energy", ["confidential"]),
            ("gina", "hall2-energy", []),  // no permit matches, so no label helps
            ("anna", "press4-export", []),  // a floor is never relaxed
            ("carla", "press4-export", []),
        ]
    )
    func company(person: String, resource: String, flips: [String]) throws {
        let decision = try SampleCompany().inForce().ask(person, "read", resource)
        #expect(decision.flips.map(\.label.marking) == flips && decision.flipsComplete)
    }

    @Test("In the whole company, flips are what asking again under every lower label would give")
    func againstRelabelling() throws {
        let company = try SampleCompany()
        let policies = try company.inForce()
        for name in SampleCompany.people.keys.sorted() where name != "guest" {
            for entry in company.entries where entry.kind == .dataset && entry.label != nil {
                let decision = try policies.ask(name, "read", entry.id)
                let (label, clearance) = (try #require(decision.label), try #require(decision.clearance))
                guard !decision.isAllowed, decision.causes == .label else { continue }
                let relaxations = company.scheme.relaxations(of: label, downTo: label.met(with: clearance))
                let expected = Self.bruteForce(relaxations) { relaxation in
                    var other = company
                    for index in other.entries.indices where other.entries[index].id == entry.id {
                        other.entries[index].label = LabelAssignment(label: relaxation.label)
                    }
                    return (try? other.inForce().ask(name, "read", entry.id).isAllowed) == true
                }
                #expect(decision.flips == expected, "\(name) \(entry.id)")
            }
        }
    }

    @Test("A permit that only a lower label brings makes no flip, and one that it loses unmakes it")
    func notMonotone() throws {
        var company = try SampleCompany()
        company.policies.append(
            PolicyText(
                file: "odd.cedar",
                text: """
                    @id("HIGH") permit (principal in Group::"energy-analysts", action == Action::"write", resource in Level::"strictly-confidential");
                    @id("LOW") permit (principal in Group::"energy-analysts", action == Action::"list", resource)
                    unless { resource in Level::"strictly-confidential" };
                    """
            )
        )
        let policies = try company.inForce()
        let loses = try policies.ask("fred", "write", "hall2-energy")
        #expect(loses.permits == ["HIGH"] && loses.causes == .label && loses.flips.isEmpty && loses.flipsComplete)
        let gains = try policies.ask("fred", "list", "hall2-energy")
        #expect(gains.causes == [.label, .role] && gains.flips.isEmpty)
    }
}
