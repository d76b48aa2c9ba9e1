import Cedar

/// A made-up plant: people in groups, data sets in projects, labels, and any number of policies about them.
///
/// The same numbers always make the same plant. The policies have the shape of those in a real installation: label forbids that look
/// at every request, and permits for a group, some actions and a project.
struct Plant {
    /// The policies as text.
    let policies: String
    /// The schema that they are valid under.
    let schema: String
    /// The people, groups, data sets, projects, levels and categories.
    let entities: [Entity]
    /// Questions, about half of which are answered with yes.
    let requests: [Request]

    static let levels = ["public", "internal", "confidential", "strictly-confidential"]
    static let categories = ["personal-data", "customer-x", "customer-y", "export-controlled"]
    static let actions = ["read", "write", "infer", "list"]

    /// Makes a plant.
    ///
    /// - Parameters:
    ///   - policyCount: How many policies it has.
    ///   - entityCount: How many people and things it has, at least.
    init(policyCount: Int, entityCount: Int = 250) {
        var numbers = Numbers(seed: 4711)
        let groupCount = max(8, min(policyCount / 5, 200))
        let projectCount = max(8, min(policyCount / 4, 400))
        let remaining = max(20, entityCount - 12 - min(groupCount, 40) - min(projectCount, 60))
        let people = (0..<remaining / 2).map { Plant.person($0, groupCount, &numbers) }
        let dataSets = (0..<remaining / 2).map { Plant.dataSet($0, projectCount, &numbers) }
        self.entities = people + dataSets + Plant.actions.map { Entity(uid: Plant.uid("Action", $0)) }
        self.policies = Plant.policies(policyCount, groupCount, projectCount, &numbers)
        self.schema = Plant.schema
        self.requests = (0..<1_000).map { _ in
            Request(
                principal: people[numbers.next(people.count)].uid,
                action: Plant.uid("Action", Plant.actions[numbers.next(Plant.actions.count)]),
                resource: dataSets[numbers.next(dataSets.count)].uid,
                context: numbers.next(10) == 0 ? Plant.grant : [:]
            )
        }
    }

    private static let grant: RecordValue = ["grant": .record([("id", .string("G-1")), ("rank", .long(3))])]

    private static func uid(_ type: String, _ id: String) -> EntityUID {
        guard let type = Name(type) else { preconditionFailure("`\(type)` is not a name") }
        return EntityUID(type: type, id: id)
    }

    private static func person(_ number: Int, _ groupCount: Int, _ numbers: inout Numbers) -> Entity {
        let groups = (0..<3).map { _ in self.uid("Group", "g\(numbers.next(groupCount))") }
        let need = self.categories.filter { _ in numbers.next(2) == 0 }
        return Entity(
            uid: self.uid("User", "u\(number)"),
            attributes: [
                "clearance": .long(Int64(1 + numbers.next(3))),
                "need": .set(of: need.map { .entity(self.uid("Category", $0)) }),
            ],
            parents: groups
        )
    }

    private static func dataSet(_ number: Int, _ projectCount: Int, _ numbers: inout Numbers) -> Entity {
        let rank = numbers.next(4)
        let categories = self.categories.filter { _ in numbers.next(5) == 0 }.map { self.uid("Category", $0) }
        return Entity(
            uid: self.uid("Dataset", "d\(number)"),
            attributes: ["rank": .long(Int64(rank)), "categories": .set(of: categories.map(Value.entity))],
            parents: [self.uid("Project", "p\(numbers.next(projectCount))")]
                + self.levels[...rank].map { self.uid("Level", $0) } + categories
        )
    }

    private static func policies(_ count: Int, _ groups: Int, _ projects: Int, _ numbers: inout Numbers) -> String {
        var text = """
            @id("CLR-1") @reason("your clearance is below the level of the data")
            forbid (principal, action, resource) when { resource.rank > principal.clearance }
            unless { context has grant && context.grant.rank >= resource.rank };
            @id("CAT-1") @reason("you lack the need to know")
            forbid (principal, action, resource) unless { principal.need.containsAll(resource.categories) };
            @id("EXP-1")
            forbid (principal, action == Action::"infer", resource in Category::"export-controlled");

            """
        for number in 3..<max(count, 4) {
            let group = "Group::\"g\(numbers.next(groups))\""
            let project = "Project::\"p\(numbers.next(projects))\""
            let action = Plant.actions[numbers.next(Plant.actions.count)]
            let other = Plant.actions[numbers.next(Plant.actions.count)]
            switch numbers.next(10) {
            case 0:
                text +=
                    "@id(\"PRJ-\(number)\") permit (principal in \(group), action, resource in \(project)) when { resource.rank < 3 };\n"
            case 1:
                text +=
                    "@id(\"LVL-\(number)\") forbid (principal in \(group), action == Action::\"write\", resource in Level::\"confidential\");\n"
            default:
                text +=
                    "@id(\"PRJ-\(number)\") permit (principal in \(group), action in [Action::\"\(action)\", Action::\"\(other)\"], resource in \(project));\n"
            }
        }
        return text
    }

    private static let schema = """
        entity Level, Category, Project, Group;
        entity User in [Group] { clearance: Long, need: Set<Category> };
        entity Dataset in [Project, Level, Category] { rank: Long, categories: Set<Category> };
        action read, write, infer, list appliesTo {
            principal: User, resource: Dataset, context: { grant?: { id: String, rank: Long } }
        };
        """
}

/// Numbers that look random and are always the same (SplitMix64).
struct Numbers {
    private var state: UInt64

    init(seed: UInt64) {
        self.state = seed
    }

    /// A number from 0 up to but without `limit`.
    mutating func next(_ limit: Int) -> Int {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(limit))
    }
}
