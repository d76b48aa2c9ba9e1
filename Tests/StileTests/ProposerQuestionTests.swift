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

    @Test(
        "An officer may; who is none any more, is disabled, or is gone may not; a directory that is down says neither"
    )
    func rights() async throws {
        #expect(try await Self.right(Self.eva(["security-officers", "staff"])) == .held)
        #expect(try await Self.right(Self.eva(["staff"])) == .lost("the policies in force do not let them"))
        for account in [AccountState.disabled, .expired] {
            guard case .lost = try await Self.right(Self.eva(["security-officers"], account)) else {
                Issue.record("expected it lost")
                return
            }
        }
        // Somebody else's wrong passwords take no right away.
        for account in [AccountState.locked(until: nil), .passwordExpired, .notHereOrNow] {
            guard case .unknown = try await Self.right(Self.eva(["security-officers"], account)) else {
                Issue.record("expected it unknown")
                return
            }
        }
        #expect(try await Self.right(.refused(.unknownUser)) == .lost("the directory says `unknown-user`"))
        guard case .unknown = try await Self.right(.unavailable(.noServer("down"))) else {
            Issue.record("expected it unknown")
            return
        }
        #expect(
            try await Self.right(Self.eva(["security-officers"]), id: "nobody")
                == .lost("they have no entry in the directory")
        )
    }
}
