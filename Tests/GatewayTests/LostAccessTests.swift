import DecisionLog
import Directory
import Foundation
import Governance
import GovernanceConformance
import Testing

@testable import Gateway

/// What happens to requests under way when their person loses access.
@Suite("Losing access")
struct LostAccessTests {
    static func id(_ name: String) -> PersonID? { PersonID(value: FakeDirectory.uuid(name)) }

    static func begin(_ house: TestHouse, _ fields: String) async throws -> WireClient {
        let client = try await house.client()
        try await client.send("GET /things/open/drip HTTP/1.1\r\nHost: 127.0.0.1\r\n\(fields)\r\n")
        try await client.received("begun")
        return client
    }

    /// The records of exchanges that were ended in the middle.
    static func ends(_ house: TestHouse) throws -> [DecisionRecord] {
        try house.records().filter { $0.exchange?.phase == .ended }
    }

    @Test(
        "A download under way is cut at once, and its end says why; others go on",
        arguments: [
            ("disabled", "access-lost: disabled"),
            ("removed", "access-lost: unknown-user"),
            ("password", "access-lost: wrong-password"),
            ("group", nil),
        ] as [(String, String?)]
    )
    func download(change: String, reason: String?) async throws {
        try await TestHouse.open { house in
            let anna = try await Self.begin(house, TestHouse.authorization("anna"))
            let rita = try await Self.begin(house, TestHouse.authorization("rita"))
            switch change {
            case "disabled": house.directory.change("anna", account: .disabled)
            case "removed": house.directory.change("anna", groups: nil)
            case "password": house.directory.change("anna", password: "another")
            default: house.directory.change("anna", groups: ["staff"])
            }
            let began = ContinuousClock.now
            // Everybody is looked at again, as when a group has changed.
            await house.gateway.forget(nil)
            let text = String(decoding: await anna.rest(), as: UTF8.self)
            print("\(change): cut after \((ContinuousClock.now - began) / .milliseconds(1)) ms")
            #expect(text.hasSuffix("begun"), "nothing more came")
            // Rita is looked at beside Anna: her answer may only go on to its end when that is over.
            let ends = try await house.records(atLeast: 4).filter { $0.exchange != nil }
            house.upstream.pour()
            #expect(try await rita.answer().body.count == 64)
            let cut = try #require(ends.first { $0.person?.who.name == "anna" })
            #expect(cut.exchange?.phase == .ended)
            #expect(cut.exchange?.bytesOut == 5)
            #expect(cut.verdict.decision == .deny)
            #expect(cut.verdict.refusal == reason)
            let kept = try #require(ends.first { $0.person?.who.name == "rita" })
            #expect(kept.exchange?.phase == .redecided)
            #expect(kept.verdict.decision == .allow)
            #expect(await house.gateway.counters().exchangesCut == 1)
        }
    }

    @Test("An upload under way is cut before it reaches its end, and its client is told")
    func upload() async throws {
        try await TestHouse.open { house in
            let client = try await house.client()
            try await client.send(
                "POST /things/open/count HTTP/1.1\r\nHost: 127.0.0.1\r\n\(TestHouse.authorization("anna"))"
                    + "content-length: 100\r\n\r\nhalf"
            )
            try await Patience.wait("the upload began") { !house.upstream.heads.isEmpty }
            house.directory.change("anna", account: .disabled)
            await house.gateway.forget(Self.id("anna"))
            let answer = try await client.answer()
            #expect(answer.status == 401)
            #expect(answer["connection"] == "close")
            #expect(answer.text.contains("your access ended while the request was under way"))
            let records = try await house.records(atLeast: 2)
            #expect(records.last?.exchange?.status == 401)
            #expect(records.last?.exchange?.bytesIn == 4)
        }
    }

