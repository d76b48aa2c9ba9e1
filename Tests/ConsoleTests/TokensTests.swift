import Catalog
import DecisionLog
import Directory
import Foundation
import Governance
import GovernanceConformance
import PolicyDecision
import SQLiteStorage
import SecurityLabels
import Synchronization
import Testing

@testable import Console

@Suite("Tokens at the console")
struct TokensTests {
    /// What a console wrote and forgot.
    final class Seen: Sendable {
        let entries = Mutex<[(name: String, details: [String: JSONValue])]>([])
        let forgotten = Mutex<[TokenID]>([])
        let isLogOpen = Mutex(true)
    }

    /// A console whose tokens are in memory.
    final class Room: Sendable {
        let store = MemoryGovernanceStore()
        let seen = Seen()
        private let office: TokenOffice
        private let policies: PolicyInForce
        private let index: SQLiteIndex
        private let folder: URL

        deinit { try? FileManager.default.removeItem(at: self.folder) }

        init() throws {
            self.folder = FileManager.default.temporaryDirectory.appending(path: "stile-console-\(UUID().uuidString)")
            self.index = try SQLiteIndex(folder: self.folder.path)
            let scheme = try Scheme(levels: ["public", "internal"], categories: [:])
            self.policies = try PolicyInForce(
                revision: "r1",
                scheme: scheme,
                clearances: ClearanceRules(rules: []),
                entries: [],
                schema: PolicyText(file: "schema.cedarschema", text: TokensTests.schema),
                policies: []
            )
            let key = try #require(TokenKey(octets: Array(repeating: 1, count: 32)))
            var limits = TokenLimits()
            limits.perPerson = 3
            self.office = TokenOffice(
                desk: TokenDesk(store: self.store, key: key, limits: limits, now: { 1_800_000_000 }),
                services: ["mlflow", "console"],
                record: { [seen] name, details in
                    seen.entries.withLock { $0.append((name, details)) }
                    return seen.isLogOpen.withLock { $0 }
                },
                forget: { [seen] token in seen.forgotten.withLock { $0.append(token) } }
            )
        }

        func ask(
            _ method: String,
            _ path: String,
            as name: String = "anna",
            query: String? = nil,
            type: String? = "application/json",
            _ body: String = ""
        ) async -> (status: Int, text: String) {
            let policies = self.policies
            let console = Console(
                index: self.index,
                recorded: { 0 },
                policies: { policies },
                tokens: self.office,
                now: { Timestamp(microseconds: 1_800_000_000_000_000) }
            )
            let answer = await console.answer(
                ConsoleRequest(
                    method: method,
                    path: path,
                    query: query,
                    contentType: body.isEmpty ? nil : type,
                    body: Array(body.utf8),
                    asker: .init(id: "uuid:\(name)", name: name),
                    decision: "DECISION"
                )
            )
            return (answer.status, String(decoding: answer.body, as: UTF8.self))
        }

        func create(as name: String = "anna", scope: String = "\"mlflow:read\"") async -> (status: Int, text: String) {
            await self.ask(
                "POST",
                "/.stile/api/tokens",
                as: name,
                "{\"name\":\"nightly\",\"days\":90,\"scope\":[\(scope)]}"
            )
        }

        /// Makes one, and says its id.
        func id(as name: String = "anna") async throws -> String {
            struct Made: Decodable { var id: String }
            let answer = await self.create(as: name)
            return try JSONDecoder().decode(Made.self, from: Data(answer.text.utf8)).id
        }
    }

    static let path = "/.stile/api/tokens"

    @Test("A token is shown once, written into the log before it is good, and listed without itself")
    func create() async throws {
        let room = try Room()
        let answer = await room.create(scope: "\"mlflow:read\",\"*:list\"")
        #expect(answer.status == 201)
        let token = try #require(answer.text.firstMatch(of: /stile_[0-9A-Za-z]{38}/)?.output)
        guard case .token(let read) = AccessToken.read(Array(token.utf8)[...]) else {
            Issue.record("not a token")
            return
        }
        let entries = room.seen.entries.withLock { $0 }
        #expect(entries.map(\.name) == ["token-created"])
        #expect(entries.first?.details["token"] == .string(read.hash.id.description))
        #expect(entries.first?.details["decision"] == .string("DECISION"))
        #expect(entries.first?.details["scope"] == .array([.string("*:list"), .string("mlflow:read")]))
        #expect(!"\(entries)".contains("anna"), "an entry says nothing about a person")
        let list = await room.ask("GET", Self.path)
        #expect(list.status == 200)
        #expect(list.text.contains("\"name\":\"nightly\""))
        #expect(list.text.contains("\"expires\":\"2027-04-15"))
        #expect(!list.text.contains(token))
        #expect(await room.ask("GET", Self.path, as: "ben").text == "{\"tokens\":[]}")
    }

    @Test("Without an entry in the log there is no token")
    func noEntry() async throws {
        let room = try Room()
        room.seen.isLogOpen.withLock { $0 = false }
        let answer = await room.create()
        #expect(answer.status == 503)
        #expect(!answer.text.contains("stile_"))
        #expect(await room.ask("GET", Self.path).text == "{\"tokens\":[]}")
    }

