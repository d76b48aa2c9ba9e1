import Cedar
import Testing

@Suite("Who can do what")
struct AccessFinderTests {
    static let policySets = [
        "",
        "permit(principal, action, resource);",
        "permit(principal, action, resource in Album::\"root\");",
        "permit(principal in Group::\"all\", action, resource == Photo::\"a\");",
        "permit(principal == User::\"ben\", action, resource) when { resource in Album::\"summer\" };",
        "permit(principal, action, resource is Photo) when { resource.owner == principal };",
        "permit(principal, action, resource); forbid(principal, action, resource in Level::\"high\");",
        "permit(principal, action, resource) when { resource == Photo::\"a\" || resource in Album::\"summer\" };",
        "permit(principal, action, resource is Photo) when { resource.owner.ok };",
        "permit(principal, action == Action::\"view\", resource) when { principal in [Group::\"all\", Group::\"x\"] && context.mfa };",
        "permit(principal, action, resource); forbid(principal, action, resource) unless { principal.age > 17 };",
    ]

    @Test("The answer is that of trying every pair", arguments: Self.policySets)
    func everyPair(text: String) throws {
        let schema = try PhotoHouse.schema()
        let policies = try PolicySet(parsing: text)
        let entities = try PhotoHouse.entities()
        let authorizer = Authorizer(policies)
        let finder = AccessFinder(try PartialAuthorizer(schema, policies), authorizer, entities)
        let context: RecordValue = ["mfa": .bool(true)]
        let action = try PhotoHouse.uid("Action", "view")
        let people = entities.map(\.uid).filter { $0.type.text == "User" }
        let things = entities.map(\.uid).filter { ["Photo", "Album"].contains($0.type.text) }
        func isAllowed(_ person: EntityUID, _ thing: EntityUID) -> Bool {
            let request = Request(principal: person, action: action, resource: thing, context: context)
            return authorizer.decide(request, entities).decision == .allow
        }
        for person in people {
            let expected = things.filter { isAllowed(person, $0) }.sorted()
            #expect(finder.whatCan(person, action, context: context).allowed == expected)
        }
        for thing in things {
            let expected = people.filter { isAllowed($0, thing) }.sorted()
            #expect(finder.whoCan(action, thing, context: context).allowed == expected)
        }
    }

    @Test("Only what a permit names is tried")
    func examined() throws {
        let schema = try PhotoHouse.schema()
        let policies = try PolicySet(parsing: "permit(principal, action, resource in Album::\"summer\");")
        let many = try (0..<1000).map { number in
            Entity(uid: try PhotoHouse.uid("Photo", "p\(number)"), parents: [try PhotoHouse.uid("Album", "other")])
        }
        let album = try PhotoHouse.uid("Album", "summer")
        let few = [
            Entity(uid: album), Entity(uid: try PhotoHouse.uid("Photo", "a"), parents: [album]),
        ]
        let finder = AccessFinder(
            try PartialAuthorizer(schema, policies),
            Authorizer(policies),
            try Entities(many + few)
        )
        let finding = finder.whatCan(try PhotoHouse.uid("User", "anna"), try PhotoHouse.uid("Action", "view"))
        #expect(finding.allowed.map(\.description) == ["Album::\"summer\"", "Photo::\"a\""])
        #expect(finding.examined == 2)
    }
}
