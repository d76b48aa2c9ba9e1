import DecisionLog
import Testing

/// Every row is read by some servers in one way and by some in another; here it has one reading: none.
@Suite("Framing attacks through a running gateway")
struct FramingAttackTests {
    @Test(
        "What can be read in two ways is 400 and a closed connection",
        arguments: [
            "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "Content-Length: 4\r\nContent-Length: 4\r\n\r\nabcd",
            "Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcd",
            "Content-Length: +4\r\n\r\nabcd",
            "Content-Length: 0x4\r\n\r\nabcd",
            "Content-Length: 4, 4\r\n\r\nabcd",
            "Content-Length : 4\r\n\r\nabcd",
            "Content-Length\t: 4\r\n\r\nabcd",
            "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "X-Folded: a\r\n b\r\n\r\n",
            "X-Bare: a\nX-Other: b\r\n\r\n",
            "X-Nul: a\0b\r\n\r\n",
            "X-Return: a\rb\r\n\r\n",
            "Host: other.example\r\n\r\n",
            "No-Colon\r\n\r\n",
        ]
    )
    func malformed(rest: String) async throws {
        try await TestHouse.open { house in
            let client = try await house.client()
            let authorization = TestHouse.authorization("anna")
            try await client.send("POST /things/open HTTP/1.1\r\nHost: 127.0.0.1\r\n\(authorization)\(rest)")
            #expect(try await client.answer().status == 400)
            #expect(await client.isClosed())
            #expect(house.upstream.heads.isEmpty)
            #expect(try house.records().map(\.verdict.refusal) == ["malformed"])
        }
    }

    @Test(
        "What cannot be read after a request that could is nobody's, and nothing of the one before is said of it",
        arguments: [
            "/", "/%00", "/a%2fb", "/..", "/x;y", "/\\", "/?%", "/things/open?%zz", "*", "/%25%32%65", "",
            "/ HTTP/1.1\r\nX",
        ]
    )
    func unreadableAfterReadable(target: String) async throws {
        try await TestHouse.open { house in
            let client = try await house.client()
            let marks = "X-Request-ID: first\r\nX-Stile-Purpose: audit\r\n"
            let long = String(repeating: "a", count: 300)
            #expect(
                try await client.ask("GET /things/open/\(long)", TestHouse.authorization("anna") + marks).status == 200
            )
            try await client.send("GET \(target) HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: x\r\n\r\n")
            // What is no head at all among them: then there is no target either.
            #expect([400, 401].contains(try await client.answer().status))
            let records = try house.records()
            #expect(records.count == 2)
            let second = try #require(records.last)
            #expect(second.person?.who.id == nil && second.person?.who.name == nil)
            #expect(second.person?.trace.request == nil && second.person?.trace.purpose == nil)
            #expect(second.person?.trace.path.contains("aaaa") == false)
            #expect(try await house.client().ask("GET /things/open/echo").status == 200)
        }
    }

    @Test(
        "A chunk that is none ends the exchange, and nothing after it is a request",
        arguments: [
            "0_2e\r\n", "0x4\r\n", "-1\r\n", "11111111111111111\r\n", " 4\r\n", "4\n",
            "4;\(String(repeating: "x", count: 300))\r\n",
            "4\r\nabcdX", "0\r\nContent-Length: 3\r\n\r\n", "0\r\nAuthorization: x\r\n\r\n",
            "0\r\nX_Stile_User: root\r\n\r\n",
        ]
    )
    func chunks(chunk: String) async throws {
        try await TestHouse.open { house in
            let client = try await house.client()
            let authorization = TestHouse.authorization("anna")
            let head =
                "POST /things/open/count HTTP/1.1\r\nHost: 127.0.0.1\r\n\(authorization)Transfer-Encoding: chunked\r\n\r\n"
            try await client.send(
                head + chunk + "GET /things/open/echo HTTP/1.1\r\nHost: 127.0.0.1\r\n\(authorization)\r\n"
            )
            let status = try await client.answer().status
            #expect(status == 400 || status == 431)
            #expect(await client.isClosed())
            #expect(house.upstream.heads.allSatisfy { $0.hasPrefix("POST") })
        }
    }

    @Test(
        "Targets without one reading are refused, the others forwarded in their one form",
        arguments: [
            // as sent, as forwarded; nil is 400
            ("/things/open/../open/echo", "/things/open/echo"),
            ("/things/%6fpen/echo", "/things/open/echo"),
            ("//things//open/./echo", "/things/open/echo"),
            ("/things/x/%2e%2e/open/echo", "/things/open/echo"),
            ("/things/open%2fecho", nil),
            ("/things/open\\echo", nil),
            ("/things/open;x/echo", nil),
            ("/things/%00/echo", nil),
            ("/things/%c0%ae/echo", nil),
            ("/things/%252e%252e/echo", nil),
            ("/../etc", nil),
            ("http://127.0.0.1/things/open/echo", "/things/open/echo"),
            ("http://evil.example/things/open/echo", nil),
        ] as [(String, String?)]
    )
    func targets(sent: String, forwarded: String?) async throws {
        try await TestHouse.open { house in
            let client = try await house.client()
            let answer = try await client.ask("GET \(sent)")
            #expect(answer.status == (forwarded == nil ? 400 : 200))
            if let forwarded { #expect(answer.text.hasPrefix("GET \(forwarded) HTTP/1.1\r\n")) }
            #expect(house.upstream.heads.count == (forwarded == nil ? 0 : 1))
        }
    }

    @Test(
        "Sizes and versions over the limit",
        arguments: [
            (
                "GET /things/open HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: \(String(repeating: "a", count: 40_000))\r\n\r\n",
                431
            ),
            ("GET /things/open HTTP/1.1\r\nHost: 127.0.0.1\r\n\(String(repeating: "X-A: b\r\n", count: 200))\r\n", 431),
            ("GET /\(String(repeating: "a", count: 10_000)) HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 414),
            ("GET /things/open HTTP/1.01\r\nHost: 127.0.0.1\r\n\r\n", 400),
            ("GET /things/open HTTP/2.0\r\nHost: 127.0.0.1\r\n\r\n", 505),
            ("GET /things/open\r\n\r\n", 400),
            ("CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: 127.0.0.1:22\r\n\r\n", 405),
            ("POST /things/open HTTP/1.1\r\nHost: 127.0.0.1\r\nExpect: magic\r\nContent-Length: 1\r\n\r\nx", 417),
            ("\u{16}\u{3}\u{1}\u{2}\r\n\r\n", 400),
        ]
    )
    func limits(bytes: String, status: Int) async throws {
        try await TestHouse.open { house in
            let client = try await house.client()
            try await client.send(bytes)
            #expect(try await client.answer().status == status)
            #expect(await client.isClosed())
            #expect(house.upstream.heads.isEmpty)
        }
    }

    @Test("An upstream's second answer is nobody's")
    func smuggledAnswer() async throws {
        try await TestHouse.open { house in
            let client = try await house.client()
            #expect(try await client.ask("GET /things/open/smuggle").text == "ok")
            let next = try await client.ask("GET /things/open/echo")
            #expect(next.text.hasPrefix("GET /things/open/echo"))
            #expect(house.upstream.connections == 2)
        }
    }
}
