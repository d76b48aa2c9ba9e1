import Foundation
import NIOCore
import Testing

@testable import Gateway

/// What comes from browsers on the way to a session, read apart from any connection.
@Suite("Forms, cookies and ways back")
struct SignInFormTests {
    @Test(
        "A way back leads to a path of the same origin, or nowhere",
        arguments: [
            ("/", true),
            ("/mlflow/", true),
            ("/mlflow/?a=1&b=%20c#x", false),
            ("/mlflow/?a=1&b=%20c&c=a@b", true),
            ("/things/open/echo", true),
            ("/.stile/whoami", true),
            ("", false),
            ("mlflow", false),
            ("//evil.example", false),
            ("///evil.example", false),
            ("/\\evil.example", false),
            ("\\\\evil.example", false),
            ("/%5cevil.example", false),
            ("/%5Cevil.example", false),
            ("/%255cevil.example", false),
            ("/%2f/evil.example", false),
            ("/%2fevil.example", false),
            ("/%252fevil.example", false),
            ("/%25252fevil.example", false),
            ("/.//evil.example", false),
            ("/a/..//evil.example", false),
            ("/../evil", false),
            ("/./evil", false),
            ("/%2e%2e/evil", false),
            ("https://evil.example/", false),
            ("https:/evil.example", false),
            ("javascript:alert(1)", false),
            ("data:text/html,x", false),
            ("/@evil.example", false),
            ("/%40evil.example", false),
            ("/user:pw@evil.example/", false),
            ("/a\r\nset-cookie: x=1", false),
            ("/a%0d%0aset-cookie:x", false),
            ("/a%0Ab", false),
            ("/a%00b", false),
            ("/a%09b", false),
            ("/a b", false),
            ("/ä", false),
            ("/a%zz", false),
            ("/a%", false),
            ("/\u{0}", false),
            ("/.stile/login", false),
            ("/.stile/logout", false),
            ("/.stile/login?return=/x", false),
            ("/" + String(repeating: "a", count: 2_047), true),
            ("/" + String(repeating: "a", count: 2_048), false),
        ]
    )
    func returnTargets(text: String, isTaken: Bool) {
        let target = ReturnTarget(Array(text.utf8))
        #expect((target != nil) == isTaken)
        // What is taken goes on the wire as it came, and comes back from a query parameter as itself.
        if let target {
            #expect(target.octets == Array(text.utf8))
            #expect(decodedForm(target.escaped[...]) == target.octets)
        }
    }

    @Test(
        "A form is read as browsers write it, or not at all",
        arguments: [
            ("name=anna&password=secret", ["name": "anna", "password": "secret"]),
            ("name=a+b%2Bc&password=", ["name": "a b+c", "password": ""]),
            ("name=%C3%A4&password=%F0%9F%8F%AD", ["name": "ä", "password": "🏭"]),
            ("&&name=a&", ["name": "a"]),
            ("", [:]),
            ("name", nil),
            ("name=a&name=b", nil),
            ("name=a&n%61me=b", nil),
            ("name=a&admin=1", nil),
            ("name=%", nil),
            ("name=%4", nil),
            ("name=%zz", nil),
            ("%ff=a", nil),
            ("name=" + String(repeating: "a", count: 8_192), nil),
        ] as [(String, [String: String]?)]
    )
    func forms(body: String, expected: [String: String]?) {
        let form = FormBody(Array(body.utf8), fields: ["name", "password"])
        #expect((form == nil) == (expected == nil))
        for (name, value) in expected ?? [:] {
            #expect(form?[name] == Array(value.utf8))
        }
    }

