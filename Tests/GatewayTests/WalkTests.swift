import DecisionLog
import Gateway
import Testing

@Suite("The walk of a request")
struct WalkTests {
    @Test(
        "What is allowed reaches the upstream, after its record",
        arguments: [
            JournalConfiguration.Durability.commit, .batch(milliseconds: 2),
        ]
    )
    func allowed(durability: JournalConfiguration.Durability) async throws {
        try await TestHouse.open(durability: durability) { house in
            let client = try await house.client()
            let answer = try await client.ask("GET /things/open/echo")
            #expect(answer.status == 200)
            #expect(answer.text.hasPrefix("GET /things/open/echo HTTP/1.1\r\n"))
            #expect(answer.text.contains("x-stile-user: anna\r\n"))
            #expect(!answer.text.lowercased().contains("authorization"))
            let records = try await house.records(atLeast: 1)
            #expect(records.map(\.verdict.decision) == [.allow])
            #expect(records.first?.verdict.resource?.id == "open")
            #expect(records.first?.person?.trace.path == "/things/open/echo")
            #expect(answer.text.contains("x-stile-decision: \(records.first?.id.description ?? "none")\r\n"))
        }
    }

    @Test(
        "What is denied does not, and says why as far as the label lets it",
        arguments: [
            // thing, what the answer says, the determining policies
            ("secret", "your clearance internal is below secret", ["CLR-1"]),
            ("customer", "you lack the need-to-know customer-x", ["CAT-1"]),
            ("top", "you have no access to this", ["CLR-1"]),
            ("unheard-of", "what is not classified stays closed", []),
        ]
    )
    func denied(thing: String, sentence: String, policies: [String]) async throws {
        try await TestHouse.open { house in
            let client = try await house.client()
            let answer = try await client.ask("GET /things/\(thing)")
            #expect(answer.status == 403)
            #expect(answer["content-type"] == "application/problem+json")
            #expect(answer.text.contains(sentence))
            #expect(answer.text.contains("\"error_code\":\"PERMISSION_DENIED\""))
            #expect(house.upstream.heads.isEmpty)
            let records = try house.records()
            #expect(records.map(\.verdict.policies) == [policies])
            #expect(records.map(\.verdict.decision) == [.deny])
            #expect(answer.text.contains(records.first?.id.description ?? "none"))
        }
    }

    @Test("What does not exist and what may not be named are answered alike, but for the id")
    func alike() async throws {
        try await TestHouse.open { house in
            let client = try await house.client()
            var texts: Set<String> = []
            for path in ["/things/top", "/missing"] {
                let answer = try await client.ask("GET \(path)")
                let id = try #require(try house.records().last?.id.description)
                let fields = answer.fields.filter { $0.name != "date" }
                texts.insert("\(answer.status) \(fields) \(answer.text)".replacing(id, with: "ID"))
            }
            #expect(texts.count == 1)
        }
    }

    @Test(
        "Whoever is not known gets the same answer, whatever the reason",
        arguments: [
            // credential, the reason in the record
            ("", "no-credential"),
            (TestHouse.authorization("anna", "wrong"), "wrong-password"),
            (TestHouse.authorization("nobody", "x"), "unknown-user"),
            (TestHouse.authorization("anna", ""), "empty-password"),
            ("authorization: Bearer abc\r\n", "malformed-credential"),
            ("authorization: Basic ####\r\n", "malformed-credential"),
        ]
    )
    func unknown(credential: String, reason: String) async throws {
        try await TestHouse.open { house in
            let client = try await house.client()
            let answer = try await client.ask("GET /things/open", credential)
            #expect(answer.status == 401)
            #expect(answer["www-authenticate"] == "Basic realm=\"Stile\", charset=\"UTF-8\"")
            #expect(!answer.text.contains(reason))
            let records = try house.records()
            #expect(records.map(\.verdict.refusal) == [reason])
            #expect(records.map(\.verdict.causes) == [.account])
            #expect(house.upstream.heads.isEmpty)
        }
    }

    @Test("Someone without a clearance gets nothing")
    func withoutClearance() async throws {
        try await TestHouse.open { house in
            let answer = try await house.client().ask("GET /things/open", TestHouse.authorization("nora"))
            #expect(answer.status == 403)
            #expect(answer.text.contains("no readable clearance"))
        }
    }

