import Catalog
import DecisionLog
import Directory
import PolicyDecision
import SecurityLabels
import Testing

@Suite("Deciding")
struct DecidingTests {
    let policies: PolicyInForce

    init() throws { self.policies = try SampleCompany().inForce() }

    @Test(
        "Who may do what, and because of what",
        arguments: [
            // person, action, resource, allowed, because, causes
            ("anna", "read", "press4-forces", true, ["PRJ-press4"], []),
            ("anna", "infer", "press4-forces", true, ["PRJ-press4"], []),
            ("anna", "delete", "press4-forces", false, [], .role),
            ("ben", "read", "press4-forces", false, ["CAT-1"], .label),
            ("ben", "delete", "press4-forces", false, ["CAT-1"], [.label, .role]),  // both are named
            ("carla", "read", "press4-forces", false, ["CLR-1"], .label),  // need-to-know buys no rank
            ("carla", "read", "press4-people", false, ["CAT-1"], .label),
            ("otto", "delete", "press4-forces", true, ["OWN"], []),  // a group's name in other capitals
            ("fred", "read", "hall2-energy", false, ["CLR-1"], .label),
            ("fred", "read", "hall2-weather", true, ["PRJ-energy"], []),  // the project's label
            ("gina", "read", "hall2-energy", false, ["CLR-1"], [.label, .role]),
            ("gina", "read", "hall2-weather", false, [], .role),
            ("anna", "read", "press4-export", false, ["CAT-1"], .label),
            ("eva", "read", "press4-export", true, ["PRJ-press4"], []),
            ("anna", "read", "mlflow", true, ["SVC-mlflow"], []),
            ("anna", "write", "mlflow", false, [], .role),
        ] as [(String, String, String, Bool, [String], Causes)]
    )
    func decisions(
        person: String,
        action: String,
        resource: String,
        allowed: Bool,
        because: [String],
        causes: Causes
    ) throws {
        let decision = try self.policies.ask(person, action, resource)
        #expect(decision.isAllowed == allowed)
        #expect(decision.reasons.map(\.policy) == because)
        #expect(decision.causes == causes)
        #expect(decision.ground == .policies)
        #expect(decision.errors.isEmpty)
    }

    @Test(
        "What is not known is a deny with a reason of its own",
        arguments: [
            ("anna", "read", "press4-new", .unlabelled, .error),
            ("guest", "read", "press4-forces", .unreadableClearance(.noRule), .account),
            ("anna", "fly", "press4-forces", .unknownAction, .error),
        ] as [(String, String, String, DecisionGround, Causes)]
    )
    func grounds(person: String, action: String, resource: String, ground: DecisionGround, cause: Causes) throws {
        let decision = try self.policies.ask(person, action, resource)
        #expect(!decision.isAllowed && decision.ground == ground && decision.causes == cause)
        #expect(decision.flips.isEmpty && decision.reasons.isEmpty)
    }

    @Test(
        "A closed account gets nowhere, whatever its clearance",
        arguments: [AccountState.disabled, .expired, .locked(until: nil)]
    )
    func closedAccount(state: AccountState) throws {
        let person = self.policies.principal(try SampleCompany.person("anna", account: state))
        let resource = try #require(self.policies.resource(of: "press4-forces"))
        let decision = self.policies.decide("read", on: resource, by: person, in: DecisionContext())
        #expect(!decision.isAllowed && decision.ground == .closedAccount && decision.causes == .account)
    }

    @Test("What the catalog does not know is closed, unless the scheme has a default level")
    func unknownResource() throws {
        let reference = ResourceReference(service: "mlflow", kind: "experiment", id: "9", name: "nobody-knows")
        let anna = try SampleCompany.person("anna")
        let closed = self.policies.decide(
            "read",
            on: self.policies.resource(for: reference),
            by: self.policies.principal(anna),
            in: DecisionContext()
        )
        #expect(closed.ground == .unknownResource && !closed.isAllowed)
        var company = try SampleCompany(unlabelled: "internal")
        company.policies.append(
            PolicyText(
                file: "open.cedar",
                text: "@id(\"OPEN\") permit (principal, action == Action::\"read\", resource);"
            )
        )
        let lenient = try company.inForce()
        let open = lenient.decide(
            "read",
            on: lenient.resource(for: reference),
            by: lenient.principal(anna),
            in: DecisionContext()
        )
        #expect(open.isAllowed && open.origin == .default && open.label?.marking == "internal")
        #expect(open.reasons.map(\.sentence) == ["rule OPEN permits it"])
    }

