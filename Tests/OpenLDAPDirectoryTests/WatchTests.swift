import Directory
import Foundation
import Programs
import Testing

@testable import OpenLDAPDirectory

@Suite("Watching an OpenLDAP server", .enabled(if: Slapd.missing == nil, "\(Slapd.missing ?? "")"), .slapd, .serialized)
struct WatchTests {
    @Test("What changes is told to everybody who listens", .timeLimit(.minutes(15)))
    func changesAreTold() async throws {
        let watched = try await WatchedDirectory(.company())
        defer { watched.stop() }
        let directory = watched.directory
        var other = watched.another()
        let (anna, ben) = (try await directory.found("anna"), try await directory.found("ben"))
        try Slapd.change(
            "dn: uid=anna,ou=people,dc=plant,dc=example\nchangetype: modify\nreplace: title\ntitle: Lead\n"
        )
        #expect(await watched.hears(.person(anna.id)))
        while let change = await other.next(), change != .person(anna.id) {}
        try Slapd.change(
            """
            dn: cn=customer-x,ou=groups,dc=plant,dc=example
            changetype: modify
            add: member
            member: uid=ben,ou=people,dc=plant,dc=example

            """
        )
        #expect(await watched.hears(.membership))
        #expect(try await directory.found("ben").groups.contains { $0.name == "customer-x" })
        try Slapd.change(
            """
            dn: uid=ben,ou=people,dc=plant,dc=example
            changetype: modify
            replace: pwdAccountLockedTime
            pwdAccountLockedTime: 000001010000Z

            """
        )
        #expect(await watched.hears(.person(ben.id)))
        #expect(try await directory.found("ben").account == .disabled)
        try Slapd.change("dn: uid=ben,ou=people,dc=plant,dc=example\nchangetype: delete\n")
        #expect(await watched.hears(.person(ben.id)))
        #expect(await directory.person(ben.id) == .refused(.unknownUser))
    }

