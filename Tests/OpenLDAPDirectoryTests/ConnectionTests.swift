import Directory
import Foundation
import OpenLDAPDirectory
import Programs
import Testing

@Suite("Connections to directory servers", .enabled(if: Slapd.missing == nil, "\(Slapd.missing ?? "")"), .slapd)
struct ConnectionTests {
    private static func signIn(_ configuration: OpenLDAPConfiguration) async throws -> AuthenticationOutcome {
        let directory = try OpenLDAPDirectory(configuration)
        defer { directory.stop() }
        return await directory.authenticate(name: "anna", password: Password("demo-anna"))
    }

    private static func isAnna(_ outcome: AuthenticationOutcome) -> Bool {
        if case .authenticated(let person) = outcome { person.name == "anna" } else { false }
    }

    @Test("LDAPS and StartTLS both work", arguments: [ServerAddress.Security.fromTheStart, .startTLS])
    func securities(security: ServerAddress.Security) async throws {
        #expect(Self.isAnna(try await Self.signIn(.company(security: security))))
    }

    @Test("TLS 1.3 alone works where the server speaks it")
    func newestTLS() async throws {
        var configuration = try OpenLDAPConfiguration.company()
        configuration.trust.minimum = .tls13
        #expect(Self.isAnna(try await Self.signIn(configuration)))
    }

    @Test(
        "A server that speaks only what is too old is nobody",
        arguments: [
            ("-tls1", .tls12, true), ("-tls1_1", .tls12, true), ("-tls1_2", .tls12, false), ("-tls1_2", .tls13, true),
            ("-tls1_3", .tls13, false),
        ] as [(String, DirectoryTrust.Version, Bool)]
    )
    func oldTLS(version: String, minimum: DirectoryTrust.Version, isTooOld: Bool) async throws {
        var configuration = try OpenLDAPConfiguration.company()
        let certificates = try #require(Slapd.current).folder.appending(path: "tls")
        let server = try OldTLSServer(version, certificates: certificates)
        defer { server.stop() }
        configuration.servers = [ServerAddress(security: .fromTheStart, host: "127.0.0.1", port: server.port)]
        configuration.trust.minimum = minimum
        // What speaks TLS well enough is no directory all the same: it never answers what is asked once TLS is up.
        if !isTooOld { configuration.limits.operation = .milliseconds(200) }
        switch try await Self.signIn(configuration) {
        case .unavailable(.tls): #expect(isTooOld)
        case .unavailable(.noServer(let reasons)):
            #expect(!isTooOld && reasons == "`\(configuration.servers[0])` no answer in time")
        case let outcome: Issue.record("\(outcome)")
        }
    }

    @Test(
        "A server that another authority vouches for is nobody",
        arguments: [ServerAddress.Security.fromTheStart, .startTLS]
    )
    func otherAuthority(security: ServerAddress.Security) async throws {
        var configuration = try OpenLDAPConfiguration.company(security: security)
        // The gateway's own certificate is no authority.
        let server = try #require(Slapd.current)
        configuration.trust.authorities = server.folder.appending(path: "tls/stile.pem").path
        guard case .unavailable(.tls) = try await Self.signIn(configuration) else {
            Issue.record("an unknown authority was believed")
            return
        }
    }

