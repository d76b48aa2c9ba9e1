import DecisionLog
import Foundation
import Gateway
import Glibc
import HTTP1
import Testing

/// What can be done with a connection besides sending one request after the other on it.
@Suite("Connections carry one person's requests, one at a time")
struct ConnectionAttackTests {
    private static func head(_ line: String, as name: String = "anna", _ fields: String = "") -> String {
        "\(line) HTTP/1.1\r\nHost: 127.0.0.1\r\n\(TestHouse.authorization(name))\(fields)\r\n"
    }

    @Test("Each request is its own sender's, whatever connections it shares with others'")
    func identities() async throws {
        try await TestHouse.open { house in
            let shared = try await house.client()
            for name in ["anna", "ben", "anna", "nobody", "anna"] {
                let answer = try await shared.ask("GET /things/open/echo", TestHouse.authorization(name))
                switch name {
                case "anna": #expect(answer.status == 200 && answer.text.contains("x-stile-user: anna\r\n"))
                case "ben": #expect(answer.status == 403)
                default: #expect(answer.status == 401)
                }
            }
            // A request without a credential does not live on the one before it.
            try await shared.send("GET /things/open/echo HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            #expect(try await shared.answer().status == 401)
            #expect(house.upstream.connections == 1)
            #expect(house.upstream.heads.allSatisfy { $0.contains("x-stile-user: anna\r\n") })
        }
    }

    @Test(
        "What follows a refused request is a request of its own, and decided as one",
        arguments: [
            // the refused request; whether the connection goes on after it
            (Self.head("GET /things/secret"), true),
            (Self.head("POST /things/secret", as: "anna", "content-length: 4\r\n") + "GET ", true),
            (
                Self.head("POST /things/secret", as: "anna", "transfer-encoding: chunked\r\n")
                    + "4\r\nGET \r\n0\r\n\r\n", true
            ),
            (Self.head("POST /by-body", as: "anna", "content-length: 6\r\n") + "secret", true),
            (Self.head("GET /things/open", as: "nobody"), true),
            (Self.head("POST /things/secret", as: "anna", "content-length: 4\r\nexpect: 100-continue\r\n"), false),
            (Self.head("POST /things/secret", as: "anna", "content-length: 400000\r\n"), false),
            (Self.head("POST /things/secret", as: "anna", "transfer-encoding: chunked\r\n") + "4\r\nGET X\r\n", false),
        ]
    )
    func pipelined(refused: String, goesOn: Bool) async throws {
        try await TestHouse.open { house in
            let client = try await house.client()
            try await client.send(refused + Self.head("GET /things/open/echo"))
            let first = try await client.answer().status
            #expect(first == 403 || first == 401)
            if goesOn {
                #expect(try await client.answer().text.hasPrefix("GET /things/open/echo"))
                #expect(house.upstream.heads.count == 1)
            } else {
                #expect(await client.isClosed())
                #expect(house.upstream.heads.isEmpty)
            }
            let denials = try house.records().filter { $0.verdict.decision == .deny }
            #expect(denials.count == 1)
        }
    }

    @Test(
        "A body that some servers overlook is forwarded as a body",
        arguments: ["GET", "HEAD", "DELETE", "PATCH"]
    )
    func overlookedBody(method: String) async throws {
        let smuggled = "GET /things/secret/echo HTTP/1.1\r\nHost: x\r\n\r\n"
        try await TestHouse.open { house in
            let client = try await house.client()
            try await client.send(
                Self.head("\(method) /things/open/x", as: "anna", "content-length: \(smuggled.utf8.count)\r\n")
                    + smuggled
            )
            #expect(try await client.answer(to: method == "HEAD" ? .head : .get).status == 200)
            #expect(try await client.ask("GET /things/open/echo").status == 200)
            #expect(house.upstream.heads.count == 2)
            #expect(house.upstream.heads.first?.contains("content-length: \(smuggled.utf8.count)\r\n") == true)
        }
    }

    @Test(
        "Nobody leaves HTTP/1.1, and no tunnel is left behind",
        arguments: [
            "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n",
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhl\r\n",
            "Connection: upgrade\r\nUpgrade: TLS/1.2\r\n",
        ]
    )
    func upgrades(fields: String) async throws {
        try await TestHouse.open { house in
            let client = try await house.client()
            let answer = try await client.ask("GET /things/open/echo", TestHouse.authorization("anna") + fields)
            #expect(answer.status == 200)
            #expect(
                !answer.text.lowercased().contains("upgrade: ") && !answer.text.lowercased().contains("http2-settings")
            )
            // What follows is read as a request again, and is none.
            try await client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
            #expect(try await client.answer().status == 505)
            #expect(await client.isClosed())
            #expect(house.upstream.heads.count == 1)
        }
    }

    @Test("Beyond the limit connections are closed at once, and those that are open are served")
    func connections() async throws {
        try await TestHouse.open { configuration, _ in
            configuration.limits.connections = 3
        } _: { house in
            var clients: [WireClient] = []
            for _ in 0..<3 {
                let client = try await house.client()
                #expect(try await client.ask("GET /things/open/echo").status == 200)
                clients.append(client)
            }
            #expect(await (try house.client()).isClosed())
            for client in clients { #expect(try await client.ask("GET /things/open/echo").status == 200) }
            await clients.removeLast().close()
            try await Patience.wait("one is gone") { await house.gateway.counters().connectionsOpen == 2 }
            #expect(try await house.client().ask("GET /things/open/echo").status == 200)
        }
    }

    @Test("A client that takes nothing of its answer is let go, and the upstream with it")
    func slowReader() async throws {
        try await TestHouse.open { configuration, _ in
            configuration.limits.answerIdle = .milliseconds(500)
        } _: { house in
            let stalled = try StalledClient(port: house.port)
            defer { stalled.close() }
            stalled.send(Self.head("GET /things/open/big"))
            try await Patience.wait("it was let go, and the upstream with it") {
                let counters = await house.gateway.counters()
                return counters.connectionsAccepted == 1 && counters.connectionsOpen == 0 && house.upstream.closed == 1
            }
            #expect(house.upstream.heads.count == 1)
            #expect(try await house.client().ask("GET /things/open/echo").status == 200)
        }
    }
}

/// A client that sends, and never reads.
private struct StalledClient {
    private let socket: Int32

    init(port: Int) throws {
        self.socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var size: Int32 = 4_096
        // The option is read within the call.
        unsafe setsockopt(self.socket, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        // The address is read within the call.
        let connected = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(self.socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw POSIXError(.ECONNREFUSED) }
    }

    func send(_ text: String) {
        let bytes = Array(text.utf8)
        // The bytes are read within the call.
        _ = unsafe Glibc.send(self.socket, bytes, bytes.count, 0)
    }

    func close() { _ = Glibc.close(self.socket) }
}
