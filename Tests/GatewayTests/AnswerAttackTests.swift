import Testing

/// An upstream that was taken over, or is only careless, must not reach past the one exchange it answers.
@Suite("What upstreams answer is read as strictly as what clients send")
struct AnswerAttackTests {
    /// Asks the upstream to say these bytes, then asks something else on the same connection.
    private func said(
        _ bytes: String,
        to method: String = "GET",
        at path: String = "/things/open"
    ) async throws -> (first: WireClient.Answer, second: WireClient.Answer, upstreams: Int) {
        try await TestHouse.open { house in
            let client = try await house.client()
            let escapes: [UInt8: String] = [0x0D: "%0D", 0x0A: "%0A", 0: "%00"]
            let say = bytes.utf8.map { escapes[$0] ?? String(UnicodeScalar($0)) }.joined()
            let first = try await client.ask(
                "\(method) \(path)/say",
                TestHouse.authorization("anna") + "X-Say: \(say)\r\n"
            )
            let second = try await house.client().ask("GET /things/open/echo")
            return (first, second, house.upstream.connections)
        }
    }

    @Test(
        "A head that can be read in two ways is nobody's answer",
        arguments: [
            "HTTP/1.1 200 OK\r\nlocation: /a\nset-cookie: session=evil\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nlocation: /a\rset-cookie: session=evil\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nx: a\0b\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nx: a\r\n b\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 4\r\n\r\nevil",
            "HTTP/1.1 200 OK\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length : 4\r\n\r\nevil",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 200 O\nK\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\nevil",
            "HTTP/2 200\r\n\r\n",
        ]
    )
    func heads(bytes: String) async throws {
        let answers = try await self.said(bytes)
        #expect(answers.first.status == 502 && answers.first["set-cookie"] == nil)
        #expect(answers.second.text.hasPrefix("GET /things/open/echo"))
        #expect(answers.upstreams == 2)
    }

    @Test(
        "A body where none belongs is not the next person's answer",
        arguments: [
            ("GET", "HTTP/1.1 204 No Content\r\ncontent-length: 4\r\n\r\nevil", 204),
            ("GET", "HTTP/1.1 204 No Content\r\ntransfer-encoding: chunked\r\n\r\n4\r\nevil\r\n0\r\n\r\n", 204),
            ("GET", "HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil", 204),
            ("GET", "HTTP/1.1 304 Not Modified\r\ncontent-length: 4\r\n\r\nevil", 304),
            (
                "GET", "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil",
                200
            ),
            ("HEAD", "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil", 200),
            ("HEAD", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nevil\r\n0\r\n\r\n", 200),
            ("GET", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nokevil", 200),
        ]
    )
    func bodies(method: String, bytes: String, status: Int) async throws {
        let answers = try await self.said(bytes, to: method)
        #expect(answers.first.status == status && !answers.first.text.contains("evil"))
        #expect(answers.second.status == 200 && answers.second.text.hasPrefix("GET /things/open/echo"))
    }

    @Test(
        "Interim answers stay behind, however many, and the final one comes through",
        arguments: [
            "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 103 Early Hints\r\nlink: </evil>\r\n\r\n",
            "HTTP/1.1 102 Processing\r\ncontent-length: 4\r\n\r\n",
        ]
    )
    func interim(bytes: String) async throws {
        let final = "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ngood"
        let answers = try await self.said(String(repeating: bytes, count: 20) + final)
        #expect(answers.first.status == 200 && answers.first.text == "good" && answers.first["link"] == nil)
        #expect(answers.second.status == 200)
    }

    @Test("What an upstream says about the connection, or in Stile's name, ends here")
    func fields() async throws {
        let answers = try await self.said(
            "HTTP/1.1 200 OK\r\nconnection: x-hop, close\r\nx-hop: a\r\nkeep-alive: timeout=9\r\n"
                + "proxy-authenticate: Basic\r\nx-stile-user: root\r\nX_Stile_User: root\r\nupgrade: h2c\r\n"
                + "x-own: kept\r\nset-cookie: __Host-stile-session=evil\r\n"
                + "set-cookie: own=1\r\ntrailer: x\r\ncontent-length: 2\r\n\r\nok"
        )
        let names = Set(answers.first.fields.map(\.name))
        #expect(names.isSuperset(of: ["x-own", "set-cookie"]))
        let dropped: Set = [
            "x-hop", "keep-alive", "proxy-authenticate", "x-stile-user", "x_stile_user", "upgrade", "trailer",
        ]
        #expect(names.isDisjoint(with: dropped))
        #expect(answers.first.fields.filter { $0.name == "set-cookie" }.map(\.value) == ["own=1"])
        #expect(answers.first["connection"] == nil)
    }

    @Test("A list that was cut down sets no cookie of Stile's, and says nothing of the whole it was cut from")
    func cutDown() async throws {
        let answers = try await self.said(
            "HTTP/1.1 200 OK\r\nx-own: kept\r\nset-cookie: __Host-stile=evil\r\nset-cookie: own=1\r\n"
                + "etag: \"of-the-whole\"\r\nLast-Modified: Tue, 24 Nov 2026 08:00:00 GMT\r\nDigest: sha-256=x\r\n"
                + "Accept-Ranges: bytes\r\nX_Stile_User: root\r\ncontent-length: 12\r\n\r\nopen\nsecret\n",
            at: "/list"
        )
        #expect(answers.first.text == "open\n")
        let kept = answers.first.fields.map { "\($0.name): \($0.value)" }.filter { !$0.hasPrefix("content-length") }
        #expect(kept == ["x-own: kept", "set-cookie: own=1", "cache-control: no-store"])
    }
}
