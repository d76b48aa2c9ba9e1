import Directory
import OpenLDAPDirectory
import Testing

@Suite("Watching an OpenLDAP server", .enabled(if: Slapd.missing == nil, "\(Slapd.missing ?? "")"), .slapd, .serialized)
struct WatchTests {
    /// The next change that somebody is waiting for; others are passed over.
    private static func next(
        _ changes: inout AsyncStream<DirectoryChange>.Iterator,
        _ isWanted: (DirectoryChange) -> Bool
    ) async -> DirectoryChange? {
        while let change = await changes.next() {
            if isWanted(change) { return change }
        }
        return nil
    }

    private static func isLost(_ change: DirectoryChange) -> Bool {
        if case .lost = change { true } else { false }
    }

    @Test("What changes is told within a second, and to everybody who listens", .timeLimit(.minutes(1)))
    func changesAreTold() async throws {
        let directory = try OpenLDAPDirectory(.company())
        defer { directory.stop() }
        let watch = OpenLDAPWatch(directory)
        defer { watch.stop() }
        var (one, other) = (watch.changes().makeAsyncIterator(), watch.changes().makeAsyncIterator())
        #expect(await Self.next(&one) { $0 == .live(.syncrepl) } != nil)
        guard case .found(let anna) = await directory.person(named: "anna"),
            case .found(let ben) = await directory.person(named: "ben")
        else {
            Issue.record("not found")
            return
        }
        let begin = ContinuousClock.now
        try Slapd.change(
            "dn: uid=anna,ou=people,dc=plant,dc=example\nchangetype: modify\nreplace: title\ntitle: Lead\n"
        )
        #expect(await Self.next(&one) { $0 == .person(anna.id) } != nil)
        #expect(begin.duration(to: .now) < .seconds(1))
        #expect(await Self.next(&other) { $0 == .person(anna.id) } != nil)
        try Slapd.change(
            """
            dn: cn=customer-x,ou=groups,dc=plant,dc=example
            changetype: modify
            add: member
            member: uid=ben,ou=people,dc=plant,dc=example

            """
        )
        #expect(await Self.next(&one) { $0 == .membership } != nil)
        guard case .found(let after) = await directory.person(ben.id) else { return }
        #expect(after.groups.contains { $0.name == "customer-x" })
        try Slapd.change(
            """
            dn: uid=ben,ou=people,dc=plant,dc=example
            changetype: modify
            replace: pwdAccountLockedTime
            pwdAccountLockedTime: 000001010000Z

            """
        )
        #expect(await Self.next(&one) { $0 == .person(ben.id) } != nil)
        guard case .found(let disabled) = await directory.person(ben.id) else { return }
        #expect(disabled.account == .disabled)
        try Slapd.change("dn: uid=ben,ou=people,dc=plant,dc=example\nchangetype: delete\n")
        #expect(await Self.next(&one) { $0 == .person(ben.id) } != nil)
        #expect(await directory.person(ben.id) == .refused(.unknownUser))
    }

    @Test("A watch that is lost says so, and what was missed makes everything uncertain", .timeLimit(.minutes(1)))
    func lost() async throws {
        let server = try #require(Slapd.current)
        var configuration = try OpenLDAPConfiguration.company()
        configuration.limits.rest = .milliseconds(100)
        configuration.limits.longestRest = .milliseconds(400)
        let directory = try OpenLDAPDirectory(configuration)
        defer { directory.stop() }
        let watch = OpenLDAPWatch(directory)
        defer { watch.stop() }
        var changes = watch.changes().makeAsyncIterator()
        #expect(await Self.next(&changes) { $0 == .live(.syncrepl) } != nil)
        try Slapd.stop(server)
        #expect(await Self.next(&changes, Self.isLost) != nil)
        try Slapd.start(server)
        #expect(await Self.next(&changes) { $0 == .everything } != nil)
        #expect(await changes.next() == .live(.syncrepl))
    }

    @Test("A silent watch counts as lost", .timeLimit(.minutes(1)))
    func silent() async throws {
        var configuration = try OpenLDAPConfiguration.company()
        let between = try OddServer(.forwarding(configuration.servers[0].port))
        defer { between.stop() }
        configuration.servers = [ServerAddress(security: .fromTheStart, host: "127.0.0.1", port: between.port)]
        configuration.limits.silence = .milliseconds(600)
        let directory = try OpenLDAPDirectory(configuration)
        defer { directory.stop() }
        let watch = OpenLDAPWatch(directory)
        defer { watch.stop() }
        var changes = watch.changes().makeAsyncIterator()
        #expect(await Self.next(&changes) { $0 == .live(.syncrepl) } != nil)
        between.setMute(true)
        let begin = ContinuousClock.now
        #expect(await Self.next(&changes, Self.isLost) != nil)
        #expect(begin.duration(to: .now) < .seconds(2))
    }
}