    @Test(
        "Routes",
        arguments: [
            // request, host, status
            ("GET /elsewhere", "127.0.0.1", 403),
            ("OPTIONS /things/open", "127.0.0.1", 405),
            ("BREW /things/open", "127.0.0.1", 405),
            ("GET /things/open", "stranger.example", 421),
            ("GET /outside", "mounted.example", 404),
            ("GET /mountedness", "mounted.example", 404),
            ("GET /mounted/things/open", "mounted.example:8443", 200),
            ("GET /mounted", "mounted.example", 308),
            ("GET /.stile/api/decisions", "console.example", 200),
            ("GET /.stile/api/other", "console.example", 404),
            ("GET /.stile/api/decisions", "127.0.0.1", 403),
        ]
    )
    func routes(request: String, host: String, status: Int) async throws {
        try await TestHouse.open { house in
            let client = try await house.client()
            try await client.send("\(request) HTTP/1.1\r\nHost: \(host)\r\n\(TestHouse.authorization("anna"))\r\n")
            #expect(try await client.answer().status == status)
        }
    }

    @Test("A mount prefix is taken off the path and put on redirects")
    func mount() async throws {
        try await TestHouse.open { house in
            let client = try await house.client()
            let authorization = TestHouse.authorization("anna")
            try await client.send(
                "GET /mounted/things/open/echo?x=1 HTTP/1.1\r\nHost: mounted.example\r\n\(authorization)\r\n"
            )
            let answer = try await client.answer()
            #expect(answer.text.hasPrefix("GET /things/open/echo?x=1 HTTP/1.1\r\n"))
            #expect(answer.text.contains("x-forwarded-prefix: /mounted\r\n"))
            #expect(answer.text.contains("x-forwarded-host: mounted.example\r\n"))
            try await client.send(
                "GET /mounted/things/open/redirect HTTP/1.1\r\nHost: mounted.example\r\n\(authorization)\r\n"
            )
            #expect(try await client.answer()["location"] == "/mounted/things/open")
            try await client.send("GET /mounted?a HTTP/1.1\r\nHost: mounted.example\r\n\(authorization)\r\n")
            #expect(try await client.answer()["location"] == "/mounted/?a")
        }
    }

    @Test("What stands in a body is decided, and the body is forwarded")
    func body() async throws {
        try await TestHouse.open { house in
            let client = try await house.client()
            for (body, status) in [("open", 200), ("secret", 403)] {
                let answer = try await client.ask("POST /by-body", body: body)
                #expect(answer.status == status)
            }
            #expect(house.upstream.heads.count == 1)
            #expect(house.upstream.heads[0].contains("content-length: 4\r\n"))
            let chunked = "POST /by-body/count HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n"
            try await client.send(chunked + TestHouse.authorization("anna") + "\r\n2\r\nop\r\n2\r\nen\r\n0\r\n\r\n")
            let answer = try await client.answer()
            #expect(answer.text == "4")
            #expect(try await client.ask("POST /by-body", body: String(repeating: "x", count: 65)).status == 413)
            #expect(await client.isClosed())
        }
    }

