import DecisionLog
import Foundation
import Gateway
import Synchronization
import Testing

@Suite("Forwarding")
struct ForwardingTests {
    @Test(
        "A failing upstream is 502 or 504, recorded with the decision that let the request through",
        arguments: [
            ("reset", 502), ("nonsense", 502), ("slow", 504),
        ]
    )
    func failures(path: String, status: Int) async throws {
        let impatient: TestHouse.Change = { _, upstream in
            if path == "slow" { upstream.responseHead = .milliseconds(500) }
        }
        try await TestHouse.open(impatient) { house in
            let client = try await house.client()
            let answer = try await client.ask("GET /things/open/\(path)")
            #expect(answer.status == status)
            let records = try await house.records(atLeast: 2)
            #expect(records.map(\.verdict.decision) == [.allow, .allow])
            #expect(records[1].exchange?.opening == records[0].id)
            #expect(records[1].exchange?.status == UInt16(status))
            #expect(answer.text.contains(records[0].id.description))
            // The client's connection goes on, with something that no upstream is asked for.
            #expect(try await client.ask("GET /things/secret").status == 403)
        }
    }

    @Test("An upstream that is not there is 502")
    func down() async throws {
        // A port that was free a moment ago may be somebody else's by now; nobody listens on this one.
        let nowhere: TestHouse.Change = { _, upstream in upstream.address = .host("127.0.0.1", port: 1) }
        try await TestHouse.open(nowhere) { house in
            let client = try await house.client()
            #expect(try await client.ask("GET /things/open").status == 502)
        }
    }

    @Test("An answer that is cut off is cut off for the client too")
    func cut() async throws {
        try await TestHouse.open { house in
            let client = try await house.client()
            try await client.send(
                "GET /things/open/cut HTTP/1.1\r\nHost: 127.0.0.1\r\n\(TestHouse.authorization("anna"))\r\n"
            )
            await #expect(throws: WireClient.Failure.self) { try await client.answer() }
        }
    }

