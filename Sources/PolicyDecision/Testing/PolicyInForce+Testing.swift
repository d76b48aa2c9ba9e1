package import Catalog
import Directory
import SecurityLabels

extension PolicyInForce {
    /// Asks a test's question and compares.
    package func run(_ test: PolicyTest) -> PolicyTestOutcome {
        let context: DecisionContext
        let person: Person
        do {
            context = try DecisionContext(texts: test.context)
            person = try Person(test: test.principal)
        } catch {
            return PolicyTestOutcome(test: test, decision: nil, failures: [error.message])
        }
        let resource: ResourceSnapshot
        switch test.target {
        case .reference(let reference): resource = self.resource(for: reference)
        case .entry(let id):
            guard let found = self.resource(of: id) else {
                return PolicyTestOutcome(test: test, decision: nil, failures: ["`\(id)` is not in the catalog"])
            }
            resource = found
        }
        let principal =
            test.principal.clearance.map { self.principal(person, outcome: .clearance($0)) } ?? self.principal(person)
        let decision = self.decide(test.action, on: resource, by: principal, in: context)
        return PolicyTestOutcome(test: test, decision: decision, failures: Self.failures(of: test, decision))
    }

    private static func failures(of test: PolicyTest, _ decision: AccessDecision) -> [String] {
        var failures: [String] = []
        let policies = Set(decision.reasons.map(\.policy))
        let because =
            policies.isEmpty ? (decision.ground.refusal ?? "no policy") : policies.sorted().joined(separator: ", ")
        if decision.isAllowed != test.allowed {
            failures.append(
                "found \(decision.isAllowed ? "allow" : "deny") because of \(because), expected \(test.allowed ? "allow" : "deny")"
            )
        } else if let expected = test.because, expected != policies {
            let names = expected.isEmpty ? "no policy" : expected.sorted().joined(separator: ", ")
            failures.append(
                "found \(decision.isAllowed ? "allow" : "deny") because of \(because), expected because of \(names)"
            )
        }
        failures += decision.errors.map { "could not evaluate \($0)" }
        return failures
    }
}

/// Why a test's question makes no sense.
struct MalformedTest: Error {
    let message: String
}

extension DecisionContext {
    /// Reads circumstances written as texts.
    ///
    /// - Parameter texts: Values by the names that policies use.
    /// - Throws: ``MalformedTest`` naming what is not known or not readable.
    init(texts: [String: String]) throws(MalformedTest) {
        self.init()
        for (name, text) in texts.sorted(by: { $0.key < $1.key }) {
            switch ContextAttributes(name: name) {
            case .some(.peer): self.peer = text
            case .some(.authentication): self.authentication = text
            case .some(.purpose): self.purpose = text
            case .some(.encrypted):
                guard let value = Bool(text) else {
                    throw MalformedTest(message: "malformed `encrypted`: `\(text)`, expected `true` or `false`")
                }
                self.isEncrypted = value
            case .some(.time):
                guard let value = EntityProjection.milliseconds(of: text) else {
                    throw MalformedTest(
                        message: "malformed `time`: `\(text)`, expected a form like `2026-01-31T08:00:00Z`"
                    )
                }
                self.milliseconds = value
            default:
                throw MalformedTest(
                    message:
                        "unknown circumstance `\(name)`, expected one of: authentication, encrypted, peer, purpose, time"
                )
            }
        }
    }
}

extension Person {
    /// A person that only a test knows.
    ///
    /// - Parameter principal: As the test describes them.
    /// - Throws: ``MalformedTest`` when a group's name is malformed.
    init(test principal: PolicyTest.Principal) throws(MalformedTest) {
        var groups: [Group] = []
        for (number, text) in principal.groups.enumerated() {
            groups.append(try Group(test: text, number: number))
        }
        self.init(
            id: PersonID(Self.testID(0)),
            name: principal.name,
            displayName: principal.name,
            mail: nil,
            dn: DistinguishedName(parts: []),
            groups: groups,
            attributes: principal.attributes
        )
    }

    /// An id that no directory gives: the name space of UUIDs with nothing but a number in it.
    fileprivate static func testID(_ number: Int) -> StableID {
        let digits = String(number, radix: 16)
        return .uuid("00000000-0000-0000-0000-" + String(repeating: "0", count: 12 - digits.utf8.count) + digits)
    }
}

extension Group {
    /// A group named by distinguished name, by `uuid:` or `sid:`, or by common name alone.
    fileprivate init(test text: String, number: Int) throws(MalformedTest) {
        if let id = StableID(value: text) {
            self.init(id: id, dn: nil, name: text)
        } else if text.contains("=") {
            let dn: DistinguishedName
            do {
                dn = try DistinguishedName(text)
            } catch {
                throw MalformedTest(message: "malformed group `\(text)`: \(error)")
            }
            self.init(id: Person.testID(number + 1), dn: dn, name: dn.firstValue ?? text)
        } else {
            self.init(id: Person.testID(number + 1), dn: nil, name: text)
        }
    }
}

extension DistinguishedName {
    /// The value of the first part: the common name, for a group.
    fileprivate var firstValue: String? {
        guard case .text(let value) = self.parts.first?.assertions.first?.value else { return nil }
        return value
    }
}
