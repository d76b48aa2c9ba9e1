import DecisionLog
import Directory
import Foundation
import Testing

@testable import Gateway

@Suite("Signing in on the page")
struct SessionTests {
    static func id(_ name: String) -> PersonID? { PersonID(value: FakeDirectory.uuid(name)) }

    @Test("A browser without a credential is sent to the page, and back to where it wanted to go")
    func wayIn() async throws {
        try await TestHouse.open { house in
            let browser = try await Browser(house)
            let first = try await browser.go("/things/open/echo?a=1&b=2")
            #expect(first.status == 303)
            #expect(first["location"] == "/.stile/login?return=/things/open/echo%3Fa%3D1%26b%3D2")
            let page = try await browser.go(first["location"] ?? "")
            #expect(page.status == 200)
            #expect(Browser.field("return", in: page.text) == "/things/open/echo?a=1&amp;b=2")
            #expect(!page.text.contains("<script"))
            let policy = page["content-security-policy"] ?? ""
            #expect(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"))
            #expect(page["x-frame-options"] == "DENY")
            #expect(page["cache-control"] == "no-store")
            let signedIn = try await browser.signIn("anna", to: "/things/open/echo?a=1&b=2")
            #expect(signedIn.status == 303)
            #expect(signedIn["location"] == "/things/open/echo?a=1&b=2")
            let cookie = signedIn.fields.first { $0.name == "set-cookie" && $0.value.hasPrefix("__Host-stile=") }?.value
            for attribute in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=36000"] {
                #expect(cookie?.contains("; \(attribute)") == true)
            }
            #expect(cookie?.contains("Domain") == false)
            let echo = try await browser.go("/things/open/echo")
            #expect(echo.status == 200)
            #expect(echo.text.contains("x-stile-user: anna\r\n"))
            #expect(!echo.text.contains("__Host-stile"), "no cookie of ours reaches an upstream")
            let records = try house.records()
            #expect(records.map(\.verdict.action) == ["", "sign-in", "read"])
            #expect(records.map { $0.person?.who.authentication } == [nil, "basic", "session"])
            #expect(records.first?.verdict.refusal == "no-credential")
            #expect(records.first?.verdict.status == 303)
        }
    }

    @Test("Somebody whose entry changes while they sign in, as tries that are counted in it do, is asked about again")
    func changedMeanwhile() async throws {
        try await TestHouse.open { house in
            house.directory.mood = .late
            let page = try await Browser(house).go("/.stile/login")
            let form = try #require(Browser.field("form", in: page.text))
            let nonce = try #require(page.fields.first { $0.value.hasPrefix("__Host-stile-form=") }?.value)
            let body = "form=\(form)&name=anna&password=secret-anna"
            let client = try await house.client()
            try await client.send(
                "POST /.stile/login HTTP/1.1\r\nhost: 127.0.0.1\r\norigin: http://127.0.0.1\r\nsec-fetch-site: same-origin\r\n"
                    + "cookie: \(nonce.prefix { $0 != ";" })\r\ncontent-type: application/x-www-form-urlencoded\r\n"
                    + "content-length: \(body.utf8.count)\r\n\r\n\(body)"
            )
            try await Patience.wait("anna is asked about") { house.directory.held == 1 }
            await house.gateway.forget(Self.id("anna"))
            house.directory.release()
            #expect(try await client.answer().status == 303)
        }
    }

    @Test("Programs are told 401 and what to send; scripts of a page are not made to ask for a password")
    func programs() async throws {
        try await TestHouse.open { house in
            let client = try await house.client()
            for fields in ["", "accept: */*\r\n", "accept: application/json\r\n"] {
                let answer = try await client.ask("GET /things/open", fields)
                #expect(answer.status == 401)
                #expect(answer["www-authenticate"]?.hasPrefix("Basic ") == true)
            }
            #expect(try await client.ask("POST /things/open", "accept: text/html\r\n", body: "x").status == 401)
            let wrong = TestHouse.authorization("anna", "wrong") + "accept: text/html\r\n"
            #expect(try await client.ask("GET /things/open", wrong).status == 401)
            let browser = try await Browser(house)
            let script = try await browser.fetch("/things/open")
            #expect(script.status == 401)
            #expect(script["www-authenticate"]?.hasPrefix("Cookie ") == true)
        }
    }

    @Test("One answer to every name and password that are not accepted")
    func oneAnswer() async throws {
        try await TestHouse.open { house in
            house.directory.change("nora", account: .disabled)
            var texts: Set<String> = []
            for (name, password) in [
                ("anna", "wrong"), ("nobody", "wrong"), ("nora", "secret-nora"), ("anna", ""), ("", "x"), ("a:b", "c"),
                ("ann\u{0}a", "x"),
            ] {
                let browser = try await Browser(house)
                let answer = try await browser.signIn(name, password)
                #expect(answer.status == 401)
                #expect(answer["location"] == nil)
                #expect(browser.cookies["__Host-stile"] == nil)
                let form = Browser.field("form", in: answer.text) ?? ""
                #expect(!form.isEmpty)
                texts.insert(answer.text.replacing(form, with: "FORM"))
            }
            #expect(texts.count == 1)
            #expect(texts.first?.contains("role=\"alert\"") == true)
            let reasons = try house.records().map(\.verdict.refusal)
            #expect(Set(reasons).isSuperset(of: ["wrong-password", "unknown-user", "disabled"]))
        }
    }

    @Test("Guesses on the page and with each request are counted together")
    func throttled() async throws {
        try await TestHouse.open { house in
            let client = try await house.client()
            for password in ["1", "2"] {
                #expect(
                    try await client.ask("GET /things/open", TestHouse.authorization("anna", password)).status == 401
                )
            }
            let browser = try await Browser(house)
            #expect(try await browser.signIn("anna", "3").status == 401)
            #expect(house.directory.asked.count == 3)
            #expect(try await browser.signIn("anna").status == 401)
            #expect(house.directory.asked.count == 3, "the fourth did not reach the directory")
        }
    }

    @Test(
        "A form that is not ours, or not this browser's, signs nobody in",
        arguments: [
            "no form token", "another browser's", "no cookie", "cross-site", "another origin", "as JSON", "twice",
        ]
    )
    func loginCSRF(what: String) async throws {
        try await TestHouse.open { house in
            let browser = try await Browser(house)
            let page = try await browser.go("/.stile/login")
            let token = try #require(Browser.field("form", in: page.text))
            let credentials = [("name", "anna"), ("password", "secret-anna")]
            let answer: WireClient.Answer
            switch what {
            case "no form token": answer = try await browser.post("/.stile/login", credentials)
            case "another browser's":
                let other = try await Browser(house)
                _ = try await other.go("/.stile/login")
                answer = try await other.post("/.stile/login", credentials + [("form", token)])
            case "no cookie":
                browser.keep("__Host-stile-form", nil)
                answer = try await browser.post("/.stile/login", credentials + [("form", token)])
            case "cross-site":
                answer = try await browser.post("/.stile/login", credentials + [("form", token)], site: "cross-site")
            case "another origin":
                answer = try await browser.post(
                    "/.stile/login",
                    credentials + [("form", token)],
                    origin: "http://evil.example"
                )
            case "as JSON":
                let client = try await house.client()
                answer = try await client.ask(
                    "POST /.stile/login",
                    "content-type: application/json\r\n",
                    body: "{\"name\":\"anna\",\"password\":\"secret-anna\"}"
                )
            default: answer = try await browser.post("/.stile/login", credentials + [("form", token), ("form", token)])
            }
            #expect([400, 403].contains(answer.status))
            #expect(!answer.fields.contains { $0.name == "set-cookie" && $0.value.hasPrefix("__Host-stile=") })
            #expect(house.directory.asked.isEmpty)
        }
    }

    @Test(
        "A way back that leads elsewhere leads home",
        arguments: [
            "//evil.example", "https://evil.example", "/\\evil.example", "/%2f%2fevil.example", "/a\r\nx: y",
            "/.stile/logout",
        ]
    )
    func openRedirect(target: String) async throws {
        try await TestHouse.open { house in
            let browser = try await Browser(house)
            let answer = try await browser.signIn("anna", to: target)
            #expect(answer.status == 303)
            #expect(answer["location"] == "/")
            #expect(!answer.fields.contains { $0.name == "x" })
        }
    }

    @Test("A session cannot be chosen, forged, or carried to another host, and a second cookie of its name is none")
    func fixation() async throws {
        try await TestHouse.open { house in
            let mallory = try await Browser(house)
            _ = try await mallory.signIn("ben")
            let chosen = try #require(mallory.cookies["__Host-stile"])
            let anna = try await Browser(house)
            anna.keep("__Host-stile", chosen)
            _ = try await anna.signIn("anna")
            let fresh = try #require(anna.cookies["__Host-stile"])
            #expect(fresh != chosen)
            // Signing in ended what was there before, for whoever has its cookie.
            #expect(try await mallory.go("/things/open").status == 303)
            let other = try await Browser(house, host: "things.example")
            other.keep("__Host-stile", fresh)
            #expect(try await other.go("/things/open").status == 303)
            #expect(try await anna.go("/things/open").status == 200)
            let client = try await house.client()
            let twice = "cookie: __Host-stile=\(fresh); __Host-stile=\(chosen)\r\n"
            #expect(try await client.ask("GET /things/open", twice).status == 401)
            #expect(try await client.ask("GET /things/open", "cookie: __host-stile=\(fresh)\r\n").status == 401)
            #expect(try await client.ask("GET /things/open", "cookie: x=1; __Host-stile=\(fresh)\r\n").status == 200)
            // The same octets as a credential of another kind are nothing.
            #expect(try await client.ask("GET /things/open", "authorization: \(fresh)\r\n").status == 401)
        }
    }

    @Test("Signing out ends the session here, whatever the browser keeps")
    func signOut() async throws {
        let change: TestHouse.Change = { configuration, _ in configuration.eventLoops = 2 }
        try await TestHouse.open(change) { house in
            let browser = try await Browser(house)
            _ = try await browser.signIn("anna")
            let cookie = try #require(browser.cookies["__Host-stile"])
            #expect(try await browser.go("/things/open").status == 200)
            // Other connections, on whichever loop.
            var others: [Browser] = []
            for _ in 0..<6 {
                let other = try await Browser(house)
                other.keep("__Host-stile", cookie)
                #expect(try await other.go("/things/open").status == 200)
                others.append(other)
            }
            let question = try await browser.go("/.stile/logout")
            #expect(question.status == 200)
            #expect(try await browser.go("/things/open").status == 200, "asking signs nobody out")
            #expect(try await browser.post("/.stile/logout", [], site: "cross-site").status == 403)
            #expect(try await browser.go("/things/open").status == 200, "a foreign page signs nobody out")
            let answer = try await browser.post("/.stile/logout", [])
            #expect(answer.status == 200)
            #expect(browser.cookies["__Host-stile"] == nil)
            for other in others { #expect(try await other.go("/things/open").status == 303) }
            let actions = try house.records().map(\.verdict.action)
            #expect(actions.filter { $0 == "sign-out" }.count == 1)
            #expect(try await browser.post("/.stile/logout", []).status == 200, "signed out is signed out")
        }
    }

    @Test(
        "A change in the directory ends or changes what a session may do, on the next request",
        arguments: [
            ("disabled", 303), ("removed", 303), ("password", 303), ("groups", 403), ("unrelated", 200),
        ]
    )
    func directoryChange(change: String, status: Int) async throws {
        try await TestHouse.open { house in
            let browser = try await Browser(house)
            _ = try await browser.signIn("anna")
            #expect(try await browser.go("/things/open").status == 200)
            switch change {
            case "disabled": house.directory.change("anna", account: .disabled)
            case "removed": house.directory.change("anna", groups: nil)
            case "password": house.directory.change("anna", password: "another")
            case "groups": house.directory.change("anna", groups: ["staff"])
            default: break
            }
            await house.gateway.forget(Self.id("anna"))
            #expect(try await browser.go("/things/open").status == status)
            // An ended session stays ended, whatever is changed back.
            house.directory.change("anna", account: .active)
            house.directory.change("anna", groups: ["staff", "readers"])
            await house.gateway.forget(Self.id("anna"))
            #expect(try await browser.go("/things/open").status == (status == 303 ? 303 : 200))
        }
    }

    @Test("Who am I: as JSON for programs, as a page for people, and for nobody else")
    func whoAmI() async throws {
        try await TestHouse.open { house in
            let client = try await house.client()
            #expect(try await client.ask("GET /.stile/whoami", "").status == 401)
            let answer = try await client.ask("GET /.stile/whoami")
            #expect(answer["content-type"] == "application/json")
            #expect(
                answer.text
                    == "{\"name\":\"anna\",\"displayName\":\"ANNA\",\"clearance\":\"internal\",\"authentication\":\"basic\"}\n"
            )
            let browser = try await Browser(house)
            #expect(try await browser.go("/.stile/whoami")["location"] == "/.stile/login?return=/.stile/whoami")
            _ = try await browser.signIn("anna", to: "/.stile/whoami")
            let page = try await browser.go("/.stile/whoami")
            #expect(page.status == 200)
            for text in ["ANNA", "internal", "the sign-in page", "Sign out"] { #expect(page.text.contains(text)) }
            let script = try await browser.fetch("/.stile/whoami")
            #expect(script.text.contains("\"authentication\":\"session\",\"until\":\"20"))
        }
    }

    @Test("Without a page there is none, and browsers are told what everybody is")
    func withoutPage() async throws {
        let change: TestHouse.Change = { configuration, _ in configuration.sessions.hasPage = false }
        try await TestHouse.open(change) { house in
            let browser = try await Browser(house)
            #expect(try await browser.go("/.stile/login").status == 404)
            let answer = try await browser.go("/things/open")
            #expect(answer.status == 401)
            #expect(answer["www-authenticate"]?.hasPrefix("Basic ") == true)
        }
    }

    @Test(
        "A token signs nobody in on the page, and other methods do not go there",
        arguments: ["PUT", "DELETE", "PATCH"]
    )
    func otherMethods(method: String) async throws {
        try await TestHouse.open { house in
            let client = try await house.client()
            #expect(try await client.ask("\(method) /.stile/login").status == 405)
            #expect(try await client.ask("\(method) /.stile/whoami").status == 405)
            #expect(house.upstream.heads.isEmpty)
        }
    }
}
