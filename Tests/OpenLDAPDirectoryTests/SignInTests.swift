import Directory
import OpenLDAPDirectory
import Testing

@Suite("Signing in at an OpenLDAP server", .enabled(if: Slapd.missing == nil, "\(Slapd.missing ?? "")"), .slapd)
struct SignInTests {
    /// What a row of the table expects.
    enum Expected: Sendable {
        case person(String)
        case refused(AuthenticationRefusal)
    }

    @Test(
        "A name and a password",
        arguments: [
            ("anna", "demo-anna", .person("anna")),
            ("ANNA", "demo-anna", .person("anna")),
            ("anna@plant.example", "demo-anna", .person("anna")),
            (#"PLANT\anna"#, "demo-anna", .person("anna")),
            (#"OTHER\anna"#, "demo-anna", .refused(.malformedName)),
            ("svc-training", "demo-svc-training", .person("svc-training")),
            ("lucic", "demo-lucic", .person("lucic")),
            ("anna", "demo-Anna", .refused(.wrongPassword)),
            ("anna", "", .refused(.emptyPassword)),
            ("anna", "  ", .refused(.emptyPassword)),
            ("anna", "demo-anna\u{0}", .refused(.malformedPassword)),
            ("anna", "\u{0}", .refused(.malformedPassword)),
            ("nobody", "demo-anna", .refused(.unknownUser)),
            ("", "demo-anna", .refused(.malformedName)),
            ("anna\u{0}", "demo-anna", .refused(.malformedName)),
            ("*", "demo-anna", .refused(.unknownUser)),
            ("a*", "demo-anna", .refused(.unknownUser)),
            ("anna)(uid=*", "demo-anna", .refused(.unknownUser)),
            ("*)(|(objectClass=*", "demo-anna", .refused(.unknownUser)),
            ("stile", "demo-stile", .refused(.unknownUser)),
            ("uid=anna,ou=people,dc=plant,dc=example", "demo-anna", .refused(.unknownUser)),
            ("shared@plant.example", "demo-ambi1", .refused(.ambiguousUser)),
            ("ambi1", "demo-ambi1", .person("ambi1")),
            ("nopass", "demo-nopass", .refused(.wrongPassword)),
            ("dora", "demo-dora", .refused(.disabled)),
            ("left", "demo-left", .refused(.disabled)),
            ("left", "wrong", .refused(.wrongPassword)),
            ("gone", "demo-gone", .refused(.expired)),
            ("stays", "demo-stays", .person("stays")),
            ("reset", "demo-reset", .refused(.passwordMustChange)),
            ("aged", "demo-aged", .refused(.passwordExpired)),
        ] as [(String, String, Expected)]
    )
    func signIn(name: String, password: String, expected: Expected) async throws {
        let directory = try OpenLDAPDirectory(.company())
        defer { directory.stop() }
        let outcome = await directory.authenticate(name: name, password: Password(password))
        switch (outcome, expected) {
        case (.authenticated(let person), .person(let name)): #expect(person.name == name)
        case (.refused(let refusal), .refused(let reason)): #expect(refusal == reason)
        default: Issue.record("\(outcome)")
        }
    }

    @Test("Signing in says everything about a person, nested groups included")
    func wholePerson() async throws {
        let directory = try OpenLDAPDirectory(.company())
        defer { directory.stop() }
        guard case .authenticated(let ben) = await directory.authenticate(name: "ben", password: Password("demo-ben"))
        else {
            Issue.record("not signed in")
            return
        }
        #expect(ben.displayName == "Ben Okafor")
        #expect(ben.mail == "ben@plant.example")
        #expect(try ben.dn == DistinguishedName("uid=ben,ou=people,dc=plant,dc=example"))
        #expect(ben.attributes == ["employeetype": ["employee"], "departmentnumber": ["press4"]])
        #expect(ben.account == .active)
        #expect(Set(ben.groups.map(\.name)) == ["press-shop", "engineers", "press4-analysts", "staff"])
        #expect(await directory.person(ben.id) == .found(ben))
        #expect(await directory.person(named: "BEN@plant.example") == .found(ben))
    }

    @Test(
        "Groups, by each way to find them",
        arguments: [GroupSearch.Method.members, .memberOf],
        [
            ("ben", ["engineers", "press-shop", "press4-analysts", "staff"]),
            ("anna", ["customer-x", "engineers", "press4-analysts", "staff"]),
            ("carla", ["contractors", "press4-analysts"]),
            ("svc-training", ["ml-services"]),
            ("round", ["circle-a", "circle-b", "circle-c"]),  // a circle of groups ends
            ("nopass", []),
        ] as [(String, [String])]
    )
    func groups(method: GroupSearch.Method, row: (String, [String])) async throws {
        var configuration = try OpenLDAPConfiguration.company()
        configuration.groups.method = method
        let directory = try OpenLDAPDirectory(configuration)
        defer { directory.stop() }
        guard case .found(let person) = await directory.person(named: row.0) else {
            Issue.record("\(row.0) was not found")
            return
        }
        #expect(person.groups.map(\.name).sorted() == row.1)
    }

    @Test("Groups of every kind count, and groups outside the bases do not")
    func kindsOfGroups() async throws {
        var configuration = try OpenLDAPConfiguration.company()
        configuration.groups.memberAttributes.append("memberuid")
        let directory = try OpenLDAPDirectory(configuration)
        defer { directory.stop() }
        let person = try await directory.found("stays")
        #expect(person.groups.map(\.name).sorted() == ["posix", "unique"])
    }

    @Test("Groups nested deeper than allowed, or too many, are no groups at all")
    func tooDeep() async throws {
        var configuration = try OpenLDAPConfiguration.company()
        configuration.groups.depth = 1
        let shallow = try OpenLDAPDirectory(configuration)
        defer { shallow.stop() }
        #expect(
            await shallow.person(named: "ben")
                == .unavailable(.groupsIncomplete("groups are nested deeper than 1 levels"))
        )
        configuration.groups.depth = 16
        configuration.groups.maximum = 3
        let few = try OpenLDAPDirectory(configuration)
        defer { few.stop() }
        #expect(await few.person(named: "ben") == .unavailable(.groupsIncomplete("more than 3 groups")))
    }

    @Test("Small pages bring the same groups")
    func pages() async throws {
        var configuration = try OpenLDAPConfiguration.company()
        configuration.limits.page = 1
        let directory = try OpenLDAPDirectory(configuration)
        defer { directory.stop() }
        let person = try await directory.found("anna")
        #expect(person.groups.count == 4)
    }

    @Test("A renamed person is the same person, and a renamed group the same group")
    func renames() async throws {
        let directory = try OpenLDAPDirectory(.company())
        defer { directory.stop() }
        let before = try await directory.found("moved")
        try Slapd.change(
            """
            dn: uid=moved,ou=people,dc=plant,dc=example
            changetype: modrdn
            newrdn: uid=moved-on
            deleteoldrdn: 1

            """
        )
        guard case .found(let after) = await directory.person(before.id) else {
            Issue.record("not found by identity")
            return
        }
        #expect(after.id == before.id)
        #expect(after.name == "moved-on")
        #expect(await directory.person(named: "moved") == .refused(.unknownUser))
    }

    @Test("After too many wrong passwords the right one is refused too, and the reason is known")
    func lockout() async throws {
        let directory = try OpenLDAPDirectory(.company())
        defer { directory.stop() }
        for _ in 0..<5 {
            #expect(await directory.authenticate(name: "guessed", password: Password("no")) == .refused(.wrongPassword))
        }
        #expect(
            await directory.authenticate(name: "guessed", password: Password("demo-guessed")) == .refused(.locked)
        )
    }

    @Test(
        "A password that is too old works as often as the policy lets it, and says how often it still does",
        .timeLimit(.minutes(15))
    )
    func oldPasswords() async throws {
        let directory = try OpenLDAPDirectory(.company())
        defer { directory.stop() }
        // It grows too old a second after it was set, which may not be over yet.
        var left: [Int] = []
        var end: AuthenticationOutcome?
        while end == nil {
            switch await directory.authenticate(name: "grace", password: Password("demo-grace")) {
            case .authenticated(let person):
                if case .passwordInGrace(let logins) = person.account { left.append(logins) }
            case let other: end = other
            }
        }
        #expect(left == [4, 3, 2, 1, 0])
        #expect(end == .refused(.passwordExpired))
        var outcome = await directory.authenticate(name: "strict", password: Password("demo-strict"))
        while case .authenticated = outcome {
            outcome = await directory.authenticate(name: "strict", password: Password("demo-strict"))
        }
        #expect(outcome == .refused(.passwordExpired))
    }
}
