import Directory
import Gateway
import Governance
import PolicyDecision
import Testing

@testable import stile

@Suite("Whether somebody may still propose revisions")
struct ProposerQuestionTests {
    /// A directory with one person, or with none, or that is down.
    struct OnePerson: DirectoryClient {
        var answer: LookupOutcome

        func authenticate(
            name: String,
            password: Password,
            admitting admit: @escaping @Sendable (PersonID) -> Bool
        ) async -> AuthenticationOutcome { .refused(.unknownUser) }

        func person(named name: String) async -> LookupOutcome { self.answer }
        func person(_ id: PersonID) async -> LookupOutcome { self.answer }
        func person(matching keys: [PersonKey]) async -> LookupOutcome { self.answer }
        func health() -> DirectoryHealth { DirectoryHealth(servers: []) }
    }

    static let id = "uuid:00000000-0000-4000-8000-000000000001"

    static func eva(_ groups: [String], _ account: AccountState = .active) throws -> LookupOutcome {
        let groups = try groups.enumerated().map { number, name in
            Group(
                id: try #require(StableID(value: "uuid:00000000-0000-4000-8000-00000000001\(number)")),
                dn: try DistinguishedName("cn=\(name),ou=groups,dc=plant,dc=example"),
                name: name
            )
        }
        return .found(
            Person(
                id: try #require(PersonID(value: Self.id)),
                name: "eva",
                displayName: "Eva",
                mail: nil,
                dn: try DistinguishedName("uid=eva,ou=people,dc=plant,dc=example"),
                groups: groups,
                account: account
            )
        )
    }

    static func right(_ answer: LookupOutcome, id: String = Self.id) async throws -> ProposerRight {
        let policies = try PolicyRevision.read(GoverningTests.bundle()).get()
        let question = ProposerQuestion(
            directory: OnePerson(answer: answer),
            policies: PoliciesInForce(policies),
            grants: { .none }
        )
        return await question.right(of: Signatory(id: id, name: "eva"))
    }

    /// What is known of the one who asks, and what follows.
    struct Fact: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var groups: [String]? = ["security-officers", "staff"]
        var account = AccountState.active
        var id = ProposerQuestionTests.id
        var right: Expectation
    }

    /// A right, without the words where those say more than the answer.
    enum Expectation: Hashable, Sendable {
        case held
        case lost(String)
        case unknown
    }

    static let facts = [
        Fact(testDescription: "an officer may", right: .held),
        Fact(
            testDescription: "who is none any more may not",
            groups: ["staff"],
            right: .lost("the policies in force do not let them")
        ),
        Fact(testDescription: "who is disabled may not", account: .disabled, right: .lost("")),
        Fact(testDescription: "whose account has ended may not", account: .expired, right: .lost("")),
        // Somebody else's wrong passwords take no right away.
        Fact(testDescription: "a locked account says neither", account: .locked(until: nil), right: .unknown),
        Fact(testDescription: "an expired password says neither", account: .passwordExpired, right: .unknown),
        Fact(testDescription: "not here or now says neither", account: .notHereOrNow, right: .unknown),
        Fact(
            testDescription: "who is gone may not",
            groups: nil,
            right: .lost("the directory says `unknown-user`")
        ),
        Fact(
            testDescription: "who never had an entry may not",
            id: "nobody",
            right: .lost("they have no entry in the directory")
        ),
    ]

    @Test("What the directory and the policies say of the one who asks", arguments: Self.facts)
    func rights(fact: Fact) async throws {
        let answer = try fact.groups.map { try Self.eva($0, fact.account) } ?? .refused(.unknownUser)
        try await Self.expect(fact.right, of: answer, id: fact.id)
    }

    @Test("A directory that is down says neither")
    func down() async throws {
        try await Self.expect(.unknown, of: .unavailable(.noServer("down")), id: Self.id)
    }

    private static func expect(_ expected: Expectation, of answer: LookupOutcome, id: String) async throws {
        let found: Expectation =
            switch try await Self.right(answer, id: id) {
            case .held: .held
            case .lost(let why): .lost(expected == .lost("") ? "" : why)
            case .unknown: .unknown
            }
        #expect(found == expected)
    }
}
