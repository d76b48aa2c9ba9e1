import Testing

@testable import HTTP1

@Suite("Request heads")
struct RequestHeadTests {
    static let browser = """
        POST /mlflow/ajax-api/2.0/mlflow/runs/search?x=%20y&z HTTP/1.1\r
        Host: mlflow.plant.example:8443\r
        Connection: keep-alive\r
        Content-Length: 41\r
        User-Agent: Mozilla/5.0\r
        Content-Type: application/json\r
        Accept: */*\r
        Origin: https://mlflow.plant.example:8443\r
        Cookie: a=b; c=d\r
        traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r
        X-Request-Id: 7\r
        Expect: 100-continue\r
        \r

        """

    @Test("What a browser sends is read")
    func browser() {
        let (head, progress) = readRequest(Self.browser)
        #expect(progress == .complete(length: Self.browser.utf8.count))
        #expect(head.method == .post)
        #expect(text(head.methodRange, in: Self.browser) == "POST")
        #expect(text(head.pathAndQuery, in: Self.browser) == "/mlflow/ajax-api/2.0/mlflow/runs/search?x=%20y&z")
        #expect(head.version == .http11)
        #expect(head.body == .length(41))
        #expect(head.keepsAlive)
        #expect(head.expectsContinue)
        #expect(!head.wantsUpgrade)
        #expect(text(head.host.name, in: Self.browser) == "mlflow.plant.example")
        #expect(head.host.port == 8443)
        #expect(text(head.fields.value(of: .cookie), in: Self.browser) == "a=b; c=d")
        #expect(text(head.fields.value(of: .requestID), in: Self.browser) == "7")
        #expect(head.fields.value(of: .authorization) == nil)
        #expect(text(head.fields.value(named: "accept", in: Array(Self.browser.utf8).span), in: Self.browser) == "*/*")
    }

    @Test("However the bytes arrive, what is accepted is the same", arguments: [1, 2, 3, 7, 64])
    func splits(step: Int) {
        let bytes = Array(Self.browser.utf8)
        var head = RequestHead()
        var progress = HeadProgress.needMore
        var count = 0
        while progress == .needMore, count < bytes.count {
            count = min(count + step, bytes.count)
            progress = head.parse(bytes.span.extracting(0..<count))
        }
        #expect(progress == .complete(length: bytes.count))
        #expect(count == bytes.count)
        #expect(head.fields.count == 11)
        #expect(head.body == .length(41))
    }

    @Test("Malformed bytes are found however they arrive", arguments: RequestSmugglingTests.refused)
    func splitFaults(row: RequestSmugglingTests.Refused) {
        let bytes = Array(row.request.utf8)
        var head = RequestHead()
        var progress = HeadProgress.needMore
        for count in 0...bytes.count where progress == .needMore {
            progress = head.parse(bytes.span.extracting(0..<count))
        }
        #expect(progress == .malformed(row.fault), "\(row.name)")
    }

    @Test("One value serves request after request")
    func reuse() {
        let texts = [Self.browser, get("X-A: 1"), post("Transfer-Encoding: chunked"), get("Connection: close"), get()]
        var head = RequestHead()
        for text in texts + texts {
            let bytes = Array(text.utf8)
            #expect(head.parse(bytes.span) == .complete(length: bytes.count))
            let fresh = readRequest(text).head
            #expect(head.body == fresh.body)
            #expect(head.keepsAlive == fresh.keepsAlive)
            #expect(head.expectsContinue == fresh.expectsContinue)
            #expect(head.fields.present == fresh.fields.present)
            head.reset()
        }
    }

    @Test("A second request behind the first is left alone")
    func pipelined() {
        let first = get("X-A: 1")
        let (_, progress) = readRequest(first + get("X-B: 2"))
        #expect(progress == .complete(length: first.utf8.count))
    }

    @Test(
        "Whether the connection stays",
        arguments: [
            // version, connection field, stays
            ("HTTP/1.1", nil, true),
            ("HTTP/1.1", "close", false),
            ("HTTP/1.1", "keep-alive, Close", false),
            ("HTTP/1.1", "x-close", true),
            ("HTTP/1.0", nil, false),
            ("HTTP/1.0", "keep-alive", true),
            ("HTTP/1.0", "Keep-Alive , close", false),
        ] as [(String, String?, Bool)]
    )
    func persistence(version: String, connection: String?, stays: Bool) {
        let field = connection.map { "Connection: \($0)\r\n" } ?? ""
        let (head, progress) = readRequest("GET / \(version)\r\nHost: h\r\n\(field)\r\n")
        #expect(progress != .needMore)
        #expect(head.keepsAlive == stays)
    }

