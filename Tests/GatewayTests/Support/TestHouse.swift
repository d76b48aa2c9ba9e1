import Catalog
import DecisionLog
import Directory
import Foundation
import PolicyDecision
import Profiles
import SecurityLabels
import Sockets
import TransparencyLog

@testable import Gateway

/// A whole gateway on free ports: real policies, a real decision log in a folder of its own, an upstream and a directory
/// that can be made to misbehave.
struct TestHouse {
    /// What a test changes before the gateway starts.
    typealias Change = (inout GatewayConfiguration, inout UpstreamConfiguration) -> Void

    let gateway: Gateway
    let upstream: TestUpstream
    let directory: FakeDirectory
    let log: DecisionLog
    let folder: URL

    var port: Int { self.gateway.ports[0] }

    /// Runs a test with a house, and takes it down afterwards.
    static func open<Result>(
        durability: JournalConfiguration.Durability = .commit,
        methods: SignInMethods = SignInMethods(),
        assertions: AssertionDesk? = nil,
        audience: AssertionAudience? = nil,
        _ change: Change = { _, _ in },
        _ body: (TestHouse) async throws -> Result
    ) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "stile-gateway-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let upstream = try await TestUpstream.start()
        let store = FolderStore(root: folder.path)
        _ = try LogKeys.create(origin: "test.example/log", in: store)
        // Hundreds of houses at once reserve their segments on one disk.
        let journal = JournalConfiguration(durability: durability, segmentBytes: 2 << 20)
        let log = try DecisionLog.open(
            folder: folder.path,
            gateway: "test",
            configuration: DecisionLogConfiguration(journal: journal)
        )
        let directory = FakeDirectory(Self.people)
        var address = UpstreamConfiguration(address: .host("127.0.0.1", port: upstream.port))
        var configuration = GatewayConfiguration(
            name: "test",
            listeners: [ListenerConfiguration(port: 0, security: .insecureBasic)],
            services: [],
            management: ManagementAddress(port: 0),
            eventLoops: 1
        )
        Self.wait(&configuration, &address)
        change(&configuration, &address)
        let things = ServiceConfiguration.Backend.upstream(address, ThingsProfile())
        configuration.services += [
            ServiceConfiguration(name: "things", hosts: ["127.0.0.1", "things.example"], backend: things),
            ServiceConfiguration(name: "things", hosts: ["mounted.example"], mount: "/mounted", backend: things),
            ServiceConfiguration(name: "console", hosts: ["console.example"], backend: .inProcess(Self.console)),
        ]
        for index in configuration.services.indices { configuration.services[index].assertion = audience }
        let bindings = try ResourceBindings(path: folder.appending(path: "bindings").path)
        let gateway: Gateway
        do {
            gateway = try await Gateway.start(
                configuration,
                GatewayDependencies(
                    directory: directory,
                    methods: methods,
                    assertions: assertions,
                    log: log,
                    bindings: bindings
                ),
                policies: try Self.policies("r1")
            )
        } catch {
            await upstream.stop()
            log.close()
            try? FileManager.default.removeItem(at: folder)
            throw error
        }
        let house = TestHouse(gateway: gateway, upstream: upstream, directory: directory, log: log, folder: folder)
        do {
            let result = try await body(house)
            await house.close()
            return result
        } catch {
            await house.close()
            throw error
        }
    }

    /// No clock decides a test that does not ask for it: a busy machine may take long over a sync, a look-up or a turn of a thread.
    private static func wait(_ configuration: inout GatewayConfiguration, _ upstream: inout UpstreamConfiguration) {
        let long = Duration.seconds(600)
        for limit in [
            \GatewayLimits.head, \.idle, \.bodyIdle, \.answerIdle, \.signIn, \.unverified, \.commit, \.lookUps,
            \.linger,
        ] {
            configuration.limits[keyPath: limit] = long
        }
        configuration.guesses.verifiedFor = long
        for limit in [\UpstreamConfiguration.connect, \.responseHead, \.bodyIdle, \.idle] {
            upstream[keyPath: limit] = long
        }
    }

    private func close() async {
        await self.gateway.shutdown(grace: .milliseconds(50))
        await self.upstream.stop()
        self.log.close()
        try? FileManager.default.removeItem(at: self.folder)
    }

    /// Does something while the event loop stands still: all of it is there before the loop looks.
    ///
    /// What waits for the loop would wait for ever in here.
    func whileLoopStands(_ body: () async throws -> Void) async throws {
        let gate = LoopGate()
        self.gateway.loops[0].execute { gate.wait() }
        defer { gate.open() }
        try await Patience.wait("the loop stands") { gate.isWaitedAt }
        try await body()
    }

    /// A client of the house.
    func client() async throws -> WireClient { try await WireClient.connect(self.port) }

    /// Everything that was recorded up to now, from the journal's files.
    func records() throws -> [DecisionRecord] {
        var records: [DecisionRecord] = []
        var place: UInt64 = 0
        while place < self.log.journal.durable {
            if case .decision(let record) = try self.log.content(at: place) { records.append(record) }
            place += 1
        }
        return records
    }

    /// The records, once there are so many: the end of an exchange is recorded after its answer.
    func records(atLeast count: Int) async throws -> [DecisionRecord] {
        try await Patience.wait("\(count) records") { try self.records().count >= count }
        return try self.records()
    }

    // MARK: - The company

    static let people = [
        "anna": ["staff", "readers"], "ben": ["staff"], "nora": [], "rita": ["staff", "readers"],
        "tom": ["staff", "readers", "directors"],
    ]

    static func authorization(_ name: String, _ password: String? = nil) -> String {
        let pair = Data("\(name):\(password ?? "secret-\(name)")".utf8).base64EncodedString()
        return "authorization: Basic \(pair)\r\n"
    }

    private static let console = InProcessService(
        question: { method, path in
            guard method == "GET" || method == "POST", path == "/.stile/api/decisions" else { return nil }
            return Question(action: "read", resource: ResourceReference(service: "console", kind: "decision-log"))
        },
        answer: { request in
            let text = "\(request.method) \(request.person.name) \(request.query ?? "-") \(request.body.count)"
            return InProcessAnswer(status: 200, contentType: "text/plain", body: Array(text.utf8))
        }
    )

    /// Policies under which readers read what is open, and nobody what is secret, unless grants count and they have one.
    static func policies(_ revision: String, readers: String = "readers", grants: Bool = false) throws -> PolicyInForce
    {
        let scheme = try Scheme(
            levels: ["public", "internal", "secret", "top"],
            categories: ["customer-x": CategoryDefinition(title: "Customer X")],
            explain: ["public": .full, "internal": .full, "secret": .owner, "top": .idOnly]
        )
        let position = SourcePosition(file: "catalog.yaml", line: 1, column: 1)
        func entry(
            _ id: String,
            _ kind: CatalogEntry.Kind,
            _ label: String,
            _ key: String,
            _ pattern: String
        ) throws -> CatalogEntry {
            CatalogEntry(
                id: id,
                kind: kind,
                title: id.capitalized,
                owner: Owner("group:owners"),
                label: LabelAssignment(label: try scheme.label(marking: label)),
                served: [
                    ServedAt(
                        service: kind == .service && id == "console" ? "console" : "things",
                        key: key,
                        value: pattern,
                        position: position
                    )
                ],
                position: position
            )
        }
        let staff = try ClearanceRule.Subject(group: "cn=staff,ou=groups,dc=plant,dc=example")
        let directors = try ClearanceRule.Subject(group: "cn=directors,ou=groups,dc=plant,dc=example")
        return try PolicyInForce(
            revision: revision,
            scheme: scheme,
            clearances: ClearanceRules(rules: [
                ClearanceRule(subject: staff, level: try scheme.level(named: "internal")),
                ClearanceRule(subject: directors, level: try scheme.level(named: "top")),
            ]),
            entries: [
                try entry("open", .dataset, "internal", "thing", "open*"),
                try entry("secret", .dataset, "secret", "thing", "secret*"),
                try entry("customer", .dataset, "internal//customer-x", "thing", "customer*"),
                try entry("top", .dataset, "top", "thing", "top*"),
                try entry("things", .service, "public", "service", "*"),
                try entry("console", .service, "public", "decision-log", "*"),
            ],
            schema: PolicyText(file: "schema.cedarschema", text: Self.schema),
            policies: [
                PolicyText(
                    file: "rules.cedar",
                    text: """
                        @id("CLR-1") @reason("your clearance {principal.clearance} is below {resource.level}")
                        forbid (principal, action, resource) when { resource.rank > principal.clearance }
                            \(grants ? "unless { context has grant && context.grant.rank >= resource.rank }" : "");
                        @id("CAT-1") @reason("you lack the need-to-know {missing}")
                        forbid (principal, action, resource) unless { principal.need.containsAll(resource.categories) };
                        @id("READERS") @reason("readers read and write")
                        permit (principal in Group::"\(readers)", action, resource);
                        """
                )
            ]
        )
    }

    private static let schema = """
        entity Group;
        entity Project;
        entity User in [Group] { clearance: Long, need: Set<Category>, name: String };
        entity Dataset, Model, Service in [Dataset, Model, Service, Project, Level, Category]
            { level: Level, rank: Long, categories: Set<Category>, title: String, owner?: Group, ownerName?: String };
        type Grant = { id: String, rank: Long, need: Set<Category> };
        type Circumstances = { service: String, kind: String, encrypted: Bool, grant?: Grant };
        action read, list, create, write, delete, infer, administer appliesTo
            { principal: [User], resource: [Dataset, Model, Service], context: Circumstances };
        """
}
