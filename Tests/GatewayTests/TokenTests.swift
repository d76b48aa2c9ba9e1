import DecisionLog
import Directory
import Foundation
import Governance
import GovernanceConformance
import Synchronization
import Testing

@testable import Gateway

@Suite("Access tokens at the door")
struct TokenTests {
    /// A house with a desk, and a token of anna's.
    static func open(
        scope: [String] = ["things:read"],
        _ body: (TestHouse, TokenDesk, MemoryGovernanceStore, TokenDraft) async throws -> Void
    ) async throws {
        let store = MemoryGovernanceStore()
        let key = try #require(TokenKey(octets: Array(repeating: 9, count: 32)))
        let desk = TokenDesk(store: store, key: key, now: { Timestamp.now().seconds })
        let anna = TokenOwner(id: FakeDirectory.uuid("anna"), name: "anna")
        let draft = try desk.draft(for: anna, name: "job", days: 1, scope: try TokenScope(scope))
        try await desk.issue(draft)
        try await TestHouse.open(methods: SignInMethods(tokens: desk)) { house in
            try await body(house, desk, store, draft)
        }
    }

    static func bearer(_ draft: TokenDraft) -> String { "authorization: Bearer \(draft.token.text)\r\n" }

    @Test("A token opens what its owner may and its scope covers, and the record says which it was")
    func scope() async throws {
        try await Self.open { house, _, _, draft in
            let client = try await house.client()
            let answer = try await client.ask("GET /things/open/echo", Self.bearer(draft))
            #expect(answer.status == 200)
            #expect(answer.text.contains("x-stile-user: anna\r\n"))
            #expect(!answer.text.contains("stile_"), "the token does not reach the upstream")
            // In the scope, and not the owner's to read.
            #expect(try await client.ask("GET /things/secret", Self.bearer(draft)).status == 403)
            // The owner's to write, and not in the scope.
            let denied = try await client.ask("POST /things/open", Self.bearer(draft), body: "x")
            #expect(denied.status == 403)
            #expect(denied.text.contains("the scope of your token, `things:read`, does not cover `things:write`"))
            #expect(try await client.ask("POST /things/open", body: "x").status == 200)
            let records = try house.records()
            #expect(records.map(\.verdict.refusal) == [nil, nil, "token-scope", nil])
            #expect(records[2].verdict.causes == .context, "it says nothing against any label")
            #expect(records[2].verdict.action == "write")
            let token = "token:\(draft.record.id)"
            #expect(records.map { $0.person?.who.authentication } == [token, token, token, "basic"])
        }
    }

    @Test("What a token may not see in a list is not in the list")
    func lists() async throws {
        try await Self.open(scope: ["things:list", "console:read"]) { house, _, _, draft in
            let client = try await house.client()
            #expect(try await client.ask("GET /list", Self.bearer(draft)).status == 403)
            #expect(try await client.ask("GET /list").text == "open\nopen2\n")
        }
    }

    @Test("It is taken as Bearer and as password, with its owner's name, none, or `token`; with nobody else's")
    func spellings() async throws {
        try await Self.open { house, _, _, draft in
            let client = try await house.client()
            for (name, status) in [("", 200), ("token", 200), ("anna", 200), ("ANNA", 200), ("ben", 401), ("x", 401)] {
                let answer = try await client.ask("GET /things/open", TestHouse.authorization(name, draft.token.text))
                #expect(answer.status == status, "as `\(name)`")
            }
            #expect(house.directory.asked.isEmpty, "no token is tried as anybody's password")
            let browser = try await Browser(house)
            #expect(try await browser.signIn("anna", draft.token.text).status == 401)
        }
    }

    @Test(
        "A token that opens nothing is 401 like everything else, and the record says why",
        arguments: ["mistyped-token", "unknown-token", "revoked-token", "unsealed-token", "disabled"]
    )
    func refused(reason: String) async throws {
        try await Self.open { house, desk, store, draft in
            var field = Self.bearer(draft)
            switch reason {
            case "mistyped-token":
                let last = draft.token.text.last == "X" ? "Y" : "X"
                field = "authorization: Bearer \(draft.token.text.dropLast())\(last)\r\n"
            case "unknown-token": field = "authorization: Bearer \(AccessToken().text)\r\n"
            case "revoked-token": _ = try await desk.revoke(draft.record.id, of: nil, by: "eva")
            case "unsealed-token":
                let real = draft.record
                store.smuggle(
                    TokenRecord(
                        hash: real.hash,
                        owner: FakeDirectory.uuid("ben"),
                        ownerName: "ben",
                        name: "x",
                        scope: real.scope,
                        created: real.created,
                        expires: real.expires,
                        seal: real.seal
                    )
                )
            default: house.directory.change("anna", account: .disabled)
            }
            let client = try await house.client()
            let answer = try await client.ask("GET /things/open", field)
            #expect(answer.status == 401)
            #expect(answer.fields.filter { $0.name == "www-authenticate" }.count == 2)
            #expect(!answer.text.contains(reason))
            #expect(try house.records().map(\.verdict.refusal) == [reason])
        }
    }

    @Test("What is known by a token is forgotten when it is taken back, and with its owner's account")
    func revocation() async throws {
        try await Self.open { house, desk, _, draft in
            let client = try await house.client()
            #expect(try await client.ask("GET /things/open", Self.bearer(draft)).status == 200)
            house.directory.change("anna", account: .disabled)
            await house.gateway.forget(PersonID(value: FakeDirectory.uuid("anna")))
            #expect(try await client.ask("GET /things/open", Self.bearer(draft)).status == 401)
            house.directory.change("anna", account: .active)
            await house.gateway.forget(PersonID(value: FakeDirectory.uuid("anna")))
            #expect(try await client.ask("GET /things/open", Self.bearer(draft)).status == 200)
            _ = try await desk.revoke(draft.record.id, of: nil, by: "eva")
            await house.gateway.forget(draft.record.id)
            #expect(try await client.ask("GET /things/open", Self.bearer(draft)).status == 401)
            #expect(try await client.ask("GET /things/open").status == 200, "the owner is not shut out with the token")
        }
    }

    @Test("Who guesses passwords shuts out no token and no session behind the same address")
    func unthrottled() async throws {
        try await Self.open { house, _, _, draft in
            let browser = try await Browser(house)
            _ = try await browser.signIn("rita")
            let client = try await house.client()
            for number in 0..<25 {
                let guess = TestHouse.authorization("nobody-\(number)", "guess")
                #expect(try await client.ask("GET /things/open", guess).status == 401)
            }
            #expect(try await client.ask("GET /things/open", TestHouse.authorization("anna")).status == 401)
            #expect(try await client.ask("GET /things/open", Self.bearer(draft)).status == 200)
            #expect(try await browser.go("/things/open").status == 200)
        }
    }

    @Test("A store that fails is 503, not a refusal")
    func failing() async throws {
        try await Self.open { house, _, store, draft in
            store.fail(with: .unavailable("the test"))
            let client = try await house.client()
            #expect(try await client.ask("GET /things/open", Self.bearer(draft)).status == 503)
            store.fail(with: nil)
            #expect(try await client.ask("GET /things/open", Self.bearer(draft)).status == 200)
        }
    }
}
