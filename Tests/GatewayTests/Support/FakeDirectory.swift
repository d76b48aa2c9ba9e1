import Directory
import Synchronization

/// A directory of a few people, that a test can make slow, silent or wrong.
final class FakeDirectory: DirectoryClient {
    enum Mood: Sendable {
        case well
        case down
        /// Answers only when ``FakeDirectory/release()`` is called.
        case silent
        /// The same, with what was true when it was asked.
        case late
    }

    private struct State {
        var mood = Mood.well
        var asked: [String] = []
        var waiting: [CheckedContinuation<Void, Never>] = []
        var people: [String: [String]]
        var accounts: [String: AccountState] = [:]
        var passwords: [String: String] = [:]
    }

    private let state: Mutex<State>

    /// - Parameter people: Login names with their groups; each person's password is `secret-NAME`.
    init(_ people: [String: [String]]) {
        self.state = Mutex(State(people: people))
    }

    /// Changes somebody's groups; `nil` removes their entry.
    func change(_ name: String, groups: [String]?) { self.state.withLock { $0.people[name] = groups } }

    /// Changes the state of somebody's account.
    func change(_ name: String, account: AccountState) { self.state.withLock { $0.accounts[name] = account } }

    /// Changes somebody's password.
    func change(_ name: String, password: String) { self.state.withLock { $0.passwords[name] = password } }

    private func find(_ name: String) -> Person? {
        let (groups, account) = self.state.withLock { ($0.people[name], $0.accounts[name] ?? .active) }
        let password = self.state.withLock { $0.passwords[name] }
        return Self.person(name, groups, account: account, passwordChanged: password)
    }

    var mood: Mood {
        get { self.state.withLock { $0.mood } }
        set { self.state.withLock { $0.mood = newValue } }
    }

    /// The names that were asked about, in order.
    var asked: [String] { self.state.withLock { $0.asked } }

    /// How many questions wait for ``release()``.
    var held: Int { self.state.withLock { $0.waiting.count } }

    /// Waits for ``release()``, as long as the mood is this one.
    private func wait(while mood: Mood) async {
        await withCheckedContinuation { continuation in
            let isHeld = self.state.withLock { state in
                guard state.mood == mood else { return false }
                state.waiting.append(continuation)
                return true
            }
            if !isHeld { continuation.resume() }
        }
    }

    func release() {
        let waiting = self.state.withLock { state in
            defer { state.waiting = [] }
            state.mood = .well
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Knows people as `PLANT\name` and `name@plant.example` too.
    func authenticate(
        name typed: String,
        password: Password,
        admitting admit: @escaping @Sendable (PersonID) -> Bool
    ) async -> AuthenticationOutcome {
        let name = String((typed.split(separator: "\\").last ?? "").prefix { $0 != "@" })
        self.state.withLock { $0.asked.append(name) }
        await self.wait(while: .silent)
        if case .down = self.mood { return .unavailable(.noServer("the test took it down")) }
        let found = self.find(name)
        await self.wait(while: .late)
        guard let person = found else { return .refused(.unknownUser) }
        if password.flaw == .blank { return .refused(.emptyPassword) }
        guard admit(person.id) else { return .refused(.throttled) }
        let set = self.state.withLock { $0.passwords[name] ?? "secret-\(name)" }
        let isRight = password.withOctets { octets in
            let expected = Array(set.utf8)
            return octets.count == expected.count && expected.indices.allSatisfy { octets[$0] == expected[$0] }
        }
        guard isRight else { return .refused(.wrongPassword) }
        return person.account.refusal.map { .refused($0) } ?? .authenticated(person)
    }

    func person(named name: String) async -> LookupOutcome {
        self.find(name).map { .found($0) } ?? .refused(.unknownUser)
    }

    func person(_ id: PersonID) async -> LookupOutcome {
        if case .down = self.mood { return .unavailable(.noServer("the test took it down")) }
        let names = self.state.withLock { Array($0.people.keys) }
        guard let name = names.first(where: { Self.uuid($0) == id.value }), let person = self.find(name) else {
            return .refused(.unknownUser)
        }
        return .found(person)
    }

    /// Knows `mail` and the entry's place.
    func person(matching keys: [PersonKey]) async -> LookupOutcome {
        if case .down = self.mood { return .unavailable(.noServer("the test took it down")) }
        let names = self.state.withLock { Array($0.people.keys) }
        let hits = names.compactMap { self.find($0) }.filter { person in
            keys.contains { key in
                switch key {
                case .attribute("mail", let value): person.mail.map { AssertionValue($0) } == value
                case .name(let name): person.dn == name
                case .attribute, .certificate: false
                }
            }
        }
        guard let hit = hits.first else { return .refused(.unknownUser) }
        return hits.count == 1 ? .found(hit) : .refused(.ambiguousUser)
    }

    func health() -> DirectoryHealth {
        let isDown = if case .down = self.mood { true } else { false }
        return DirectoryHealth(servers: [
            .init(address: "ldaps://fake", state: isDown ? .down : .up, answered: 0, failed: 0)
        ])
    }

    static func person(
        _ name: String,
        _ groups: [String]?,
        account: AccountState = .active,
        passwordChanged: String? = nil
    ) -> Person? {
        guard let groups, let id = PersonID(value: Self.uuid(name)),
            let dn = try? DistinguishedName("uid=\(name),dc=plant,dc=example")
        else { return nil }
        let memberships = groups.compactMap { group in
            StableID(value: Self.uuid("group-" + group)).map { id in
                Group(id: id, dn: try? DistinguishedName("cn=\(group),ou=groups,dc=plant,dc=example"), name: group)
            }
        }
        return Person(
            id: id,
            name: name,
            displayName: name.uppercased(),
            mail: "\(name)@plant.example",
            dn: dn,
            groups: memberships,
            account: account,
            passwordChanged: passwordChanged
        )
    }

    /// A made-up identity that is the same for the same name.
    static func uuid(_ name: String) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for octet in name.utf8 { hash = (hash ^ UInt64(octet)) &* 0x100_0000_01B3 }
        let digits = String(hash, radix: 16)
        let padded = String(repeating: "0", count: 16 - digits.count) + digits
        return "uuid:\(padded.prefix(8))-\(padded.dropFirst(8).prefix(4))-4000-8000-\(padded.suffix(12))"
    }
}