    @Test("A missing file of authorities is named, and nothing is sent")
    func missingAuthorities() async throws {
        var configuration = try OpenLDAPConfiguration.company()
        configuration.trust.authorities = "/nowhere/ca.pem"
        #expect(
            try await Self.signIn(configuration)
                == .unavailable(.tls("the file of authorities `/nowhere/ca.pem` cannot be read"))
        )
    }

    @Test(
        "A server whose certificate bears another name is nobody",
        arguments: [ServerAddress.Security.fromTheStart, .startTLS]
    )
    func otherName(security: ServerAddress.Security) async throws {
        var configuration = try OpenLDAPConfiguration.company(security: security)
        let between = try OddServer(.forwarding(configuration.servers[0].port), address: 0x7F00_0002)
        defer { between.stop() }
        configuration.servers = [ServerAddress(security: security, host: "127.0.0.2", port: between.port)]
        guard case .unavailable(.tls) = try await Self.signIn(configuration) else {
            Issue.record("another name was believed")
            return
        }
        try await between.isLeft()
        #expect(!String(decoding: between.heard, as: UTF8.self).contains("cn=stile"))
    }

    @Test(
        "A server that will not have StartTLS gets nothing, whatever it answers",
        arguments: [
            // An extended response with `unavailable`, with `protocolError`, a bind response instead, and no LDAP at all.
            [0x30, 0x0C, 0x02, 0x01, 0x01, 0x78, 0x07, 0x0A, 0x01, 0x34, 0x04, 0x00, 0x04, 0x00],
            [0x30, 0x0C, 0x02, 0x01, 0x01, 0x78, 0x07, 0x0A, 0x01, 0x02, 0x04, 0x00, 0x04, 0x00],
            [0x30, 0x0C, 0x02, 0x01, 0x01, 0x61, 0x07, 0x0A, 0x01, 0x00, 0x04, 0x00, 0x04, 0x00],
            // Yes, and then plain text that pretends to be the answer to a bind.
            [0x30, 0x0C, 0x02, 0x01, 0x01, 0x78, 0x07, 0x0A, 0x01, 0x00, 0x04, 0x00, 0x04, 0x00]
                + [0x30, 0x0C, 0x02, 0x01, 0x02, 0x61, 0x07, 0x0A, 0x01, 0x00, 0x04, 0x00, 0x04, 0x00],
            Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8),
        ] as [[UInt8]]
    )
    func strippedTLS(answer: [UInt8]) async throws {
        var configuration = try OpenLDAPConfiguration.company(security: .startTLS)
        let server = try OddServer(.answering(answer))
        defer { server.stop() }
        configuration.servers = [ServerAddress(security: .startTLS, host: "127.0.0.1", port: server.port)]
        guard case .unavailable = try await Self.signIn(configuration) else {
            Issue.record("a connection without TLS was used")
            return
        }
        try await server.isLeft()
        let heard = String(decoding: server.heard, as: UTF8.self)
        #expect(heard.contains("1.3.6.1.4.1.1466.20037") && !heard.contains("cn=stile") && !heard.contains("demo-anna"))
    }

    @Test("Where a server is sick, the next one answers, and the sick are left alone")
    func nextServer() async throws {
        var configuration = try OpenLDAPConfiguration.company()
        let sick = try OddServer(.closing)
        defer { sick.stop() }
        let ports = [Programs.freePort(), sick.port]
        let addresses = ports.map { ServerAddress(security: .fromTheStart, host: "127.0.0.1", port: $0) }
        configuration.servers = addresses + configuration.servers
        configuration.limits.failuresBeforeRest = 1
        configuration.limits.rest = .seconds(900)
        configuration.limits.longestRest = .seconds(900)
        let directory = try OpenLDAPDirectory(configuration)
        defer { directory.stop() }
        #expect(Self.isAnna(await directory.authenticate(name: "anna", password: Password("demo-anna"))))
        #expect(directory.health().servers.map(\.state) == [.down, .down, .up])
        try await sick.hasTaken(1)
        #expect(Self.isAnna(await directory.authenticate(name: "anna", password: Password("demo-anna"))))
        #expect(directory.health().servers.map(\.failed) == [1, 1, 0])
    }

    @Test("A server that is silent or never finishes is given up after its own limit, and the next one is asked")
    func silentServers() async throws {
        var configuration = try OpenLDAPConfiguration.company()
        let sick = try [OddServer(.silent), OddServer(.dripping)]
        defer { for server in sick { server.stop() } }
        configuration.servers = zip([.fromTheStart, .startTLS], sick).map {
            ServerAddress(security: $0, host: "127.0.0.1", port: $1.port)
        }
        configuration.limits.connect = .milliseconds(300)
        let outcome = try await Self.signIn(configuration)
        let reasons = configuration.servers.map { "`\($0)` no answer in time" }.joined(separator: "; ")
        #expect(outcome == .unavailable(.noServer(reasons)))
        for server in sick { try await server.hasTaken(1) }
    }

    @Test(
        "A server that never finishes an answer is cut off at the deadline",
        .timeLimit(.minutes(15)),
        arguments: [true, false]
    )
    func deadline(drips: Bool) async throws {
        var configuration = try OpenLDAPConfiguration.company()
        let server = try OddServer(drips ? .dripping : .silent)
        defer { server.stop() }
        configuration.servers = [ServerAddress(security: .startTLS, host: "127.0.0.1", port: server.port)]
        configuration.limits.total = .milliseconds(400)
        configuration.limits.workers = 1
        let directory = try OpenLDAPDirectory(configuration)
        defer { directory.stop() }
        // The only worker comes back each time: it was cut off, not left behind.
        while server.connections < 3 {
            #expect(await directory.authenticate(name: "anna", password: Password("x")) == .unavailable(.deadline))
        }
        // Whoever has less time than a healthy server may take does not say that this one is sick.
        #expect(directory.health().servers.map(\.failed) == [0])
    }

    @Test("When no server can be reached, each is named with its reason")
    func nobodyThere() async throws {
        var configuration = try OpenLDAPConfiguration.company()
        let port = Programs.freePort()
        configuration.servers = [ServerAddress(security: .fromTheStart, host: "127.0.0.1", port: port)]
        guard case .unavailable(.noServer(let reasons)) = try await Self.signIn(configuration) else {
            Issue.record("somebody answered")
            return
        }
        #expect(reasons == "`ldaps://127.0.0.1:\(port)` not reachable: Connection refused")
    }

    @Test("A service account that is refused is the gateway's trouble, not the person's")
    func serviceAccount() async throws {
        var configuration = try OpenLDAPConfiguration.company()
        let file = URL.temporaryDirectory.appending(path: "stile-\(UUID().uuidString)")
        try Data("wrong\n".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let stile = try DistinguishedName("cn=stile,ou=services,dc=plant,dc=example")
        configuration.service = .password(dn: stile, file: file.path)
        #expect(try await Self.signIn(configuration) == .unavailable(.serviceRefused("Invalid credentials")))
        try Data(" \n".utf8).write(to: file)
        guard case .unavailable(.serviceRefused(let reason)) = try await Self.signIn(configuration) else {
            Issue.record("a blank password was used")
            return
        }
        #expect(reason.contains("not blank"))
    }

    @Test("A password that was refused is not shown again until its file is changed, or the account would be locked")
    func refusedPassword() async throws {
        var configuration = try OpenLDAPConfiguration.company()
        let between = try configuration.passThrough()
        defer { between.stop() }
        let folder = try #require(Slapd.current).folder
        let right = try String(contentsOf: folder.appending(path: "stile.password"), encoding: .utf8)
        let file = folder.appending(path: "wrong.password")
        try Data("wrong\n".utf8).write(to: file)
        let stile = try DistinguishedName("cn=stile,ou=services,dc=plant,dc=example")
        configuration.service = .password(dn: stile, file: file.path)
        let directory = try OpenLDAPDirectory(configuration)
        defer { directory.stop() }
        for _ in 0..<5 {
            guard
                case .unavailable(.serviceRefused) = await directory.authenticate(name: "anna", password: Password("x"))
            else {
                Issue.record("a wrong password was taken")
                return
            }
        }
        #expect(between.connections == 1)
        try Data(right.utf8).write(to: file)
        _ = try await directory.signedIn("anna", "demo-anna")
    }

    @Test("The service account may be a certificate")
    func certificate() async throws {
        var configuration = try OpenLDAPConfiguration.company()
        let folder = try #require(Slapd.current).folder
        configuration.service = .certificate(
            file: folder.appending(path: "tls/stile.pem").path,
            key: folder.appending(path: "tls/stile.key").path
        )
        #expect(Self.isAnna(try await Self.signIn(configuration)))
    }

    @Test("More questions than may wait are answered at once", .timeLimit(.minutes(15)))
    func crowd() async throws {
        var configuration = try OpenLDAPConfiguration.company()
        let server = try OddServer(.silent)
        defer { server.stop() }
        configuration.servers = [ServerAddress(security: .fromTheStart, host: "127.0.0.1", port: server.port)]
        configuration.limits.workers = 1
        configuration.limits.waiting = 1
        configuration.limits.connect = .seconds(600)
        configuration.limits.total = .seconds(600)
        let directory = try OpenLDAPDirectory(configuration)
        defer { directory.stop() }
        try await withThrowingTaskGroup(of: AuthenticationOutcome.self) { group in
            for _ in 0..<5 { group.addTask { await directory.authenticate(name: "anna", password: Password("x")) } }
            // One is asked and one waits, for as long as the server says nothing.
            for _ in 0..<3 { #expect(try await group.next() == .unavailable(.busy)) }
            // Before its greeting was heard it would be refused a connection, after it the connection is broken while TLS is set up.
            try await server.hasHeard()
            server.stop()
            var failures: [String] = []
            for try await outcome in group {
                switch outcome {
                case .unavailable(.tls): failures.append("broken")
                case .unavailable(.noServer): failures.append("refused")
                default: Issue.record("\(outcome)")
                }
            }
            #expect(failures.sorted() == ["broken", "refused"])
        }
    }

    @Test("A check names what is right and what is wrong, with the remedy")
    func check() async throws {
        var configuration = try OpenLDAPConfiguration.company()
        let port = Programs.freePort()
        configuration.servers.append(ServerAddress(security: .fromTheStart, host: "127.0.0.1", port: port))
        configuration.groups.bases.append(try DistinguishedName("ou=teams,dc=plant,dc=example"))
        let directory = try OpenLDAPDirectory(configuration)
        defer { directory.stop() }
        let findings = await directory.check()
        #expect(findings.map(\.severity) == [.fine, .fine, .fine, .failure, .failure])
        #expect(findings[0].message.hasPrefix("OpenLDAP, TLS1.3"), "\(findings[0])")
        #expect(findings[3].message.contains("`ou=teams,dc=plant,dc=example`"))
        #expect(findings[4].message == "not reachable: Connection refused")
        #expect(findings[3].setting == .groupsBase)
        #expect(findings[4].remedy == "check the address, the port and the way there")
        #expect(findings[4].setting == .servers)
    }
}
