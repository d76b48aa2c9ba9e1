import Directory
import OpenLDAPDirectory
import Testing

@Suite("Connections that are kept", .enabled(if: Slapd.missing == nil, "\(Slapd.missing ?? "")"), .slapd)
struct PoolTests {
    /// A directory with one worker, behind something that counts connections.
    private static func counted(
        _ change: (inout DirectoryLimits) -> Void = { _ in }
    ) throws -> (directory: OpenLDAPDirectory, between: OddServer) {
        var configuration = try OpenLDAPConfiguration.company()
        let between = try OddServer(.forwarding(configuration.servers[0].port))
        configuration.servers = [ServerAddress(security: .fromTheStart, host: "127.0.0.1", port: between.port)]
        configuration.limits.workers = 1
        change(&configuration.limits)
        return (try OpenLDAPDirectory(configuration), between)
    }

    private static func signIn(_ directory: OpenLDAPDirectory) async -> Bool {
        switch await directory.authenticate(name: "anna", password: Password("demo-anna")) {
        case .authenticated: true
        case .refused, .unavailable: false
        }
    }

    @Test("Two sign-ins share two connections")
    func shared() async throws {
        let (directory, between) = try Self.counted()
        defer {
            directory.stop()
            between.stop()
        }
        #expect(await Self.signIn(directory))
        #expect(await Self.signIn(directory))
        #expect(between.connections == 2)
    }

    @Test("What is too old, or was idle for too long, is replaced", arguments: [true, false])
    func replaced(isOld: Bool) async throws {
        let (directory, between) = try Self.counted { limits in
            if isOld { limits.age = .nanoseconds(1) } else { limits.idle = .nanoseconds(1) }
        }
        defer {
            directory.stop()
            between.stop()
        }
        #expect(await Self.signIn(directory))
        // Each of the questions of a sign-in opens its own, the search, the bind and the groups at least.
        #expect(between.connections >= 3)
    }

    @Test("A connection that answers a probe is used on")
    func probedAndWell() async throws {
        let (directory, between) = try Self.counted { $0.probeAfterIdle = .nanoseconds(1) }
        defer {
            directory.stop()
            between.stop()
        }
        #expect(await Self.signIn(directory))
        #expect(await Self.signIn(directory))
        #expect(between.connections == 2)
    }

    @Test("A person's bind is never on the gateway's connection: what is read after it is read as the gateway")
    func apart() async throws {
        let (directory, between) = try Self.counted()
        defer {
            directory.stop()
            between.stop()
        }
        #expect(await Self.signIn(directory))
        // Anna may read nobody but herself.
        guard case .found(let ben) = await directory.person(named: "ben") else {
            Issue.record("ben was not found")
            return
        }
        #expect(ben.groups.count == 4)
        #expect(between.connections == 2)
    }

    @Test("A connection that died in silence is found out by the probe, and nobody notices but by the time it takes")
    func probed() async throws {
        let (directory, between) = try Self.counted { limits in
            limits.probeAfterIdle = .nanoseconds(1)
            limits.operation = .milliseconds(200)
        }
        defer {
            directory.stop()
            between.stop()
        }
        #expect(await Self.signIn(directory))
        between.muteConnections()
        #expect(await Self.signIn(directory))
        #expect(between.connections == 4)
    }

    @Test("A connection that the server closed is replaced at once, and the server is not blamed")
    func closed() async throws {
        let (directory, between) = try Self.counted()
        defer {
            directory.stop()
            between.stop()
        }
        #expect(await Self.signIn(directory))
        between.cutConnections()
        #expect(await Self.signIn(directory))
        #expect(directory.health().servers.map(\.failed) == [0])
    }
}
