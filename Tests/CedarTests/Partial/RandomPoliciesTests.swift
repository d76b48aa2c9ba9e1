import Cedar
import Testing

/// Policies put together by chance, asked in every way that must agree with trying everything.
@Suite("Policies by chance")
struct RandomPoliciesTests {
    private static let principals = [
        "principal", "principal == User::\"anna\"", "principal in Group::\"all\"", "principal is User",
        "principal is User in Group::\"family\"", "principal in Group::\"none\"",
    ]
    private static let resources = [
        "resource", "resource == Photo::\"a\"", "resource in Album::\"root\"", "resource is Photo", "resource is Album",
        "resource is Photo in Album::\"summer\"", "resource in Level::\"low\"", "resource in Album::\"nowhere\"",
    ]
    private static let actions = ["action", "action == Action::\"view\"", "action in Action::\"any\""]
    private static let atoms = [
        "context.mfa", "!context.mfa", "context has n && context.n > 3",
        "context has rec.y && context.rec.y like \"a*\"",
        "principal.age > 17", "principal.ok", "principal has boss && principal.boss == resource.owner",
        "principal has boss && principal.boss.ok", "principal.age + 9223372036854775800 > 0",
        "principal has address.zip",
        "principal in [Group::\"all\", Group::\"x\"]", "principal is User in Group::\"family\"",
        "resource == Photo::\"a\"", "resource in Album::\"root\"", "resource in [Album::\"summer\", Album::\"x\"]",
        "resource is Photo && resource.owner == principal", "resource is Photo && resource.size > 0",
        "resource is Photo && resource.labels.contains(\"sea\")", "resource is Photo in Level::\"low\"",
        "resource is Album && resource has owner", "resource is Photo && resource.owner.ok",
        "resource has owner.address",
        "resource is Photo && principal.roles.containsAny(resource.labels)", "principal.hasTag(\"t\")",
        "principal.hasTag(\"t\") && principal.getTag(\"t\").contains(\"x\")", "User::\"ben\" == principal",
        "Photo::\"b\" == resource || resource in Album::\"summer\"", "[principal] == [User::\"anna\"]", "true", "false",
        "{a: resource, b: principal.age}.b == 30", "(if context.mfa then principal else User::\"ben\").ok",
    ]

    /// A condition of so many atoms.
    private static func condition(_ atoms: Int, _ dice: inout Chance) -> String {
        guard atoms > 1 else { return dice.pick(self.atoms) }
        let left = self.condition(atoms / 2, &dice)
        let right = self.condition(atoms - atoms / 2, &dice)
        return switch dice.roll(5) {
        case 0, 1: "(\(left)) && (\(right))"
        case 2, 3: "(\(left)) || (\(right))"
        default: "if \(dice.pick(self.atoms)) then (\(left)) else !(\(right))"
        }
    }

    private static func policies(_ dice: inout Chance) -> String {
        (0..<1 + dice.roll(4)).map { _ in
            let effect = dice.pick(["permit", "permit", "forbid"])
            var policy =
                "\(effect) (\(dice.pick(self.principals)), \(dice.pick(self.actions)), \(dice.pick(self.resources)))"
            for _ in 0..<dice.roll(3) {
                policy += " \(dice.pick(["when", "unless"])) { \(self.condition(1 + dice.roll(4), &dice)) }"
            }
            return policy + ";"
        }.joined(separator: "\n")
    }

    @Test("Partial answers, searches and explanations agree with deciding every request", arguments: 1...8)
    func agreement(seed: UInt64) throws {
        var dice = Chance(seed: seed)
        let schema = try PhotoHouse.schema()
        // Partial answers know the groups of actions from the schema, so decisions must have them in the store.
        let entities = try Entities(Array(PhotoHouse.entities()) + schema.actionEntities)
        let people = entities.map(\.uid).filter { $0.type.text == "User" }
        let things = entities.map(\.uid).filter { ["Photo", "Album"].contains($0.type.text) }
        var tried = 0
        while tried < 25 {
            let text = Self.policies(&dice)
            let policies = try PolicySet(parsing: text)
            guard let partial = try? PartialAuthorizer(schema, policies) else { continue }
            tried += 1
            let context: RecordValue = dice.pick([
                ["mfa": .bool(true)], ["mfa": .bool(false), "n": .long(4)],
                ["mfa": .bool(true), "rec": .record([("x", .long(1)), ("y", .string("abc"))])],
            ])
            let world = World(
                partial: partial,
                authorizer: Authorizer(policies),
                entities: entities,
                action: try PhotoHouse.uid("Action", "view"),
                context: context
            )
            world.checkSearches(people, things, text)
            for person in people { for thing in things { world.checkAnswers(person, thing, text) } }
        }
    }

