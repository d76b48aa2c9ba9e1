import Directory
import Testing

@testable import OpenLDAPDirectory

@Suite("Finding servers by DNS")
struct ServerDiscoveryTests {
    private static func record(
        _ host: String,
        _ port: UInt16 = 389,
        priority: UInt16 = 0,
        weight: UInt16 = 0
    )
        -> ServiceRecord
    {
        ServiceRecord(priority: priority, weight: weight, port: port, host: host)
    }

    @Test("Only hosts of the domain are believed, and port 636 means TLS from the start")
    func believed() {
        var random = SystemRandomNumberGenerator()
        let found = ServerDiscovery.servers(
            among: [
                Self.record("dc1.plant.example"), Self.record("DC2.Plant.Example", 636, priority: 1),
                Self.record("evil.example"), Self.record("plant.example.evil"), Self.record("xplant.example"),
                Self.record("dc3.plant.example", 0),
            ],
            in: "plant.example",
            using: &random
        )
        #expect(found.map(\.description) == ["ldap://dc1.plant.example:389", "ldaps://dc2.plant.example:636"])
    }

    @Test("The lowest priority comes first, and weights share the load within it")
    func order() {
        var random = SystemRandomNumberGenerator()
        let records = [
            Self.record("spare.plant.example", priority: 20),
            Self.record("big.plant.example", priority: 10, weight: 90),
            Self.record("small.plant.example", priority: 10, weight: 10),
        ]
        var firsts: [String: Int] = [:]
        for _ in 0..<2_000 {
            let found = ServerDiscovery.servers(among: records, in: "plant.example", using: &random).map(\.host)
            #expect(found.last == "spare.plant.example" && found.count == 3)
            firsts[found[0], default: 0] += 1
        }
        // 91 of 102 in 2,000 draws are 1,784; the bounds are a dozen standard deviations away.
        #expect((1_600...1_950).contains(firsts["big.plant.example"] ?? 0), "\(firsts)")
    }

    @Test(
        "Records are read from a DNS server: domain controllers first, then any LDAP server of the domain",
        .timeLimit(.minutes(15))
    )
    func records() async throws {
        let dns = try StubNameServer([
            "_ldap._tcp.dc._msdcs.plant.example": [Self.record("dc1.plant.example"), Self.record("dc.evil.example")],
            "_ldap._tcp.plant.example": [Self.record("ldap.plant.example")],
            "_ldap._tcp.other.example": [Self.record("ldap.other.example", 636)],
        ])
        defer { dns.stop() }
        for (domain, expected) in [
            ("plant.example", ["ldap://dc1.plant.example:389"]), ("other.example", ["ldaps://ldap.other.example:636"]),
        ] {
            let servers = ServerList([], limits: DirectoryLimits())
            let keeper = Task {
                await ServerDiscovery.keep(
                    servers,
                    in: domain,
                    besides: [],
                    asking: dns.address,
                    every: .milliseconds(50)
                )
            }
            defer { keeper.cancel() }
            while servers.all.map(\.description) != expected { try await Task.sleep(for: .milliseconds(2)) }
        }
    }

    @Test("Where DNS has no answer, the servers stay as they were", .timeLimit(.minutes(15)))
    func noAnswer() async throws {
        let dns = try StubNameServer([:])
        defer { dns.stop() }
        let known = ServerAddress(security: .startTLS, host: "dc1.nowhere.example")
        let servers = ServerList([known], limits: DirectoryLimits())
        let keeper = Task {
            await ServerDiscovery.keep(
                servers,
                in: "nowhere.example",
                besides: [],
                asking: dns.address,
                every: .milliseconds(10)
            )
        }
        defer { keeper.cancel() }
        // Whoever begins anew is done with both answers.
        let names = ["_ldap._tcp.dc._msdcs.nowhere.example", "_ldap._tcp.nowhere.example"]
        while dns.asked.drop(while: { $0 != names[1] }).contains(names[0]) == false {
            try await Task.sleep(for: .milliseconds(2))
        }
        #expect(servers.all == [known])
    }

    @Test(
        "A directory that is configured by its domain alone is found, and signs people in",
        .enabled(if: Slapd.missing == nil, "\(Slapd.missing ?? "")")
    )
    func signIn() async throws {
        let server = try await ServerProcess.apart { try Slapd.start() }
        defer { Slapd.remove(server) }
        // `localhost` is the one name that every machine resolves and that the server's certificate bears.
        let dns = try StubNameServer(["_ldap._tcp.localhost": [Self.record("localhost", server.ldap)]])
        defer { dns.stop() }
        var configuration = try OpenLDAPConfiguration.company(server)
        configuration.servers = []
        configuration.domain = "localhost"
        configuration.nameServer = dns.address
        let directory = try OpenLDAPDirectory(configuration)
        defer { directory.stop() }
        let outcome = await directory.authenticate(name: "anna", password: Password("demo-anna"))
        guard case .authenticated = outcome else {
            Issue.record("\(outcome), \(directory.health())")
            return
        }
        #expect(directory.health().servers.map(\.address) == ["ldap://localhost:\(server.ldap)"])
    }
}