    @Test(
        "How the body ends",
        arguments: [
            (get(), .none),
            (post("Content-Length: 0"), .none),
            (post("Content-Length: 1"), .length(1)),
            (get("content-length:17"), .length(17)),  // GET with a body is framed like any other
            (post("Content-Length:  999999999999999999 "), .length(999_999_999_999_999_999)),
            (post("Transfer-Encoding: chunked"), .chunked),
            (post("transfer-encoding:CHUNKED\t"), .chunked),
        ] as [(String, BodyFraming)]
    )
    func framing(request: String, framing: BodyFraming) {
        let (head, progress) = readRequest(request)
        #expect(progress == .complete(length: request.utf8.count))
        #expect(head.body == framing)
    }

    @Test(
        "Targets in all their forms",
        arguments: [
            // line, path and query
            ("GET /a?b HTTP/1.1", "/a?b"),
            ("GET http://h/a?b HTTP/1.1", "/a?b"),
            ("GET HTTPS://H/a HTTP/1.1", "/a"),
            ("GET http://h HTTP/1.1", ""),
            ("GET http://h?b HTTP/1.1", "?b"),
            ("OPTIONS * HTTP/1.1", ""),
            ("OPTIONS / HTTP/1.1", "/"),
        ]
    )
    func targets(line: String, pathAndQuery: String) {
        let request = "\(line)\r\nHost: h\r\n\r\n"
        let (head, progress) = readRequest(request)
        #expect(progress == .complete(length: request.utf8.count))
        #expect(text(head.pathAndQuery, in: request) == pathAndQuery)
        #expect(head.isAsterisk == line.contains("*"))
    }

    @Test(
        "Methods are known by their exact spelling",
        arguments: [
            ("GET", .get), ("HEAD", .head), ("POST", .post), ("PUT", .put), ("PATCH", .patch), ("DELETE", .delete),
            ("OPTIONS", .options), ("TRACE", .trace), ("get", .other), ("Post", .other), ("MKCOL", .other),
            ("GETS", .other), ("PROPFIND", .other), ("OPTIONZ", .other), ("M-SEARCH", .other), ("DELETF", .other),
        ] as [(String, Method)]
    )
    func methods(name: String, method: Method) {
        let (head, progress) = readRequest("\(name) / HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(progress != .needMore)
        #expect(head.method == method)
    }

    @Test("Safe methods are idempotent, unknown ones are neither")
    func methodProperties() {
        let all: [Method] = [.get, .head, .post, .put, .patch, .delete, .options, .trace, .connect, .other]
        #expect(all.filter(\.isSafe) == [.get, .head, .options, .trace])
        #expect(all.filter(\.isIdempotent) == [.get, .head, .put, .delete, .options, .trace])
    }

    @Test("An upgrade needs both fields and HTTP/1.1")
    func upgrade() {
        #expect(readRequest(get("Connection: keep-alive, Upgrade", "Upgrade: websocket")).head.wantsUpgrade)
        #expect(!readRequest(get("Upgrade: websocket")).head.wantsUpgrade)
        #expect(!readRequest(get("Connection: Upgrade")).head.wantsUpgrade)
        let old = "GET / HTTP/1.0\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
        #expect(!readRequest(old).head.wantsUpgrade)
    }

    @Test("Nobody waits for 100 when there is no body, or no HTTP/1.1")
    func expectation() {
        #expect(readRequest(post("Content-Length: 5", "Expect: 100-Continue")).head.expectsContinue)
        #expect(!readRequest(get("Expect: 100-continue")).head.expectsContinue)
        let old = "POST / HTTP/1.0\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n"
        #expect(!readRequest(old).head.expectsContinue)
    }

    @Test("One empty line before a request is forgiven, a second is not")
    func emptyLineFirst() {
        let request = "\r\n" + get()
        #expect(readRequest(request).progress == .complete(length: request.utf8.count))
        #expect(readRequest("\r\n\r\n" + get()).progress == .malformed(.malformedRequestLine))
    }

    @Test("Bytes outside ASCII travel in values untouched")
    func latinValue() {
        let request = get("X-Name: Lučić")
        let (head, progress) = readRequest(request)
        #expect(progress == .complete(length: request.utf8.count))
        #expect(text(head.fields[1].value, in: request) == "Lučić")
    }
}