    @Test("A kept connection that turns out to be closed costs an idempotent request nothing")
    func stale() async throws {
        try await TestHouse.open { house in
            let client = try await house.client()
            for _ in 0..<20 { #expect(try await client.ask("GET /things/open/once").text == "once") }
        }
    }

    @Test(
        "A kept connection that is reset in answer to a request costs only what must not be sent twice",
        arguments: [("GET", 200), ("DELETE", 200), ("POST", 502)]
    )
    func resetWhenKept(method: String, status: Int) async throws {
        try await TestHouse.open { house in
            let client = try await house.client()
            #expect(try await client.ask("GET /things/open/first-only").text == "first")
            #expect(try await client.ask("\(method) /things/open/first-only").status == status)
            #expect(house.upstream.connections == (status == 200 ? 2 : 1))
            #expect(house.upstream.heads.count == (status == 200 ? 3 : 2))
        }
    }

    @Test("A request that must not be sent twice does not go out on a kept connection that was closed")
    func staleAndUnsafe() async throws {
        // What cannot be seen is an end that is still on its way; over a Unix socket none is, once it is closed.
        try await TestUpstream.withUnixSocket { upstream, path in
            let change: TestHouse.Change = { _, configuration in configuration.address = .socket(path: path) }
            try await TestHouse.open(change) { house in
                let client = try await house.client()
                for round in 1...20 {
                    _ = try await client.ask("GET /things/open/once")
                    try await Patience.wait("the upstream closes") { upstream.closed == round }
                    let answer = try await client.ask("POST /things/open/count", body: "abc")
                    #expect(answer.status == 200)
                    #expect(answer.text == "3")
                }
                #expect(await house.gateway.counters().upstreamFailures == 0)
            }
        }
    }

    @Test("Connections are kept and used again")
    func reuse() async throws {
        try await TestHouse.open { house in
            for _ in 0..<5 {
                let client = try await house.client()
                for _ in 0..<5 { #expect(try await client.ask("GET /things/open/echo").status == 200) }
                await client.close()
            }
            #expect(house.upstream.connections == 1)
        }
    }

    @Test("A body that ends with the upstream's connection is given an end")
    func untilClose() async throws {
        try await TestHouse.open { house in
            let client = try await house.client()
            let answer = try await client.ask("GET /things/open/until-close")
            #expect(answer.text == "until the end" && answer["transfer-encoding"] == "chunked")
            #expect(try await client.ask("GET /things/open/echo").status == 200)
        }
    }

    @Test("A slow client loses nothing of a body that ends with the connection, though the upstream closes long before")
    func untilCloseSlowly() async throws {
        // Over a Unix socket the upstream's end is known at once, whatever is still to be read before it.
        try await TestUpstream.withUnixSocket { upstream, path in
            let change: TestHouse.Change = { _, configuration in configuration.address = .socket(path: path) }
            try await TestHouse.open(change) { house in
                let client = try await WireClient.connect(house.port, isUnhurried: true)
                try await client.send(
                    "GET /things/open/big-until-close HTTP/1.1\r\nHost: 127.0.0.1\r\n\(TestHouse.authorization("anna"))\r\n"
                )
                let counted = try await client.countBody()
                #expect(counted == 16 << 20)
                #expect(try await client.ask("GET /things/open/echo").status == 200)
            }
        }
    }

    @Test("An old client gets no chunks")
    func oldClient() async throws {
        try await TestHouse.open { house in
            let client = try await house.client()
            try await client.send(
                "GET /things/open/until-close HTTP/1.0\r\nHost: 127.0.0.1\r\n\(TestHouse.authorization("anna"))\r\n"
            )
            let answer = try await client.answer()
            #expect(answer.text == "until the end" && answer["transfer-encoding"] == nil)
        }
    }

    @Test("200 MiB go up and down in flat memory")
    func streaming() async {
        // In a process of its own: what other tests take meanwhile would count as the gateway's.
        await #expect(processExitsWith: .success) { try await Self.stream() }
    }

    private static func stream() async throws {
        try await TestHouse.open { house in
            let client = try await WireClient.connect(house.port, isUnhurried: true)
            #expect(try await client.ask("GET /things/open/echo").status == 200)
            let before = Self.residentKiB()
            let most = Mutex(before)
            @Sendable func look() { most.withLock { $0 = max($0, Self.residentKiB()) } }
            let size = 200 << 20
            let head =
                "PUT /things/open/count HTTP/1.1\r\nHost: 127.0.0.1\r\ncontent-length: \(size)\r\n\(TestHouse.authorization("anna"))\r\n"
            try await client.send(head)
            let piece = [UInt8](repeating: 0x61, count: 1 << 20)
            for _ in 0..<200 {
                try await client.send(piece)
                look()
            }
            #expect(try await client.answer().text == "\(size)")
            let up = most.withLock { $0 }
            try await client.send(
                "GET /things/open/big HTTP/1.1\r\nHost: 127.0.0.1\r\n\(TestHouse.authorization("anna"))\r\n"
            )
            let counted = try await client.countBody(each: look)
            #expect(counted == size)
            let down = most.withLock { $0 }
            // The test's own client and upstream are in this process; what the gateway held would come on top.
            #expect(up - before < 40 << 10, "up: \(up - before) KiB")
            #expect(down - before < 60 << 10, "down: \(down - before) KiB")
            let ends = try await house.records(atLeast: 5).compactMap(\.exchange)
            #expect(ends.map(\.bytesIn) == [UInt64(size), 0])
            #expect(ends.map(\.bytesOut).last == UInt64(size))
        }
    }

    @Test("A client that asks whether to send its body is told")
    func expectContinue() async throws {
        try await TestHouse.open { house in
            let client = try await house.client()
            let head =
                "Host: 127.0.0.1\r\nExpect: 100-continue\r\ncontent-length: 4\r\n\(TestHouse.authorization("anna"))\r\n"
            try await client.send("PUT /things/open/count HTTP/1.1\r\n" + head)
            #expect(try await client.answer().status == 100)
            try await client.send("abcd")
            #expect(try await client.answer().text == "4")
            #expect(house.upstream.heads.allSatisfy { !$0.lowercased().contains("expect") })
            // A refused one is not, and does not send it.
            try await client.send("PUT /things/secret/count HTTP/1.1\r\n" + head)
            #expect(try await client.answer().status == 403)
            #expect(await client.isClosed())
        }
    }

    @Test("A refused upload sees its answer, and nothing of it is read as a request")
    func refusedUpload() async throws {
        try await TestHouse.open { house in
            let client = try await house.client()
            let size = 8 << 20
            try await client.send(
                "PUT /things/secret HTTP/1.1\r\nHost: 127.0.0.1\r\ncontent-length: \(size)\r\n\(TestHouse.authorization("anna"))\r\n"
            )
            for _ in 0..<8 { try await client.send([UInt8](repeating: 0x61, count: 1 << 20)) }
            #expect(try await client.answer().status == 403)
            #expect(await client.isClosed())
            #expect(house.upstream.heads.isEmpty)
        }
    }

    @Test("An answer before the body was read is passed on, and ends the connection")
    func early() async throws {
        try await TestHouse.open { house in
            let client = try await house.client()
            try await client.send(
                "PUT /things/open/early HTTP/1.1\r\nHost: 127.0.0.1\r\ncontent-length: 1000000\r\n\(TestHouse.authorization("anna"))\r\nabc"
            )
            let answer = try await client.answer()
            #expect(answer.text == "early" && answer["connection"] == "close")
            #expect(await client.isClosed())
        }
    }

    @Test(
        "A head that drips in, a body that stops, and silence all end",
        arguments: [
            ("GET /things/open HT", 408),
            (
                "POST /by-body HTTP/1.1\r\nHost: 127.0.0.1\r\ncontent-length: 4\r\n\(TestHouse.authorization("anna"))\r\nab",
                408
            ),
            ("", nil),
        ] as [(String, Int?)]
    )
    func slowClients(bytes: String, status: Int?) async throws {
        let limits: TestHouse.Change = { configuration, _ in
            configuration.limits.head = .milliseconds(500)
            configuration.limits.bodyIdle = .milliseconds(500)
        }
        try await TestHouse.open(limits) { house in
            var made: WireClient?
            // The bytes are there when the connection is taken up, and the time for them begins.
            try await house.whileLoopStands {
                let client = try await house.client()
                if !bytes.isEmpty { try await client.send(bytes) }
                made = client
            }
            let client = try #require(made)
            if let status { #expect(try await client.answer().status == status) }
            #expect(await client.isClosed())
        }
    }

    @Test("Health, readiness and metrics")
    func management() async throws {
        try await TestHouse.open { house in
            #expect(try await house.client().ask("GET /things/open").status == 200)
            let port = try #require(house.gateway.managementPort)
            func get(_ path: String) async throws -> WireClient.Answer {
                let client = try await WireClient.connect(port)
                try await client.send("GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n")
                return try await client.answer()
            }
            #expect(try await get("/health").status == 200)
            #expect(try await get("/ready").status == 200)
            #expect(try await get("/metrics").text.contains("\nstile_forwarded_total 1\n"))
            house.directory.mood = .down
            #expect(try await get("/ready").status == 503)
            #expect(try await get("/other").status == 404)
        }
    }

    private static func residentKiB() -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return line?.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) } ?? 0
    }
}
