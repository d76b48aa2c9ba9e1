import Directory
import OpenLDAPDirectory
import Testing

@Suite("Connections that are kept", .enabled(if: Slapd.missing == nil, "\(Slapd.missing ?? "")"), .slapd)
struct PoolTests {
    /// Runs a test on a directory with one worker, behind something that counts connections.
    private static func counted(
        _ change: (inout DirectoryLimits) -> Void = { _ in },
        _ test: (OpenLDAPDirectory, OddServer) async throws -> Void
    ) async throws {
        var configuration = try OpenLDAPConfiguration.company()
        let between = try configuration.passThrough()
        defer { between.stop() }
        configuration.limits.workers = 1
        change(&configuration.limits)
        let directory = try OpenLDAPDirectory(configuration)
        defer { directory.stop() }
        try await test(directory, between)
    }

    private static func signIn(_ directory: OpenLDAPDirectory, times: Int = 1) async throws {
        for _ in 0..<times { _ = try await directory.signedIn("anna", "demo-anna") }
    }

    @Test("Two sign-ins share two connections")
    func shared() async throws {
        try await Self.counted { directory, between in
            try await Self.signIn(directory, times: 2)
            #expect(between.connections == 2)
        }
    }

    @Test("What is too old, or was idle for too long, is replaced", arguments: [true, false])
    func replaced(isOld: Bool) async throws {
        try await Self.counted { limits in
            if isOld { limits.age = .nanoseconds(1) } else { limits.idle = .nanoseconds(1) }
        } _: { directory, between in
            try await Self.signIn(directory)
            // Each of the questions of a sign-in opens its own, the search, the bind and the groups at least.
            #expect(between.connections >= 3)
        }
    }

    @Test("A connection that answers a probe is used on")
    func probedAndWell() async throws {
        try await Self.counted {
            $0.probeAfterIdle = .nanoseconds(1)
        } _: { directory, between in
            try await Self.signIn(directory, times: 2)
            #expect(between.connections == 2)
        }
    }

    @Test("A person's bind is never on the gateway's connection: what is read after it is read as the gateway")
    func apart() async throws {
        try await Self.counted { directory, between in
            try await Self.signIn(directory)
            // Anna may read nobody but herself.
            let ben = try await directory.found("ben")
            #expect(ben.groups.count == 4)
            #expect(between.connections == 2)
        }
    }

    @Test(
        "A connection that died in silence is found out by the probe, and nobody notices but by the time it takes",
        .timeLimit(.minutes(15))
    )
    func probed() async throws {
        try await Self.counted { limits in
            limits.probeAfterIdle = .nanoseconds(1)
            limits.probe = .milliseconds(200)
        } _: { directory, between in
            try await Self.signIn(directory)
            let before = between.muteConnections()
            try await Self.signIn(directory)
            // More where the machine is so busy that a probe of a well one is not answered in time.
            #expect(between.connections >= before + 2)
        }
    }

    @Test("A connection that the server closed is replaced at once, and the server is not blamed")
    func closed() async throws {
        try await Self.counted { directory, between in
            try await Self.signIn(directory)
            between.cutConnections()
            try await Self.signIn(directory)
            #expect(directory.health().servers.map(\.failed) == [0])
        }
    }
}