    @Test("A thing that several entries serve is in each of them and needs all that they need")
    func joined() throws {
        let reference = ResourceReference(service: "mlflow", kind: "experiment", id: "3", name: "press4-shifts")
        let resource = self.policies.resource(for: reference)
        let decision = self.policies.decide(
            "read",
            on: resource,
            by: self.policies.principal(try SampleCompany.person("anna")),
            in: DecisionContext()
        )
        #expect(decision.resource == "press4-forces+press4-people")
        #expect(decision.label?.marking == "confidential//customer-x,personal-data" && decision.origin == .joined)
        #expect(!decision.isAllowed && decision.permits == ["PRJ-press4"])
        #expect(decision.missing.map(\.name) == ["personal-data"])
        #expect(decision.flips.map(\.label.marking) == ["confidential//customer-x"])
    }

    @Test("Reasons have their values filled in")
    func sentences() throws {
        let low = try self.policies.ask("carla", "read", "press4-forces")
        #expect(low.reasons.map(\.sentence) == ["your clearance internal is below confidential"])
        let narrow = try self.policies.ask("ben", "read", "press4-forces")
        #expect(narrow.reasons.map(\.sentence) == ["you lack the need-to-know customer-x"])
        #expect(narrow.reasons.map(\.guardedSentence) == ["you lack the need-to-know (not disclosed)"])
    }

    @Test("Things that no decision can tell apart share one identity")
    func identity() {
        let first = self.policies.resource(
            for: ResourceReference(service: "mlflow", kind: "experiment", id: "1", name: "press4-a")
        )
        let second = self.policies.resource(
            for: ResourceReference(service: "mlflow", kind: "experiment", id: "2", name: "press4-b")
        )
        let other = self.policies.resource(
            for: ResourceReference(service: "mlflow", kind: "experiment", id: "3", name: "energy-a")
        )
        let renamed = self.policies.resource(
            for: ResourceReference(service: "mlflow", kind: "experiment", id: "3", name: "energy-a"),
            bound: ["press4-x"]
        )
        #expect(
            first.identity == second.identity && first.identity != other.identity && other.identity != renamed.identity
        )
        #expect(renamed.labelled.label?.marking == "strictly-confidential//customer-x")
    }

    @Test("The circumstances that policies read are known")
    func contextRead() throws {
        #expect(self.policies.contextRead == .grant)
        var company = try SampleCompany()
        company.policies.append(
            PolicyText(
                file: "context.cedar",
                text: """
                    @id("NET") @reason("only from the plant") forbid (principal, action, resource)
                    unless { context has peer && context.peer.isInRange(ip("10.0.0.0/8")) };
                    @id("WATCH") @shadow @reason("at work") forbid (principal, action, resource)
                    when { context.time.toTime() < duration("6h") };
                    """
            )
        )
        #expect(try company.inForce().contextRead == [.grant, .peer, .time])
    }

    @Test(
        "A grant opens what its owner approved, and never a floor",
        arguments: [
            // person, resource, granted label, allowed
            ("fred", "hall2-energy", "strictly-confidential", true),
            ("fred", "hall2-energy", "confidential", false),
            ("ben", "press4-forces", "public//customer-x", true),
            ("ben", "press4-forces", "strictly-confidential", false),
            ("anna", "press4-export", "confidential//customer-x,export-controlled", false),
            ("eva", "press4-export", "public//customer-x", true),  // her own floor is hers
            ("gina", "hall2-energy", "strictly-confidential", false),  // a grant is no permit
        ]
    )
    func grants(person: String, resource: String, label: String, allowed: Bool) throws {
        let grant = CoveringGrant(id: "G-1", label: try self.policies.scheme.label(marking: label))
        let decision = try self.policies.ask(person, "read", resource, in: DecisionContext(grant: grant))
        #expect(decision.isAllowed == allowed)
        #expect(decision.grant == "G-1")
    }

    @Test("Attributes of the directory are read as the schema declares them")
    func directoryAttributes() throws {
        var company = try SampleCompany()
        company.policies.append(
            PolicyText(
                file: "department.cedar",
                text: """
                    @id("DEP") @reason("only for the press shop") forbid (principal, action, resource)
                    unless { principal has department && principal.department == "press" };
                    """
            )
        )
        let policies = try company.inForce()
        let resource = try #require(policies.resource(of: "press4-forces"))
        let answers = try [
            [:], ["department": ["press"]], ["Department": ["paint"]], ["department": ["press", "paint"]],
        ].map {
            policies.decide(
                "read",
                on: resource,
                by: policies.principal(try SampleCompany.person("anna", attributes: $0)),
                in: DecisionContext()
            )
        }
        #expect(answers.map(\.isAllowed) == [false, true, false, false])
        #expect(answers.map(\.causes) == [.account, [], .account, .error])
        #expect(answers[3].ground.refusal == "unreadable-person")  // two values where one is meant
    }
}