    /// One policy set with everything that can be asked of it.
    private struct World {
        let partial: PartialAuthorizer
        let authorizer: Authorizer
        let entities: Entities
        let action: EntityUID
        let context: RecordValue

        private func request(_ person: EntityUID, _ thing: EntityUID) -> Request {
            Request(principal: person, action: self.action, resource: thing, context: self.context)
        }

        func checkSearches(_ people: [EntityUID], _ things: [EntityUID], _ text: String) {
            func isAllowed(_ person: EntityUID, _ thing: EntityUID) -> Bool {
                self.authorizer.decide(self.request(person, thing), self.entities).decision == .allow
            }
            let finder = AccessFinder(self.partial, self.authorizer, self.entities)
            for person in people {
                let found = finder.whatCan(person, self.action, context: self.context).allowed
                #expect(found == things.filter { isAllowed(person, $0) }.sorted(), "\(person): \(text)")
            }
            for thing in things {
                let found = finder.whoCan(self.action, thing, context: self.context).allowed
                #expect(found == people.filter { isAllowed($0, thing) }.sorted(), "\(thing): \(text)")
            }
        }

        func checkAnswers(_ person: EntityUID, _ thing: EntityUID, _ text: String) {
            let request = self.request(person, thing)
            let response = self.authorizer.decide(request, self.entities)
            for mask in self.masks(of: request) {
                let answers = self.partial.evaluate(mask, self.entities).filter {
                    $0.environment.principal == person.type && $0.environment.resource == thing.type
                        && $0.environment.action == self.action
                }
                #expect(answers.count == 1)
                for answer in answers {
                    #expect(answer.completed(by: request, self.entities) == response.decision, "\(mask): \(text)")
                    #expect(answer.decision == nil || answer.decision == response.decision, "\(mask): \(text)")
                }
            }
            self.checkExplanation(request, response, text)
        }

        /// The request with parts left out.
        private func masks(of request: Request) -> [PartialRequest] {
            let whole = PartialRequest(
                principal: .known(request.principal),
                action: request.action,
                resource: .known(request.resource),
                context: request.context
            )
            var masks = Array(repeating: whole, count: 6)
            masks[1].principal = .unknown(nil)
            masks[2].resource = .unknown(request.resource.type)
            masks[3].context = ["mfa": request.context["mfa"] ?? .bool(false)]
            masks[3].openContext = .attributes(["n", "rec"])
            masks[4].context = [:]
            masks[4].openContext = .rest
            masks[5].principal = .unknown(nil)
            masks[5].action = nil
            masks[5].resource = .unknown(nil)
            masks[5].context = [:]
            masks[5].openContext = .rest
            return masks
        }

        /// A refusal without a forbid names every permit in scope, each with an operand that is not true.
        private func checkExplanation(_ request: Request, _ response: Response, _ text: String) {
            let explanation = self.authorizer.explain(request, self.entities)
            #expect(explanation.decision == response.decision)
            #expect(explanation.determining.map(\.policy.id) == response.determining)
            #expect(explanation.failed.map(\.policy.id) == response.failures.map(\.policy))
            guard response.permits.isEmpty else { return }
            let inScope = self.authorizer.policies.filter {
                $0.rule.effect == .permit && $0.rule.scopeMismatches(request, self.entities).isEmpty
            }
            #expect(explanation.nearest.filter(\.isInScope).map(\.policy.id) == inScope.map(\.id), "\(text)")
            for nearest in explanation.nearest where nearest.isInScope {
                guard let conjunct = nearest.failingConjunct else {
                    Issue.record("nothing failed in `\(nearest.policy.id)`: \(text)")
                    continue
                }
                let kind = nearest.policy.rule.conditions.first { $0.expression == conjunct }?.kind
                let value = try? conjunct.evaluate(request, self.entities)
                #expect(value != .bool(true) || kind == .unless, "\(conjunct) of \(text)")
            }
        }
    }
}

/// Chance that can be repeated (SplitMix64).
private struct Chance {
    private var state: UInt64

    init(seed: UInt64) { self.state = seed }

    mutating func roll(_ sides: Int) -> Int {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(sides))
    }

    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[self.roll(elements.count)] }
}