    @Test(
        "An order that asks for what cannot be is refused, and says what was expected",
        arguments: [
            ("{\"name\":\"n\",\"days\":90,\"scope\":[]}", 400, "found no scope"),
            ("{\"name\":\"n\",\"days\":90,\"scope\":[\"mlfow:read\"]}", 400, "unknown service `mlfow`"),
            ("{\"name\":\"n\",\"days\":90,\"scope\":[\"mlflow:red\"]}", 400, "unknown action `red`"),
            ("{\"name\":\"n\",\"days\":90,\"scope\":[\"mlflow\"]}", 400, "expected `service:action`"),
            ("{\"name\":\"n\",\"days\":1000,\"scope\":[\"*:*\"]}", 400, "expected 1 to 365"),
            ("{\"name\":\"\",\"days\":1,\"scope\":[\"*:*\"]}", 400, "found no usable name"),
            ("{\"name\":\"n\",\"day\":1,\"scope\":[\"*:*\"]}", 400, "expected for example"),
            ("{\"name\":\"n\",\"days\":\"1\",\"scope\":[\"*:*\"]}", 400, "expected for example"),
            ("[]", 400, "expected for example"),
            ("not JSON", 400, "expected for example"),
        ]
    )
    func malformed(body: String, status: Int, detail: String) async throws {
        let room = try Room()
        let answer = await room.ask("POST", Self.path, body)
        #expect(answer.status == status)
        #expect(answer.text.contains(detail))
        #expect(room.seen.entries.withLock { $0.isEmpty })
        #expect(await room.ask("POST", Self.path, type: "text/plain", body).status == 415)
        #expect(await room.ask("POST", Self.path, query: "days=1", body).status == 400)
    }

    @Test("Nobody has more than the limit")
    func limit() async throws {
        let room = try Room()
        for _ in 0..<3 { #expect(await room.create().status == 201) }
        let fourth = await room.create()
        #expect(fourth.status == 409)
        #expect(fourth.text.contains("you have 3 tokens already"))
        #expect(await room.create(as: "ben").status == 201)
    }

    @Test("People take back their own, and learn nothing of others'; officers take back anybody's")
    func revoke() async throws {
        let room = try Room()
        let (annas, bens) = (try await room.id(), try await room.id(as: "ben"))
        let foreign = await room.ask("DELETE", "\(Self.path)/\(bens)")
        let absent = await room.ask("DELETE", "\(Self.path)/0000000000000000")
        #expect((foreign.status, absent.status) == (404, 404))
        #expect(foreign.text.replacing(bens, with: "ID") == absent.text.replacing("0000000000000000", with: "ID"))
        #expect(await room.ask("DELETE", "\(Self.path)/\(annas)").status == 200)
        #expect(await room.ask("DELETE", "\(Self.path)/\(annas)").status == 200, "once more is no error")
        #expect(await room.ask("DELETE", "\(Self.path)/all/\(bens)", as: "eva").status == 200)
        #expect(room.seen.forgotten.withLock { $0.map(\.description) } == [annas, annas, bens])
        #expect(room.seen.entries.withLock { $0.filter { $0.name == "token-revoked" }.count } == 3)
        #expect(await room.ask("GET", Self.path).text == "{\"tokens\":[]}")
        #expect(await room.ask("GET", Self.path, query: "ended=true").text.contains("\"state\":\"revoked\""))
    }

    @Test("Everybody's are listed for whoever the policies let, by person when asked")
    func all() async throws {
        let room = try Room()
        _ = try await (room.id(), room.id(as: "ben"))
        let all = await room.ask("GET", "\(Self.path)/all", as: "eva")
        #expect(all.text.contains("\"owner\":\"anna\"") && all.text.contains("\"owner\":\"ben\""))
        let bens = await room.ask("GET", "\(Self.path)/all", as: "eva", query: "person=BEN")
        #expect(!bens.text.contains("\"owner\":\"anna\"") && bens.text.contains("\"owner\":\"ben\""))
        #expect(await room.ask("GET", Self.path, query: "person=ben").status == 400, "one's own are one's own")
    }

    @Test(
        "Each route is a question of its own, and no other path is a route",
        arguments: [
            ("GET", "/.stile/api/tokens", "list own-tokens"),
            ("POST", "/.stile/api/tokens", "create own-tokens"),
            ("DELETE", "/.stile/api/tokens/0123456789abcdef", "delete own-tokens"),
            ("GET", "/.stile/api/tokens/all", "list all-tokens"),
            ("DELETE", "/.stile/api/tokens/all/0123456789abcdef", "delete all-tokens"),
            ("DELETE", "/.stile/api/tokens", nil),
            ("DELETE", "/.stile/api/tokens/all", nil),
            ("DELETE", "/.stile/api/tokens/0123456789ABCDEF", nil),
            ("DELETE", "/.stile/api/tokens/0123456789abcde", nil),
            ("DELETE", "/.stile/api/tokens/all/../0123456789abcdef", nil),
            ("POST", "/.stile/api/tokens/all", nil),
            ("PUT", "/.stile/api/tokens", nil),
            ("GET", "/.stile/api/tokens/", nil),
        ] as [(String, String, String?)]
    )
    func questions(method: String, path: String, expected: String?) {
        let question = Console.question(method: method, path: path)
        #expect(question.map { "\($0.action) \($0.resource.kind)" } == expected)
        // Whatever a token's scope says, it reaches none of them.
        if let question {
            let scope = try? TokenScope(["*:*"])
            let isCovered = scope?.covers(question.action, service: "console", kind: question.resource.kind)
            #expect(isCovered == false)
        }
    }

    private static let schema = """
        entity Group;
        entity Project;
        entity User in [Group] { clearance: Long, need: Set<Category>, name: String };
        entity Dataset, Model, Service in [Dataset, Model, Service, Project, Level, Category]
            { level: Level, rank: Long, categories: Set<Category>, title: String, owner?: Group, ownerName?: String };
        type Circumstances = { service: String, kind: String, encrypted: Bool };
        action read, list, create, write, delete, infer, administer appliesTo
            { principal: [User], resource: [Dataset, Model, Service], context: Circumstances };
        """
}
