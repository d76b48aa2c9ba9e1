import Directory
import OpenLDAPDirectory
import Programs
import Testing

@Suite("What an operator is shown of a person", .enabled(if: Slapd.missing == nil, "\(Slapd.missing ?? "")"), .slapd)
struct TraceTests {
    private static func trace(
        _ name: String,
        _ change: (inout OpenLDAPConfiguration) throws -> Void = { _ in }
    ) async throws -> DirectoryTrace {
        var configuration = try OpenLDAPConfiguration.company()
        try change(&configuration)
        let directory = try OpenLDAPDirectory(configuration)
        defer { directory.stop() }
        return await directory.trace(named: name)
    }

    @Test("Each step from the servers to the groups, with the way to each group")
    func steps() async throws {
        let trace = try await Self.trace(#"PLANT\ben"#)
        #expect(trace.person?.name == "ben")
        let lines = trace.steps.map(\.description)
        #expect(lines[0].contains("OpenLDAP, TLS1.3"))
        #expect(lines[0].hasSuffix("the service account is let in, changes are pushed by syncrepl"))
        for line in [
            #"fine: name: `plant\ben` is looked for by `(|(uid=ben)(samaccountname=ben))`"#,
            "fine: account: may be used",
        ] { #expect(lines.contains(line), "\(lines)") }
        let ways = [
            "fine: group: `press-shop` directly; `cn=press-shop,",
            "fine: group: `staff` through `press-shop`, then `engineers`; `cn=staff,",
        ]
        for way in ways { #expect(lines.contains { $0.hasPrefix(way) }, "\(lines)") }
        #expect(trace.steps.allSatisfy { $0.severity == .fine })
    }

    @Test("A circle of groups is shown once around")
    func circle() async throws {
        let lines = try await Self.trace("round").steps.map(\.description)
        #expect(
            lines.contains { $0.hasPrefix("fine: group: `circle-c` through `circle-a`, then `circle-b`;") },
            "\(lines)"
        )
    }

    @Test(
        "An account that may not be used is told with the attribute that says so",
        arguments: [
            ("dora", "may not be used: switched off (pwdaccountlockedtime=000001010000Z)", nil),
            ("left", "may not be used: switched off (employeetype=left)", .disabledWhen),
            ("gone", "may not be used: its end date has passed (shadowexpire=1)", nil),
            ("reset", "may not be used: a new password has to be chosen first (pwdreset=TRUE)", nil),
        ] as [(String, String, DirectorySetting?)]
    )
    func accounts(name: String, message: String, setting: DirectorySetting?) async throws {
        let step = try await Self.trace(name).steps.first { $0.subject == "account" }
        #expect(step?.severity == .failure && step?.message == message && step?.setting == setting, "\(step as Any)")
    }

    @Test("Whoever is not found is looked for more widely, and the line that is too narrow is named")
    func notFound() async throws {
        func last(
            _ name: String,
            _ change: (inout OpenLDAPConfiguration) throws -> Void = { _ in }
        ) async throws -> DirectoryFinding {
            try #require(try await Self.trace(name, change).steps.last)
        }
        let narrow = try await last("anna") { $0.people.filter = .equals("employeetype", "external") }
        #expect(narrow.setting == .peopleFilter)
        #expect(narrow.message.hasPrefix("`uid=anna,ou=people,dc=plant,dc=example` has this name"))
        let outside = try await last("anna") {
            $0.people.bases = [try DistinguishedName("ou=groups,dc=plant,dc=example")]
        }
        #expect(outside.setting == .peopleBase)
        let other = try await last("Anna Weber") { $0.people.plainNames = ["uid"] }
        #expect(other.message.contains("`cn`") || other.message.hasPrefix("no entry"))
        let mail = try await last("anna@plant.example") { $0.people.addresses = ["userprincipalname"] }
        #expect(mail.setting == .addresses && mail.message.contains("has it as `mail`"), "\(mail)")
        let ambiguous = try await last("shared@plant.example")
        #expect(ambiguous.message.contains("uid=ambi1,") && ambiguous.message.contains("uid=ambi2,"))
        let domain = try await last(#"OTHER\anna"#)
        #expect(domain.setting == .domains && domain.remedy?.contains("`other`") == true)
        let nobody = try await last("nobody")
        #expect(nobody.setting == nil && nobody.message.hasPrefix("no entry"))
        #expect(try await last(" anna").subject == "name")
    }

    @Test("A server that is wrong is told with the setting to change, and the rest goes on")
    func servers() async throws {
        let port = Programs.freePort()
        let trace = try await Self.trace("anna") { configuration in
            configuration.servers.insert(
                ServerAddress(security: .fromTheStart, host: "127.0.0.1", port: port),
                at: 0
            )
        }
        #expect(trace.person?.name == "anna")
        #expect(trace.steps.first?.setting == .servers)
        let untrusted = try await Self.trace("anna") { $0.trust.authorities = "/nowhere/ca.pem" }
        #expect(untrusted.steps.first?.setting == .authorities && untrusted.person == nil)
        let shallow = try await Self.trace("ben") { $0.groups.depth = 1 }
        #expect(shallow.steps.last?.setting == .groupsDepth)
    }

    @Test("Rules about groups that are not there are found")
    func missing() async throws {
        let directory = try OpenLDAPDirectory(.company())
        defer { directory.stop() }
        let subjects = try [
            ClearanceRule.Subject(group: "cn=staff,ou=groups,dc=plant,dc=example"),
            ClearanceRule.Subject(group: "cn=stuff,ou=groups,dc=plant,dc=example"),
            ClearanceRule.Subject(group: "uuid:00000000-0000-0000-0000-000000000000"),
        ]
        #expect(await directory.missing(among: subjects) == [1, 2])
    }
}
