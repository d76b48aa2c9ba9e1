import Directory
import Foundation
import Gateway
import Glibc
import OpenLDAPDirectory

/// What the directory costs this process in CPU: a whole sign-in, its bind, a look-up, and a credential that is known.
///
///     swift run -c release directory-benchmark [--people N] [--rounds N]
///
/// Starts a slapd of its own with the sample company (`deploy/slapd`), over LDAPS on loopback. The server's CPU is not counted, so what is
/// told is what a gateway pays. The last line reads `sign-in=…µs look-up=…µs bind=…µs known=…ns` for programs.
@main
struct DirectoryBenchmark {
    static func main() async throws {
        let arguments = CommandLine.arguments
        func option(_ name: String) -> Int? {
            arguments.firstIndex(of: name).flatMap {
                arguments.indices.contains($0 + 1) ? Int(arguments[$0 + 1]) : nil
            }
        }
        guard !arguments.contains("--help") else {
            print(
                "usage: directory-benchmark [--people N] [--rounds N]\nexample: directory-benchmark --people 200 --rounds 2000"
            )
            return
        }
        let server = try Server(people: option("--people") ?? 200)
        defer { server.stop() }
        let rounds = option("--rounds") ?? 2_000
        var configuration = OpenLDAPConfiguration(
            servers: [ServerAddress(security: .fromTheStart, host: "127.0.0.1", port: server.port)],
            trust: DirectoryTrust(authorities: "\(server.folder)/tls/ca.pem"),
            service: .password(
                dn: try DistinguishedName("cn=stile,ou=services,dc=plant,dc=example"),
                file: "\(server.folder)/stile.password"
            ),
            people: PeopleSearch(bases: [try DistinguishedName("ou=people,dc=plant,dc=example")]),
            groups: GroupSearch(bases: [try DistinguishedName("ou=groups,dc=plant,dc=example")])
        )
        configuration.limits.workers = 1
        configuration.limits.refusal = .nanoseconds(1)
        let directory = try OpenLDAPDirectory(configuration)
        defer { directory.stop() }

        // Connections are made before anything is counted.
        guard case .authenticated = await directory.authenticate(name: "bench-0", password: Password("pw-0")) else {
            throw Failure("bench-0 cannot sign in")
        }
        let signIn = try await Self.cost(of: rounds) { round in
            let number = round % server.people
            let outcome = await directory.authenticate(name: "bench-\(number)", password: Password("pw-\(number)"))
            guard case .authenticated = outcome else { throw Failure("\(outcome)") }
        }
        let lookUp = try await Self.cost(of: rounds) { round in
            let outcome = await directory.person(named: "bench-\(round % server.people)")
            guard case .found = outcome else { throw Failure("\(outcome)") }
        }
        // A wrong password costs the search of the entry and the bind, and no groups.
        let refused = try await Self.cost(of: rounds) { round in
            let outcome = await directory.authenticate(
                name: "bench-\(round % server.people)",
                password: Password("wrong")
            )
            guard case .refused = outcome else { throw Failure("\(outcome)") }
        }
        let known = Self.knownCredential(among: server.people, rounds: 1_000_000)
        print("whole sign-in (search, bind, groups)   \(Self.text(signIn)) µs of CPU")
        print("look-up (search, groups)               \(Self.text(lookUp)) µs")
        print("bind, with the question who it is      \(Self.text(signIn - lookUp)) µs")
        print("refused sign-in (search, bind)         \(Self.text(refused)) µs")
        print("known credential (digest, table)       \(Self.text(known)) ns")
        print(
            "sign-in=\(Self.text(signIn))µs look-up=\(Self.text(lookUp))µs bind=\(Self.text(signIn - lookUp))µs "
                + "known=\(Self.text(known))ns"
        )
    }

    /// The CPU that this process spends on one round, in microseconds, user and system together.
    private static func cost(of rounds: Int, _ body: @Sendable (Int) async throws -> Void) async throws -> Double {
        let before = self.processorMicroseconds
        for round in 0..<rounds { try await body(round) }
        return (self.processorMicroseconds - before) / Double(rounds)
    }

    /// The CPU for recognising a credential that its connection has not shown before, in nanoseconds: its digest, and looking that up.
    ///
    /// One that its connection showed last costs less, it is only compared.
    private static func knownCredential(among people: Int, rounds: Int) -> Double {
        let key = CredentialKey()
        let fields = (0..<people).map { number in
            Array("Basic \(Data("bench-\(number):pw-\(number)".utf8).base64EncodedString())".utf8)
        }
        var known: [CredentialDigest: Int] = [:]
        for (number, field) in fields.enumerated() {
            let digest = key.digest(of: field.span)
            known[digest] = number
        }
        var found = 0
        let before = self.processorMicroseconds
        for round in 0..<rounds {
            let field = fields[round % people]
            let digest = key.digest(of: field.span)
            if known[digest] == round % people { found += 1 }
        }
        let spent = (self.processorMicroseconds - before) * 1_000 / Double(rounds)
        precondition(found == rounds, "a credential was not recognised")
        return spent
    }

    private static var processorMicroseconds: Double {
        var usage = rusage()
        // The structure is ours, and only written.
        _ = unsafe getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
        let seconds = Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
        return seconds * 1e6 + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)
    }

    private static func text(_ number: Double) -> String { String((number * 10).rounded() / 10) }
}

/// Why there is no figure.
struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// A slapd with the sample company and people to sign in as.
struct Server {
    let folder: String
    let port: UInt16
    let people: Int

    private static let script = URL(filePath: #filePath).appending(path: "../../../deploy/slapd").standardizedFileURL
        .path

    /// Starts it, and adds people `bench-N` with the passwords `pw-N`, each in two groups, one of them nested.
    init(people: Int) throws {
        self.people = people
        self.folder = "/tmp/stile-bench-\(ProcessInfo.processInfo.processIdentifier)"
        self.port = UInt16(20_000 + ProcessInfo.processInfo.processIdentifier % 20_000)
        try FileManager.default.createDirectory(atPath: self.folder, withIntermediateDirectories: true)
        let names = (0..<people).map { "bench-\($0)" }
        var entries = names.enumerated().map { number, name in
            """
            dn: uid=\(name),ou=people,dc=plant,dc=example
            objectClass: inetOrgPerson
            uid: \(name)
            cn: \(name)
            sn: \(name)
            userPassword: pw-\(number)

            """
        }
        let members = names.map { "member: uid=\($0),ou=people,dc=plant,dc=example\n" }.joined()
        entries.append("dn: cn=bench,ou=groups,dc=plant,dc=example\nobjectClass: groupOfNames\ncn: bench\n\(members)")
        entries.append(
            "dn: cn=benches,ou=groups,dc=plant,dc=example\nobjectClass: groupOfNames\ncn: benches\n"
                + "member: cn=bench,ou=groups,dc=plant,dc=example\n"
        )
        let file = "\(self.folder)/people.ldif"
        try entries.joined(separator: "\n").write(toFile: file, atomically: true, encoding: .utf8)
        try Self.run(["start", self.folder, "--ldap", "0", "--ldaps", "\(self.port)", "--ldif", file])
    }

    /// Stops it and removes what it wrote.
    func stop() {
        try? Self.run(["stop", self.folder])
        try? FileManager.default.removeItem(atPath: self.folder)
    }

    private static func run(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: self.script)
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure("deploy/slapd \(arguments[0]) failed") }
    }
}