    @Test("Changes are pushed, and each is in force when it is told", .timeLimit(.minutes(15)))
    func pushed() async throws {
        let people = "ou=people,dc=plant,dc=example"
        try await ChangeOrder(
            server: "OpenLDAP",
            configuration: .company(),
            method: .syncrepl,
            marker: "uid=left,\(people)",
            change: Slapd.change
        ).run([
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

    @Test("A watch that is lost says so, and what was missed makes everything uncertain", .timeLimit(.minutes(15)))
    func lost() async throws {
        let server = try #require(Slapd.current)
        var configuration = try OpenLDAPConfiguration.company()
        configuration.limits.rest = .milliseconds(100)
        configuration.limits.longestRest = .milliseconds(400)
        let watched = try await WatchedDirectory(configuration)
        defer { watched.stop() }
        try Slapd.stop(server)
        #expect(await watched.next(\.isLost) != nil)
        // The server forgets what it had told when it stops, and this entry was not told.
        let tool = try #require(Programs.find("slapadd"))
        let more =
            "dn: uid=late,ou=people,dc=plant,dc=example\nobjectClass: inetOrgPerson\nuid: late\ncn: Late\nsn: Late\n"
        try Programs.run(
            tool,
            ["-w", "-b", "dc=plant,dc=example", "-f", server.folder.appending(path: "slapd.conf").path],
            input: more
        )
        try Slapd.start(server)
        #expect(await watched.hears(.everything))
        #expect(await watched.hears(.live(.syncrepl)))
    }

    @Test(
        "After a loss, only what was missed is told: the server knows where the watch left off",
        .timeLimit(.minutes(15))
    )
    func resumed() async throws {
        var configuration = try OpenLDAPConfiguration.company()
        let between = try configuration.passThrough()
        defer { between.stop() }
        configuration.limits.rest = .milliseconds(1)
        let watched = try await WatchedDirectory(configuration)
        defer { watched.stop() }
        let eva = try await watched.directory.found("eva")
        let gone = try await watched.directory.found("gone")
        // The watch comes back at once, and gets no further before the changes are made.
        between.cutConnections(holdingNew: true)
        #expect(await watched.next(\.isLost) != nil)
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
        between.letThrough()
        var told: Set<DirectoryChange> = []
        while let change = await watched.next(), change != .live(.syncrepl) { told.insert(change) }
        #expect(told.contains(.person(eva.id)) && told.contains(.person(gone.id)), "\(told)")
        #expect(!told.contains(.everything))
    }

    @Test("A sign-in is no change, or each would undo itself", .timeLimit(.minutes(15)))
    func signInIsNoChange() async throws {
        let watched = try await WatchedDirectory(.company())
        defer { watched.stop() }
        let lucic = try await watched.directory.signedIn("lucic", "demo-lucic")
        try Slapd.change(
            "dn: uid=stays,ou=people,dc=plant,dc=example\nchangetype: modify\nreplace: title\ntitle: Lead\n"
        )
        #expect(await watched.next() != .person(lucic.id))
    }

    @Test(
        "A server that pushes nothing is polled, and the watch says that it is no more than that",
        .timeLimit(.minutes(15))
    )
    func polled() async throws {
        let server = try await ServerProcess.apart { try Slapd.start(["--without", "syncprov"]) }
        defer { Slapd.remove(server) }
        var configuration = try OpenLDAPConfiguration.company(server)
        configuration.limits.polling = .milliseconds(200)
        let watched = try await WatchedDirectory(configuration, by: .polling)
        defer { watched.stop() }
        #expect(watched.directory.health().watch == .live(.polling))
        let anna = try await watched.directory.found("anna")
        // Whoever was changed shortly before the watch began is told once, too: the second time it is for a change made since.
        for title in ["Lead", "Head"] {
            try Slapd.$current.withValue(server) {
                try Slapd.change(
                    "dn: uid=anna,ou=people,dc=plant,dc=example\nchangetype: modify\nreplace: title\ntitle: \(title)\n"
                )
            }
            #expect(await watched.hears(.person(anna.id)))
        }
    }

    @Test("A silent watch counts as lost", .timeLimit(.minutes(15)))
    func silent() async throws {
        var configuration = try OpenLDAPConfiguration.company()
        let between = try configuration.passThrough()
        defer { between.stop() }
        // Nothing else could end the wait.
        configuration.limits.silence = .milliseconds(600)
        configuration.limits.rest = .milliseconds(1)
        let watched = try await WatchedDirectory(configuration)
        defer { watched.stop() }
        let before = between.muteConnections()
        // First it is said, though no connection was closed; then another connection is made, on which the watch stands again. On a
        // machine so busy that nothing was heard before, either, that may be another loss than this one.
        repeat {
            #expect(await watched.next(\.isLost) == .lost(reason: "nothing was heard for 0.6 seconds"))
            #expect(await watched.hears(.live(.syncrepl)))
        } while between.connections == before
    }

    @Test("A watch keeps nobody from trying a server that it has no need of", .timeLimit(.minutes(15)))
    func others() async throws {
        var configuration = try OpenLDAPConfiguration.company()
        let dead = ServerAddress(security: .fromTheStart, host: "127.0.0.1", port: Programs.freePort())
        configuration.servers.append(dead)
        configuration.limits.failuresBeforeRest = 1
        configuration.limits.rest = .nanoseconds(1)
        var loose = LooseWatch(configuration)
        loose.servers.failed(dead, .unreachable("refused"))
        let (worker, feed, pulse) = (loose.worker, loose.feed, loose.pulse)
        let watching = Task { await worker.watch(feed, pulse) }
        await loose.hear { $0 == .live(.syncrepl) }
        #expect(loose.servers.candidates() == configuration.servers)
        pulse.stop()
        #expect(await watching.value == "stopped")
    }
}
