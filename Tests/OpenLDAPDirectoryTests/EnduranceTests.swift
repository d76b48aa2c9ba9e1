import Directory
import Foundation
import Glibc
import OpenLDAPDirectory
import Programs
import Synchronization
import Testing

@Suite("Ten thousand sign-ins", .enabled(if: Slapd.missing == nil, "\(Slapd.missing ?? "")"), .slapd)
struct EnduranceTests {
    private static let people = 2_000
    private static let signIns = 10_000

    /// Which sign-in is next, and how long the slowest took.
    private final class Progress: Sendable {
        private let state = Mutex((next: 0, slowest: Duration.zero))

        var slowest: Duration { self.state.withLock { $0.slowest } }

        func next() -> Int {
            self.state.withLock { state in
                state.next += 1
                return state.next - 1
            }
        }

        func note(_ time: Duration) {
            self.state.withLock { $0.slowest = max($0.slowest, time) }
        }
    }

    /// Adds the same people to a server.
    private static func populate(_ server: ServerProcess) throws {
        let entries = (0..<Self.people).map { number in
            """
            dn: uid=u\(number),ou=people,dc=plant,dc=example
            changetype: add
            objectClass: inetOrgPerson
            uid: u\(number)
            cn: User \(number)
            sn: \(number)
            userPassword: pw-\(number)

            """
        }
        try Slapd.$current.withValue(server) { try Slapd.change(entries.joined(separator: "\n")) }
    }

    @Test("No wrong answer and none late, while a server is killed and comes back", .timeLimit(.minutes(15)))
    func killed() async throws {
        let first = try #require(Slapd.current)
        let second = try await ServerProcess.apart { try Slapd.start() }
        defer {
            try? Slapd.stop(second)
            try? FileManager.default.removeItem(at: second.folder)
        }
        try Self.populate(first)
        try Self.populate(second)
        let both = "\(first.folder.path)/both.pem"
        let authorities = try [first, second].map { try String(contentsOfFile: $0.authorities, encoding: .utf8) }
        try authorities.joined(separator: "\n").write(toFile: both, atomically: true, encoding: .utf8)
        var configuration = try OpenLDAPConfiguration.company(first)
        configuration.servers.append(contentsOf: try OpenLDAPConfiguration.company(second).servers)
        configuration.trust.authorities = both
        // Both servers made a password for the account of the gateway; the first one's counts.
        try Self.setServicePassword(of: second, to: try String(contentsOfFile: first.passwordFile, encoding: .utf8))
        configuration.limits.rest = .milliseconds(200)
        configuration.limits.longestRest = .seconds(1)
        let directory = try OpenLDAPDirectory(configuration)
        defer { directory.stop() }

        let progress = Progress()
        let begin = ContinuousClock.now
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<16 {
                group.addTask {
                    while case let number = progress.next(), number < Self.signIns {
                        if number == Self.signIns / 4 { Self.kill(first) }
                        if number == Self.signIns / 2 {
                            await #expect(throws: Never.self) {
                                try await ServerProcess.apart { try Slapd.start(first) }
                            }
                        }
                        let isRight = number % 10 != 0
                        let user = number % Self.people
                        let asked = ContinuousClock.now
                        let outcome = await directory.authenticate(
                            name: "u\(user)",
                            password: Password(isRight ? "pw-\(user)" : "guess-\(number)")
                        )
                        progress.note(asked.duration(to: .now))
                        switch outcome {
                        case .authenticated(let person): #expect(isRight && person.name == "u\(user)")
                        // A wrong password five times in a row locks the account, which is an answer too.
                        case .refused(.wrongPassword), .refused(.locked): #expect(!isRight)
                        default: Issue.record("\(number): \(outcome)")
                        }
                    }
                }
            }
        }
        let took = begin.duration(to: .now)
        // Both servers were needed, and the first one is used again: by the next questions, once its rest is over.
        while directory.health().servers[0].state != .up { _ = try await directory.signedIn("u1", "pw-1") }
        let health = directory.health().servers
        #expect(health.allSatisfy { $0.state == .up && $0.answered > 0 } && health[0].failed > 0, "\(health)")
        print("10,000 sign-ins in \(took), the slowest \(progress.slowest); \(health.map { ($0.answered, $0.failed) })")
    }

    private static func kill(_ server: ServerProcess) {
        let file = server.folder.appending(path: "run/slapd.pid").path
        let text = try? String(contentsOfFile: file, encoding: .utf8)
        guard let process = Int32((text ?? "").trimmingCharacters(in: .whitespacesAndNewlines)) else { return }
        Glibc.kill(process, SIGKILL)
        // It is nobody's child here who could wait for its end, and may stay in the table of processes as a zombie.
        while let state = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            state.split(separator: ")").last?.hasPrefix(" Z") == false
        { usleep(2_000) }
    }

    private static func setServicePassword(of server: ServerProcess, to password: String) throws {
        let tool = try #require(Programs.find("ldapmodify"))
        let change = """
            dn: cn=stile,ou=services,dc=plant,dc=example
            changetype: modify
            replace: userPassword
            userPassword: \(password)

            """
        try Programs.run(tool, ["-Q", "-Y", "EXTERNAL", "-H", server.socket], input: change)
    }
}
