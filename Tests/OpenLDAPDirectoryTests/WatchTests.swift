import Directory
import Foundation
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

    @Test("Changes are pushed, and each is in force when it is told", .timeLimit(.minutes(1)))
    func pushed() async throws {
        let directory = try OpenLDAPDirectory(.company())
        defer { directory.stop() }
        let people = "ou=people,dc=plant,dc=example"
        try await ChangeOrder(server: "OpenLDAP", directory: directory, method: .syncrepl, change: Slapd.change).run([
            .attribute("carla", "employeetype", "employee", at: "uid=carla,\(people)"),
            .groupRemoved(
                "carla",
                "press4-analysts",
                member: "uid=carla,\(people)",
                group: "cn=press4-analysts,ou=groups,dc=plant,dc=example"
            ),
            .password(
                "carla",
                from: "demo-carla",
                to: "demo-carla-2",
                "dn: uid=carla,\(people)\nchangetype: modify\nreplace: userPassword\nuserPassword: demo-carla-2\n"
            ),
            .accountDisabled(
                "carla",
                "dn: uid=carla,\(people)\nchangetype: modify\nadd: pwdAccountLockedTime\npwdAccountLockedTime: 000001010000Z\n"
            ),
            .deleted("carla", at: "uid=carla,\(people)"),
        ])
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
        // The server forgets what it had told when it stops, and this entry was not told.
        let tool = try #require(ServerProcess.find("slapadd"))
        let more =
            "dn: uid=late,ou=people,dc=plant,dc=example\nobjectClass: inetOrgPerson\nuid: late\ncn: Late\nsn: Late\n"
        try ServerProcess.run(
            tool,
            ["-w", "-b", "dc=plant,dc=example", "-f", server.folder.appending(path: "slapd.conf").path],
            input: more
        )
        try Slapd.start(server)
        #expect(await Self.next(&changes) { $0 == .everything } != nil)
        #expect(await Self.next(&changes) { $0 == .live(.syncrepl) } != nil)
    }

    @Test(
        "After a loss, only what was missed is told: the server knows where the watch left off",
        .timeLimit(.minutes(1))
    )
    func resumed() async throws {
        var configuration = try OpenLDAPConfiguration.company()
        let between = try OddServer(.forwarding(configuration.servers[0].port))
        defer { between.stop() }
        configuration.servers = [ServerAddress(security: .fromTheStart, host: "127.0.0.1", port: between.port)]
        configuration.limits.rest = .milliseconds(300)
        let directory = try OpenLDAPDirectory(configuration)
        defer { directory.stop() }
        let watch = OpenLDAPWatch(directory)
        defer { watch.stop() }
        var changes = watch.changes().makeAsyncIterator()
        #expect(await Self.next(&changes) { $0 == .live(.syncrepl) } != nil)
        #expect(directory.health().watch == .live(.syncrepl))
        guard case .found(let eva) = await directory.person(named: "eva"),
            case .found(let gone) = await directory.person(named: "gone")
        else {
            Issue.record("not found")
            return
        }
        between.cutConnections()
        #expect(await Self.next(&changes, Self.isLost) != nil)
        try Slapd.change(
            """
            dn: uid=eva,ou=people,dc=plant,dc=example
            changetype: modify
            replace: title
            title: Officer

            dn: uid=gone,ou=people,dc=plant,dc=example
            changetype: delete

            """
        )
        var told: Set<DirectoryChange> = []
        while let change = await changes.next(), change != .live(.syncrepl) { told.insert(change) }
        #expect(told.contains(.person(eva.id)) && told.contains(.person(gone.id)), "\(told)")
        #expect(!told.contains(.everything))
    }

    @Test("A sign-in is no change, or each would undo itself", .timeLimit(.minutes(1)))
    func signInIsNoChange() async throws {
        let directory = try OpenLDAPDirectory(.company())
        defer { directory.stop() }
        let watch = OpenLDAPWatch(directory)
        defer { watch.stop() }
        var changes = watch.changes().makeAsyncIterator()
        #expect(await Self.next(&changes) { $0 == .live(.syncrepl) } != nil)
        guard
            case .authenticated(let lucic) = await directory.authenticate(
                name: "lucic",
                password: Password("demo-lucic")
            )
        else {
            Issue.record("not signed in")
            return
        }
        try Slapd.change(
            "dn: uid=stays,ou=people,dc=plant,dc=example\nchangetype: modify\nreplace: title\ntitle: Lead\n"
        )
        var told: [DirectoryChange] = []
        while told.isEmpty, let change = await changes.next() { told.append(change) }
        #expect(told != [.person(lucic.id)])
    }

    @Test(
        "A server that pushes nothing is polled, and the watch says that it is no more than that",
        .timeLimit(.minutes(1))
    )
    func polled() async throws {
        let server = try await ServerProcess.apart { try Slapd.start(["--without", "syncprov"]) }
        defer { Slapd.remove(server) }
        var configuration = try OpenLDAPConfiguration.company(server)
        configuration.limits.polling = .milliseconds(200)
        let directory = try OpenLDAPDirectory(configuration)
        defer { directory.stop() }
        let watch = OpenLDAPWatch(directory)
        defer { watch.stop() }
        var changes = watch.changes().makeAsyncIterator()
        #expect(await Self.next(&changes) { $0 == .live(.polling) } != nil)
        #expect(directory.health().watch == .live(.polling))
        guard case .found(let anna) = await directory.person(named: "anna") else {
            Issue.record("not found")
            return
        }
        try Slapd.$current.withValue(server) {
            try Slapd.change(
                "dn: uid=anna,ou=people,dc=plant,dc=example\nchangetype: modify\nreplace: title\ntitle: Lead\n"
            )
        }
        #expect(await Self.next(&changes) { $0 == .person(anna.id) } != nil)
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
        between.muteConnections()
        let begin = ContinuousClock.now
        #expect(await Self.next(&changes, Self.isLost) != nil)
        #expect(begin.duration(to: .now) < .seconds(2))
        #expect(directory.health().watch.word == "lost")
    }
}