    @Test("What the upstream must be asked is asked once, with Stile's own credential")
    func lookUp() async throws {
        let withCredential: TestHouse.Change = { _, upstream in upstream.credential = ("stile", "own") }
        try await TestHouse.open(withCredential) { house in
            let client = try await house.client()
            #expect(try await client.ask("GET /alias/a1").status == 200)
            #expect(try await client.ask("GET /alias/a1").status == 200)
            #expect(try await client.ask("GET /alias/a2").status == 403)
            #expect(try await client.ask("GET /alias/absent").status == 403)
            let lookUps = house.upstream.heads.filter { $0.hasPrefix("GET /metadata/") }
            #expect(lookUps.count == 3)
            #expect(
                lookUps.allSatisfy {
                    $0.contains("authorization: Basic c3RpbGU6b3du\r\n") && !$0.contains("x-stile-user")
                }
            )
        }
    }

    @Test("A list is cut down to what may be read")
    func list() async throws {
        try await TestHouse.open { house in
            let client = try await house.client()
            let answer = try await client.ask(
                "GET /list",
                TestHouse.authorization("anna") + "accept-encoding: gzip\r\nif-none-match: \"x\"\r\n"
            )
            #expect(answer.text == "open\nopen2\n")
            #expect(answer["content-length"] == "11")
            let head = try #require(house.upstream.heads.first)
            #expect(!head.lowercased().contains("accept-encoding") && !head.lowercased().contains("if-none-match"))
            #expect(try await client.ask("GET /list/encoded").status == 502)
        }
    }

    @Test(
        "A list in pages is handed out as if what is hidden did not exist",
        arguments: [
            (1, #"{"names":["open1"],"next_page_token":"after-1"}"#),
            (2, #"{"names":["open1","open2"],"next_page_token":"after-2"}"#),
            (3, #"{"names":["open1","open2","open3"]}"#),
            (4, #"{"names":["open1","open2","open3"]}"#),
        ]
    )
    func pages(size: Int, expected: String) async throws {
        try await TestHouse.open { house in
            let client = try await house.client()
            #expect(try await client.ask("GET /pages?max_results=\(size)").text == expected)
            // One request, one record, whatever it took; and each page was asked for as the same person.
            #expect(try house.records().count == 1)
            let heads = house.upstream.heads
            #expect(heads.count > 1 && heads.allSatisfy { $0.contains("x-stile-user: anna\r\n") })
            #expect(heads.first?.hasPrefix("GET /pages?max_results=2 HTTP/1.1\r\n") == true)
            #expect(try await client.ask("GET /things/open/echo").status == 200)
        }
    }

    @Test("What does not exist and what may not be named are answered after the same time")
    func withheld() async throws {
        try await TestHouse.open { configuration, _ in
            configuration.limits.withheld = .seconds(1)
        } _: { house in
            for path in ["/things/top", "/missing", "/alias/absent"] {
                let client = try await house.client()
                let begun = ContinuousClock.now
                #expect(try await client.ask("GET \(path)").status == 403)
                // Two clocks, which may differ in the last digits.
                #expect(ContinuousClock.now - begun >= .milliseconds(999), "\(path)")
            }
            // What is explained is not kept back; somebody who is kept waiting holds up nobody else.
            let waiting = try await house.client()
            try await waiting.send(
                "GET /missing HTTP/1.1\r\nHost: 127.0.0.1\r\n\(TestHouse.authorization("anna"))\r\n"
                    + "GET /things/open/echo HTTP/1.1\r\nHost: 127.0.0.1\r\n\(TestHouse.authorization("anna"))\r\n"
            )
            #expect(try await house.client().ask("GET /things/secret").status == 403)
            #expect(try await waiting.answer().status == 403)
            #expect(try await waiting.answer().status == 200)
        }
    }

    @Test("A room of this process is behind the same door")
    func inProcess() async throws {
        try await TestHouse.open { house in
            let client = try await house.client()
            let authorization = TestHouse.authorization("anna")
            try await client.send(
                "POST /.stile/api/decisions?q=1 HTTP/1.1\r\nHost: console.example\r\n\(authorization)content-length: 3\r\n\r\nabc"
            )
            #expect(try await client.answer().text == "POST anna q=1 3")
            try await client.send(
                "GET /.stile/api/decisions HTTP/1.1\r\nHost: console.example\r\n\(TestHouse.authorization("ben"))\r\n"
            )
            #expect(try await client.answer().status == 403)
            #expect(try house.records().map(\.verdict.decision) == [.allow, .deny])
            // Who may not ask is told so before they have sent a body, and none of it is held.
            let other = try await house.client()
            try await other.send(
                "POST /.stile/api/decisions HTTP/1.1\r\nHost: console.example\r\n\(TestHouse.authorization("ben"))content-length: 1000000\r\n\r\n"
            )
            #expect(try await other.answer().status == 403)
        }
    }

    @Test("Requests sent ahead are answered in order, whatever comes of each")
    func pipelining() async throws {
        try await TestHouse.open { house in
            let client = try await house.client()
            let authorization = TestHouse.authorization("anna")
            var text = ""
            for path in ["/things/secret", "/things/open/echo?1", "/nowhere", "/things/open/echo?2"] {
                text += "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\n\(authorization)\r\n"
            }
            try await client.send(text)
            var statuses: [Int] = []
            for _ in 0..<4 { statuses.append(try await client.answer().status) }
            #expect(statuses == [403, 200, 403, 200])
            #expect(
                house.upstream.heads.map { $0.prefix(23) } == ["GET /things/open/echo?1", "GET /things/open/echo?2"]
            )
            #expect(house.upstream.connections == 1)
        }
    }

    @Test("Other policies count from the next request on, on connections that are open")
    func policySwap() async throws {
        try await TestHouse.open { house in
            let client = try await house.client()
            #expect(try await client.ask("GET /things/open").status == 200)
            house.gateway.replacePolicies(try TestHouse.policies("r2", readers: "staff"))
            await house.gateway.awaitLoops()
            #expect(try await client.ask("GET /things/open", TestHouse.authorization("ben")).status == 200)
            house.gateway.replacePolicies(try TestHouse.policies("r3", readers: "nobody"))
            await house.gateway.awaitLoops()
            #expect(try await client.ask("GET /things/open").status == 403)
            #expect(try house.records().map(\.verdict.revision) == ["r1", "r2", "r3"])
        }
    }

    @Test("A person who is forgotten is asked for again")
    func forgetting() async throws {
        try await TestHouse.open { house in
            let client = try await house.client()
            for _ in 0..<3 { #expect(try await client.ask("GET /things/open").status == 200) }
            #expect(house.directory.asked == ["anna"])
            await house.gateway.forget(nil)
            #expect(try await client.ask("GET /things/open").status == 200)
            #expect(house.directory.asked == ["anna", "anna"])
        }
    }

    @Test("A directory that is down is 503 for those who are not known, and nothing for the others")
    func directoryDown() async throws {
        try await TestHouse.open { house in
            let client = try await house.client()
            #expect(try await client.ask("GET /things/open").status == 200)
            house.directory.mood = .down
            #expect(try await client.ask("GET /things/open").status == 200)
            #expect(try await client.ask("GET /things/open", TestHouse.authorization("ben")).status == 503)
            let counters = await house.gateway.counters()
            #expect(counters.directoryUnavailable == 1)
        }
    }

    @Test("Wrong passwords stop reaching the directory before it locks the account")
    func throttle() async throws {
        try await TestHouse.open { house in
            let client = try await house.client()
            for guess in 0..<10 {
                #expect(
                    try await client.ask("GET /things/open", TestHouse.authorization("anna", "guess\(guess)")).status
                        == 401
                )
            }
            #expect(house.directory.asked.count == 3)
            // The right one waits as well, since it cannot be told from a guess without asking.
            #expect(try await client.ask("GET /things/open").status == 401)
        }
    }

    @Test(
        "A page of another origin cannot make a browser change things",
        arguments: [
            ("Origin: https://evil.example\r\n", 403),
            ("Origin: null\r\n", 403),
            ("Origin: http://127.0.0.1\r\n", 200),
            ("Origin: https://127.0.0.1\r\n", 403),
            ("Sec-Fetch-Site: cross-site\r\n", 403),
            ("Sec-Fetch-Site: same-origin\r\n", 200),
            ("", 200),
        ]
    )
    func origin(fields: String, status: Int) async throws {
        try await TestHouse.open { house in
            let client = try await house.client()
            #expect(
                try await client.ask("POST /things/open", TestHouse.authorization("anna") + fields, body: "x").status
                    == status
            )
            // Reading is what links do.
            #expect(try await client.ask("GET /things/open", TestHouse.authorization("anna") + fields).status == 200)
        }
    }

    @Test("Browsers get a page, programs a document")
    func pages() async throws {
        try await TestHouse.open { house in
            let client = try await house.client()
            let page = try await client.ask(
                "GET /things/secret",
                TestHouse.authorization("anna") + "Accept: text/html,*/*\r\n"
            )
            #expect(page["content-type"] == "text/html; charset=utf-8")
            #expect(page["content-security-policy"]?.contains("default-src 'none'") == true)
            #expect(page.text.contains("Access denied") && page.text.contains("the group owners"))
            let head = try await client.ask("HEAD /things/secret")
            #expect(head.status == 403 && head.body.isEmpty)
        }
    }
}