    @Test("A browser whose session ends before the answer begins is sent to sign in, and comes back from there")
    func browser() async throws {
        try await TestHouse.open { house in
            let browser = try await Browser(house)
            _ = try await browser.signIn("anna")
            let cookie = try #require(browser.cookies["__Host-stile"])
            let client = try await house.client()
            func go(_ path: String) async throws {
                try await client.send(
                    "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\naccept: text/html\r\nsec-fetch-mode: navigate\r\n"
                        + "cookie: __Host-stile=\(cookie)\r\n\r\n"
                )
            }
            // From the first one on the connection knows whose session it is.
            try await go("/things/open")
            #expect(try await client.answer().status == 200)
            try await go("/things/open/slow")
            try await Patience.wait("the request is with its upstream") { house.upstream.heads.count == 2 }
            _ = try await browser.post("/.stile/logout", [])
            let answer = try await client.answer()
            #expect(answer.status == 303)
            #expect(answer["location"] == "/.stile/login?return=/things/open/slow")
            try await Patience.wait("its end is recorded") { try !Self.ends(house).isEmpty }
            #expect(try Self.ends(house).map(\.verdict.refusal) == ["access-lost: ended-session"])
        }
    }

    @Test("Policies that no longer allow it cut it too; those that do let it go on")
    func policies() async throws {
        try await TestHouse.open { house in
            let client = try await Self.begin(house, TestHouse.authorization("anna"))
            house.gateway.replacePolicies(try TestHouse.policies("r2"))
            let kept = try await house.records(atLeast: 2)
            #expect(kept.last?.exchange?.phase == .redecided)
            #expect(kept.last?.verdict.revision == "r2")
            house.gateway.replacePolicies(try TestHouse.policies("r3", readers: "nobody"))
            #expect(String(decoding: await client.rest(), as: UTF8.self).hasSuffix("begun"))
            let records = try await house.records(atLeast: 3)
            #expect(records.last?.exchange?.phase == .ended)
            #expect(records.last?.verdict.revision == "r3")
            #expect(records.last?.verdict.causes == .role)
        }
    }

    @Test("A token that is taken back, and a session that is ended, take their transfers along")
    func tokenAndSession() async throws {
        try await TokenTests.open { house, desk, _, draft in
            let byToken = try await Self.begin(house, TokenTests.bearer(draft))
            let browser = try await Browser(house)
            _ = try await browser.signIn("anna")
            let cookie = try #require(browser.cookies["__Host-stile"])
            let bySession = try await Self.begin(house, "cookie: __Host-stile=\(cookie)\r\n")
            let byPassword = try await Self.begin(house, TestHouse.authorization("anna"))
            _ = try await desk.revoke(draft.record.id, of: nil, by: "eva")
            await house.gateway.forget(draft.record.id)
            #expect(String(decoding: await byToken.rest(), as: UTF8.self).hasSuffix("begun"))
            _ = try await browser.post("/.stile/logout", [])
            #expect(String(decoding: await bySession.rest(), as: UTF8.self).hasSuffix("begun"))
            house.upstream.pour()
            #expect(try await byPassword.answer().body.count == 64)
            try await Patience.wait("both ends are recorded") { try Self.ends(house).count >= 2 }
            let reasons = try Self.ends(house).map(\.verdict.refusal)
            #expect(Set(reasons) == ["access-lost: revoked-token", "access-lost: ended-session"])
        }
    }

    @Test("When any token may have been taken back each is looked up again, and who came by password notices nothing")
    func everyToken() async throws {
        try await TokenTests.open { house, desk, _, draft in
            let byToken = try await Self.begin(house, TokenTests.bearer(draft))
            let byPassword = try await Self.begin(house, TestHouse.authorization("anna"))
            _ = try await desk.revoke(draft.record.id, of: nil, by: "eva")
            await house.gateway.forgetTokens()
            #expect(String(decoding: await byToken.rest(), as: UTF8.self).hasSuffix("begun"))
            #expect(try await house.client().ask("GET /things/open", TokenTests.bearer(draft)).status == 401)
            house.upstream.pour()
            #expect(try await byPassword.answer().body.count == 64)
        }
    }

    @Test("A directory that cannot be asked cuts nobody at once, and keeps nobody for long")
    func unavailable() async throws {
        let change: TestHouse.Change = { configuration, _ in configuration.limits.unverified = .milliseconds(1_500) }
        try await TestHouse.open(change) { house in
            let client = try await Self.begin(house, TestHouse.authorization("anna"))
            house.directory.mood = .down
            await house.gateway.forget(Self.id("anna"))
            #expect(String(decoding: await client.rest(), as: UTF8.self).hasSuffix("begun"))
            // Once when the request came, once when something changed, and again before it was cut.
            #expect(house.directory.asked.count >= 3)
            let records = try await house.records(atLeast: 2)
            #expect(records.last?.verdict.refusal?.hasPrefix("access-unverified: ") == true)
        }
    }
}
