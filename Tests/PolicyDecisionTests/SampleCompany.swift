import Catalog
import Directory
import PolicyDecision
import SecurityLabels

/// The company of the documentation: presses, a customer's data, contractors, and a meter that somebody labelled too high.
struct SampleCompany {
    var scheme: Scheme
    var entries: [CatalogEntry] = []
    var policies: [PolicyText]
    var schema = PolicyText(file: "schema.cedarschema", text: Self.schemaText)
    var tests: [PolicyTest] = []

    init(
        unlabelled: String? = nil,
        explain: [String: ExplainDepth] = ["public": .full, "internal": .full, "confidential": .full]
    ) throws {
        self.scheme = try Scheme(
            levels: ["public", "internal", "confidential", "strictly-confidential"],
            categories: [
                "personal-data": CategoryDefinition(title: "Personal data"),
                "customer-x": CategoryDefinition(title: "Customer X"),
                "export-controlled": CategoryDefinition(title: "Export controlled", isFloor: true),
            ],
            unlabelled: unlabelled,
            reviewEvery: 365,
            explain: explain
        )
        self.policies = [
            PolicyText(file: "labels.cedar", text: Self.labelRules),
            PolicyText(file: "projects.cedar", text: Self.projectRules),
        ]
        try self.add("press4", .project, title: "Press 4", owner: "group:press4-owners")
        try self.add("energy", .project, title: "Energy of hall 2", label: "internal")
        try self.add(
            "press4-forces",
            title: "Force curves of press 4",
            owner: "group:press4-owners",
            project: "press4",
            label: "confidential//customer-x",
            served: "press4-*"
        )
        try self.add(
            "press4-people",
            title: "Shifts at press 4",
            owner: "person:otto",
            project: "press4",
            label: "internal//personal-data",
            served: "*-shifts"
        )
        try self.add("press4-new", title: "Not labelled yet", project: "press4", served: "new-*")
        try self.add(
            "hall2-energy",
            title: "Meter readings of hall 2",
            owner: "group:energy-owners",
            project: "energy",
            label: "strictly-confidential",
            served: "energy-*"
        )
        try self.add("hall2-weather", title: "Weather at hall 2", project: "energy", served: "weather-*")
        try self.add(
            "press4-export",
            title: "Press drawings",
            owner: "group:press4-owners",
            project: "press4",
            label: "confidential//export-controlled,customer-x",
            served: "drawings-*"
        )
        try self.add("mlflow", .service, title: "MLflow", label: "public")
    }

    /// Everything taken into force.
    func inForce() throws -> PolicyInForce {
        try PolicyInForce(
            revision: "r1",
            scheme: self.scheme,
            clearances: try self.clearances(),
            entries: self.entries,
            schema: self.schema,
            policies: self.policies,
            tests: self.tests
        )
    }

    /// Puts an entry into the catalog; what it serves is a pattern of MLflow experiments.
    mutating func add(
        _ id: String,
        _ kind: CatalogEntry.Kind = .dataset,
        title: String,
        owner: String? = nil,
        project: String? = nil,
        label: String? = nil,
        served: String? = nil
    ) throws {
        let position = SourcePosition(file: "catalog/press.yaml", line: self.entries.count + 1, column: 3)
        self.entries.append(
            CatalogEntry(
                id: id,
                kind: kind,
                title: title,
                owner: owner.flatMap { Owner($0) },
                project: project,
                label: try label.map { LabelAssignment(label: try self.scheme.label(marking: $0), by: "eva") },
                served: served.map {
                    [ServedAt(service: "mlflow", key: "experiment", value: $0, position: position)]
                } ?? [],
                position: position
            )
        )
    }

    func clearances() throws -> ClearanceRules {
        func rule(
            _ group: String,
            _ level: String?,
            _ categories: [String] = [],
            ceiling: String? = nil
        ) throws -> ClearanceRule {
            ClearanceRule(
                subject: try ClearanceRule.Subject(group: "cn=\(group),ou=groups,dc=plant,dc=example"),
                level: try level.map { try self.scheme.level(named: $0) },
                categories: Set(try categories.map { try self.scheme.category(named: $0) }),
                ceiling: try ceiling.map { ClearanceRule.Ceiling(level: try self.scheme.level(named: $0)) }
            )
        }
        return ClearanceRules(rules: [
            try rule("staff", "internal"),
            try rule("engineers", "confidential"),
            try rule("customer-x", nil, ["customer-x"]),
            try rule("contractors", "internal", ceiling: "internal"),
            try rule("officers", "strictly-confidential", ["customer-x", "personal-data", "export-controlled"]),
        ])
    }

