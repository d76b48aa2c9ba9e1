import Catalog
import PolicyDecision
import SecurityLabels
import Testing

@Suite("Tests of policies")
struct PolicyTestTests {
    private func test(
        _ name: String,
        groups: [String],
        action: String = "read",
        target: PolicyTest.Target = .entry("press4-forces"),
        context: [String: String] = [:],
        allowed: Bool,
        because: Set<String>? = nil
    ) -> PolicyTest {
        PolicyTest(
            name: name,
            principal: .init(name: "x", groups: groups.map { "cn=\($0),ou=groups,dc=plant,dc=example" }),
            action: action,
            target: target,
            context: context,
            allowed: allowed,
            because: because,
            position: SourcePosition(file: "tests/press4.yaml", line: 7, column: 5)
        )
    }

    private static let analyst = ["engineers", "press4-analysts", "customer-x"]

    @Test("A test passes when decision and determining policies are as expected")
    func passing() throws {
        let policies = try SampleCompany().inForce()
        let experiment = ResourceReference(service: "mlflow", kind: "experiment", name: "press4-x")
        for test in [
            self.test("reads", groups: Self.analyst, allowed: true, because: ["PRJ-press4"]),
            self.test("by name", groups: Self.analyst, target: .reference(experiment), allowed: true),
            self.test("no need", groups: ["engineers", "press4-analysts"], allowed: false, because: ["CAT-1"]),
            self.test("no role", groups: Self.analyst, action: "delete", allowed: false, because: []),
            self.test("nobody", groups: [], allowed: false, because: []),
        ] {
            #expect(policies.run(test).failures == [])
        }
    }

    @Test("A failing test says what was found and expected")
    func failing() throws {
        let policies = try SampleCompany().inForce()
        let cases: [(PolicyTest, String)] = [
            (self.test("a", groups: Self.analyst, allowed: false), "found allow because of PRJ-press4, expected deny"),
            (
                self.test("b", groups: Self.analyst, allowed: true, because: ["OWN"]),
                "found allow because of PRJ-press4, expected because of OWN"
            ),
            (self.test("c", groups: [], allowed: true), "found deny because of unreadable-clearance, expected allow"),
            (self.test("d", groups: [], target: .entry("x"), allowed: true), "`x` is not in the catalog"),
            (
                self.test("e", groups: [], context: ["moon": "full"], allowed: true),
                "unknown circumstance `moon`, expected one of: authentication, encrypted, peer, purpose, time"
            ),
            (
                self.test("f", groups: [], context: ["time": "noon"], allowed: true),
                "malformed `time`: `noon`, expected a form like `2026-01-31T08:00:00Z`"
            ),
        ]
        for (test, failure) in cases { #expect(policies.run(test).failures == [failure]) }
    }

    @Test("A revision whose tests fail is not taken into force")
    func gate() throws {
        var company = try SampleCompany()
        company.tests = [self.test("opens the door", groups: Self.analyst, allowed: false)]
        let thrown = #expect(throws: PolicyDiagnostics.self) { try company.inForce() }
        #expect(
            thrown?.description
                == "tests/press4.yaml:7:5: error: test `opens the door`: found allow because of PRJ-press4, expected deny"
        )
    }
}
