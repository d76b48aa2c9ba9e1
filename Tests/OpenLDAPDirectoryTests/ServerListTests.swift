import Directory
import Glibc
import Testing

@testable import OpenLDAPDirectory

@Suite("Servers and their circuit breakers")
struct ServerListTests {
    static let one = ServerAddress(security: .fromTheStart, host: "one.plant.example")
    static let two = ServerAddress(security: .fromTheStart, host: "two.plant.example")

    private static func limits() -> DirectoryLimits {
        var limits = DirectoryLimits()
        limits.failuresBeforeRest = 2
        limits.rest = .seconds(1)
        limits.longestRest = .seconds(3)
        return limits
    }

    @Test("A server that fails twice in a row rests, then one question tries it")
    func breaker() {
        let list = ServerList([Self.one, Self.two], limits: Self.limits())
        let now = ContinuousClock.now
        list.failed(Self.one, .unreachable("x"), at: now)
        #expect(list.candidates(at: now) == [Self.one, Self.two])
        list.failed(Self.one, .unreachable("x"), at: now)
        #expect(list.candidates(at: now) == [Self.two])
        #expect(list.health(at: now).servers.map(\.state) == [.down, .up])
        let later = now + .milliseconds(1_001)
        #expect(list.health(at: later).servers.map(\.state) == [.trying, .up])
        #expect(list.candidates(at: later) == [Self.one, Self.two])
        // The next question does not try it again.
        #expect(list.candidates(at: later) == [Self.two])
        list.answered(Self.one)
        #expect(list.candidates(at: later) == [Self.one, Self.two])
        #expect(list.health(at: later).servers.map(\.state) == [.up, .up])
    }

    @Test("Rests double up to their limit, and an answer ends that")
    func restsDouble() {
        let list = ServerList([Self.one, Self.two], limits: Self.limits())
        var now = ContinuousClock.now
        list.failed(Self.one, .deadline, at: now)
        for rest in [1, 2, 3, 3] {
            list.failed(Self.one, .deadline, at: now)
            #expect(list.health(at: now + .seconds(rest) - .milliseconds(1)).servers[0].state == .down)
            #expect(list.health(at: now + .seconds(rest)).servers[0].state == .trying)
            now += .seconds(rest)
        }
    }

    @Test("When all rest, all are asked")
    func allRest() {
        let list = ServerList([Self.one, Self.two], limits: Self.limits())
        let now = ContinuousClock.now
        for _ in 0..<2 {
            list.failed(Self.one, .unreachable("refused"), at: now)
            list.failed(Self.two, .deadline, at: now)
        }
        #expect(list.candidates(at: now) == [Self.one, Self.two])
        #expect(!list.health(at: now).isUsable)
        #expect(
            list.complaints
                == "`ldaps://one.plant.example:636` not reachable: refused; `ldaps://two.plant.example:636` no answer in time"
        )
    }

    @Test("A server that was chosen and not needed may be tried by the next question")
    func notAsked() {
        let list = ServerList([Self.one, Self.two], limits: Self.limits())
        let now = ContinuousClock.now
        for _ in 0..<2 { list.failed(Self.two, .deadline, at: now) }
        let later = now + .seconds(2)
        #expect(list.candidates(at: later) == [Self.one, Self.two])
        list.notAsked(Self.two)
        #expect(list.candidates(at: later) == [Self.one, Self.two])
    }

    @Test("Found servers replace the list, and what is known of those that stay is kept")
    func replaced() {
        let list = ServerList([Self.one], limits: Self.limits())
        let now = ContinuousClock.now
        for _ in 0..<2 { list.failed(Self.one, .deadline, at: now) }
        list.replace(with: [Self.two, Self.one])
        #expect(list.candidates(at: now) == [Self.two])
    }

    @Test(
        "An address is a scheme, a host and perhaps a port",
        arguments: [
            ("ldaps://ldap.plant.example", "ldaps://ldap.plant.example:636"),
            ("LDAP://LDAP.plant.example/", "ldap://ldap.plant.example:389"),
            ("ldaps://127.0.0.1:16360", "ldaps://127.0.0.1:16360"),
            ("ldaps://[::1]:636", "ldaps://[::1]:636"), ("ldaps://[::1]", "ldaps://[::1]:636"),
            ("ldap.plant.example", nil), ("http://x", nil), ("ldapi:///tmp/x", nil), ("ldaps://", nil),
            ("ldaps://x:0", nil),
            ("ldaps://x:99999", nil), ("ldaps://x/dc=y", nil), ("ldaps://u@x", nil), ("ldaps://x?y", nil),
            ("ldaps://[x]", nil),
            ("ldaps://[::1", nil), ("ldaps://a b", nil),
        ] as [(String, String?)]
    )
    func addresses(text: String, written: String?) {
        #expect(ServerAddress(text)?.description == written)
    }

    @Test("What could never be asked is refused at the start")
    func configuration() throws {
        let base = try DistinguishedName("dc=plant,dc=example")
        let valid = OpenLDAPConfiguration(
            servers: [Self.one],
            trust: DirectoryTrust(authorities: "ca.pem"),
            service: .password(dn: base, file: "password"),
            people: PeopleSearch(bases: [base]),
            groups: GroupSearch(bases: [base])
        )
        try valid.validate()
        let rows: [((inout OpenLDAPConfiguration) -> Void, OpenLDAPConfigurationError)] = [
            ({ $0.servers = [] }, .noServer), ({ $0.people.bases = [] }, .noBase(of: "people")),
            ({ $0.groups.bases = [] }, .noBase(of: "groups")), ({ $0.people.plainNames = [] }, .noLoginAttribute),
            ({ $0.people.attributes = ["userpassword"] }, .readsPassword("userpassword")),
            ({ $0.people.attributes = ["unicodepwd"] }, .readsPassword("unicodepwd")),
            ({ $0.limits.total = .zero }, .notPositive("total")), ({ $0.limits.workers = 0 }, .notPositive("workers")),
        ]
        for (change, error) in rows {
            var configuration = valid
            change(&configuration)
            #expect(throws: error) { try configuration.validate() }
        }
    }

    @Test("A refused password file is known again, by each server, until it changes or the pause is over")
    func refusedPasswords() throws {
        let file = "/tmp/stile-refused-\(UInt32.random(in: .min ... .max))"
        let descriptor = unsafe open(file, O_CREAT | O_EXCL | O_RDWR, 0o600)
        try #require(descriptor >= 0)
        defer {
            close(descriptor)
            _ = unsafe unlink(file)
        }
        let (refused, now) = (RefusedPasswords(), ContinuousClock.now)
        let before = try #require(RefusedPasswords.FileState(of: descriptor))
        refused.note(before, at: Self.one, now: now)
        #expect(refused.holds(before, at: Self.one, now: now) && !refused.holds(before, at: Self.two, now: now))
        #expect(!refused.holds(before, at: Self.one, now: now + RefusedPasswords.pause))
        #expect(unsafe write(descriptor, "x", 1) == 1)
        let after = try #require(RefusedPasswords.FileState(of: descriptor))
        #expect(!refused.holds(after, at: Self.one, now: now))
    }
}