    @Test("A form is good for the browser, the host and the hour that it was made for")
    func formTokens() {
        let key = FormKey()
        let nonce = FormKey.nonce()
        let host = Array("mlflow.example".utf8)
        let token = key.token(for: nonce, at: host, now: 1_000)
        #expect(key.isGood(token, for: nonce, at: host, now: 1_000))
        #expect(key.isGood(token, for: nonce, at: host, now: 1_000 + FormKey.lifetime))
        #expect(!key.isGood(token, for: nonce, at: host, now: 1_001 + FormKey.lifetime))
        #expect(!key.isGood(token, for: nonce, at: host, now: 999))
        #expect(!key.isGood(token, for: FormKey.nonce(), at: host, now: 1_000))
        #expect(!key.isGood(token, for: nonce, at: Array("other.example".utf8), now: 1_000))
        #expect(!FormKey().isGood(token, for: nonce, at: host, now: 1_000))
        for wrong in ["", ".", "1000", "1000.", "-1.abc", "1000.abc", "999999999999999999999.abc", "1000.a.b"] {
            #expect(!key.isGood(Array(wrong.utf8), for: nonce, at: host, now: 1_000))
        }
        var flipped = token
        flipped[flipped.count - 2] ^= 1
        #expect(!key.isGood(flipped, for: nonce, at: host, now: 1_000))
    }

    @Test(
        "A nonce is what we made, nothing that somebody chose",
        arguments: [
            "", "a", String(repeating: "A", count: 21), String(repeating: "A", count: 23), "AAAAAAAAAAAAAAAAAAAAA=",
        ]
    )
    func nonces(text: String) {
        #expect(!FormKey.isNonce(Array(text.utf8)))
    }

    @Test("The URL alphabet of Base64 goes both ways and has one spelling")
    func base64URL() {
        for length in 0..<40 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 91 &+ length) }
            let text = encodedBase64URL(bytes)
            #expect(decodedBase64URL(text) == bytes)
            #expect(text.allSatisfy { $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "=") })
        }
        for wrong in ["A", "AA==", "A+", "A/", "AB", "A B"] { #expect(decodedBase64URL(Array(wrong.utf8)) == nil) }
    }

    @Test("A session ends by time, by itself, for want of room, and opens under its own host only")
    func sessions() throws {
        var limits = SessionLimits()
        limits.idle = .seconds(100)
        limits.lifetime = .seconds(250)
        limits.perPerson = 2
        let sessions = Sessions(limits)
        let anna = try #require(FakeDirectory.person("anna", ["staff"]))
        let host = Array("mlflow.example".utf8)
        let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
        func isGood(_ cookie: [UInt8], after seconds: Int64, at other: String = "mlflow.example") -> Bool {
            sessions.session(cookie, at: Array(other.utf8), now: start + .seconds(seconds)) != nil
        }
        let (cookie, seconds) = sessions.begin(for: anna, at: host, now: start, wall: 5_000)
        #expect(seconds == 250)
        #expect(sessions.session(cookie, at: host, now: start)?.session.endsAt == 5_250)
        #expect(!isGood(cookie, after: 1, at: "other.example"))
        #expect(isGood(cookie, after: 99))
        #expect(isGood(cookie, after: 198))
        // In use all the time, and over all the same.
        #expect(!isGood(cookie, after: 250))
        let idle = sessions.begin(for: anna, at: host, now: start, wall: 0).cookie
        #expect(!isGood(idle, after: 100))
        #expect(!isGood(idle, after: 1), "what has ended stays ended")
        let three = (0..<3).map { sessions.begin(for: anna, at: host, now: start + .seconds($0), wall: 0).cookie }
        #expect(three.map { isGood($0, after: 3) } == [false, true, true])
        sessions.end(three[1], at: Array("other.example".utf8))
        #expect(isGood(three[1], after: 3))
        sessions.end(three[1], at: host)
        #expect(!isGood(three[1], after: 3))
        var forged = three[2]
        forged[20] ^= 1
        for wrong in [forged, [], Array("x".utf8), Array(repeating: UInt8(ascii: "A"), count: 59), cookie + cookie] {
            #expect(!isGood(wrong, after: 3))
        }
        #expect(sessions.session(three[2], at: host, now: start) != nil)
        #expect(Sessions(limits).session(three[2], at: host, now: start) == nil, "another process knows nothing of it")
    }
}