    /// Who is in which groups.
    static let people: [String: [String]] = [
        "anna": ["staff", "engineers", "press4-analysts", "customer-x"],
        "ben": ["staff", "engineers", "press4-analysts"],
        "carla": ["contractors", "press4-analysts", "customer-x"],
        "otto": ["staff", "engineers", "Press4-Owners", "customer-x"],
        "fred": ["staff", "engineers", "energy-analysts"],
        "gina": ["staff", "engineers"],
        "eva": ["staff", "officers", "press4-analysts"],
        "guest": ["press4-analysts"],
    ]

    /// One of ``people``.
    static func person(
        _ name: String,
        attributes: [String: [String]] = [:],
        account: AccountState = .active
    ) throws -> Person {
        let groups = Self.people[name] ?? []
        return Person(
            id: PersonID(
                .uuid(
                    "00000000-0000-4000-8000-"
                        + String(name.utf8.map { $0 % 10 }.reduce(100_000_000_000) { $0 + Int($1) })
                )
            ),
            name: name,
            displayName: name.uppercased(),
            mail: nil,
            dn: try DistinguishedName("uid=\(name),ou=people,dc=plant,dc=example"),
            groups: try groups.enumerated().map { number, group in
                Group(
                    id: .uuid("10000000-0000-4000-8000-00000000000\(number)"),
                    dn: try DistinguishedName("cn=\(group),ou=groups,dc=plant,dc=example"),
                    name: group
                )
            },
            attributes: attributes,
            account: account
        )
    }

    static let schemaText = """
        entity Group;
        entity Project;
        entity User in [Group] { clearance: Long, need: Set<Category>, name: String, department?: String };
        entity Dataset, Model, Service in [Dataset, Model, Service, Project, Level, Category]
            { level: Level, rank: Long, categories: Set<Category>, title: String, owner?: Group, ownerName?: String };
        type Circumstances = {
            service: String, kind: String, peer?: ipaddr, encrypted: Bool, time: datetime, purpose?: String,
            grant?: { id: String, rank: Long, need: Set<Category> }
        };
        action read, list, create, write, delete, infer, administer appliesTo
            { principal: [User], resource: [Dataset, Model, Service], context: Circumstances };
        """

    static let labelRules = """
        @id("CLR-1") @reason("your clearance {principal.clearance} is below {resource.level}")
        forbid (principal, action, resource) when { resource.rank > principal.clearance }
        unless { context has grant && context.grant.rank >= resource.rank };

        @id("CAT-1") @reason("you lack the need-to-know {missing}")
        forbid (principal, action, resource) unless { principal.need.containsAll(resource.categories)
            || (context has grant && context.grant.need.containsAll(resource.categories)) };
        """

    static let projectRules = """
        @id("PRJ-press4") @reason("analysts of press 4 work with its data")
        permit (principal in Group::"press4-analysts", action in [Action::"read", Action::"infer"],
            resource in Project::"press4");

        @id("OWN") @reason("owners look after their data")
        permit (principal, action, resource) when { resource has owner && principal in resource.owner };

        @id("PRJ-energy") @reason("energy analysts read meters")
        permit (principal in Group::"energy-analysts", action == Action::"read", resource in Project::"energy");

        @id("SVC-mlflow") @reason("everybody who works here opens MLflow")
        permit (principal in Group::"staff", action == Action::"read", resource == Service::"mlflow");
        """
}

extension PolicyInForce {
    /// Asks on behalf of one of the company's people.
    func ask(
        _ name: String,
        _ action: String,
        _ entry: String,
        in context: DecisionContext = DecisionContext()
    ) throws -> AccessDecision {
        guard let resource = self.resource(of: entry) else { throw UnknownEntry(id: entry) }
        let person = try SampleCompany.person(name)
        return self.decide(action, on: resource, by: self.principal(person), in: context)
    }
}

/// A test asked for something that the sample company does not have.
struct UnknownEntry: Error {
    let id: String
}
