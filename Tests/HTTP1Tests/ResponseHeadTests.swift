import Testing

@testable import HTTP1

@Suite("Response heads")
struct ResponseHeadTests {
    private static func response(_ status: Int = 200, _ lines: String...) -> String {
        "HTTP/1.1 \(status) Some Reason\r\n" + lines.map { $0 + "\r\n" }.joined() + "\r\n"
    }

    @Test("What an upstream answers is read")
    func usual() {
        let answer = Self.response(404, "Content-Type: a/b", "Content-Length: 12", "Server: x")
        let (head, progress) = readResponse(answer)
        #expect(progress == .complete(length: answer.utf8.count))
        #expect(head.status == 404)
        #expect(text(head.reason, in: answer) == "Some Reason")
        #expect(head.body == .length(12))
        #expect(head.statedLength == 12)
        #expect(head.keepsAlive)
        #expect(!head.isInterim)
    }

    @Test(
        "How the body ends",
        arguments: [
            // answer, method, framing, connection stays
            (response(200, "Content-Length: 5"), .get, .length(5), true),
            (response(200, "Content-Length: 0"), .get, .none, true),
            (response(200, "Transfer-Encoding: chunked"), .get, .chunked, true),
            (response(200), .get, .untilClose, false),
            (response(200, "Connection: close", "Content-Length: 5"), .get, .length(5), false),
            (response(200, "Content-Length: 5"), .head, .none, true),
            (response(200, "Transfer-Encoding: chunked"), .head, .none, true),
            (response(200), .head, .none, true),
            (response(204), .get, .none, true),
            (response(204, "Content-Length: 0"), .get, .none, true),
            (response(204, "Content-Length: 5"), .get, .none, false),  // may send it all the same
            (response(204, "Transfer-Encoding: chunked"), .get, .none, false),
            (response(304, "Content-Length: 5"), .get, .none, true),
            (response(304), .get, .none, true),
            (response(100), .post, .none, true),
            (response(103, "Link: </a>"), .get, .none, true),
            (response(101, "Upgrade: websocket", "Connection: Upgrade"), .get, .none, false),
            ("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n", .get, .length(5), false),
            ("HTTP/1.0 200 OK\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\n", .get, .length(5), true),
            ("HTTP/1.0 200 OK\r\n\r\n", .get, .untilClose, false),
        ] as [(String, Method, BodyFraming, Bool)]
    )
    func framing(answer: String, method: Method, framing: BodyFraming, stays: Bool) {
        let (head, progress) = readResponse(answer, answering: method)
        #expect(progress == .complete(length: answer.utf8.count))
        #expect(head.body == framing)
        #expect(head.keepsAlive == stays)
    }

    @Test("The stated length is kept where no body follows")
    func statedLength() {
        #expect(readResponse(Self.response(200, "Content-Length: 5"), answering: .head).head.statedLength == 5)
        #expect(readResponse(Self.response(304, "Content-Length: 5")).head.statedLength == 5)
        #expect(readResponse(Self.response(204, "Content-Length: 5")).head.statedLength == nil)
    }

    @Test("Interim answers are followed by another, 101 is not")
    func interim() {
        #expect(readResponse(Self.response(100)).head.isInterim)
        #expect(readResponse(Self.response(103)).head.isInterim)
        #expect(!readResponse(Self.response(101)).head.isInterim)
        #expect(!readResponse(Self.response(200)).head.isInterim)
    }

    @Test("A reason may be empty, with or without its blank")
    func noReason() {
        for answer in ["HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n"] {
            let (head, progress) = readResponse(answer)
            #expect(progress == .complete(length: answer.utf8.count))
            #expect(head.reason.isEmpty)
        }
    }

    static let refused: [(String, String, HTTPFault)] = [
        (
            "split by CR LF and a broken line", "HTTP/1.1 200 OK\r\nLocation: /a\r\nSet-Cookie\r\n\r\n",
            .fieldWithoutColon
        ),
        ("LF in value", response(200, "Location: /a\nSet-Cookie: b=c"), .bareLineFeed),
        ("CR in value", response(200, "Location: /a\rSet-Cookie: b=c"), .bareCarriageReturn),
        ("NUL in value", response(200, "Location: /a\0"), .controlByteInValue),
        ("LF in reason", "HTTP/1.1 200 O\nK\r\n\r\n", .bareLineFeed),
        ("CR in reason", "HTTP/1.1 200 O\rK\r\n\r\n", .bareCarriageReturn),
        ("NUL in reason", "HTTP/1.1 200 O\0K\r\n\r\n", .malformedStatusLine),
        ("LF line ends", "HTTP/1.1 200 OK\nContent-Length: 0\n\n", .bareLineFeed),
        ("folded", response(200, "X-A: b", " c"), .foldedField),
        ("both", response(200, "Content-Length: 4", "Transfer-Encoding: chunked"), .lengthAndTransferEncoding),
        ("two lengths", response(200, "Content-Length: 4", "Content-Length: 4"), .repeatedContentLength),
        ("length list", response(200, "Content-Length: 4,4"), .malformedContentLength),
        ("odd coding", response(200, "Transfer-Encoding: gzip, chunked"), .unknownTransferEncoding),
        ("coding in 1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", .transferEncodingBeforeHTTP11),
        ("status 099", "HTTP/1.1 099 X\r\n\r\n", .malformedStatusLine),
        ("status 600", "HTTP/1.1 600 X\r\n\r\n", .malformedStatusLine),
        ("status 20", "HTTP/1.1 20 OKAY\r\n\r\n", .malformedStatusLine),
        ("status 2000", "HTTP/1.1 2000 X\r\n\r\n", .malformedStatusLine),
        ("short", "HTTP/1.1 \r\n\r\n", .malformedStatusLine),
        ("tab", "HTTP/1.1\t200 OK\r\n\r\n", .malformedStatusLine),
        ("HTTP/2.0", "HTTP/2.0 200 OK\r\n\r\n", .unsupportedVersion),
        ("HTTP/1.01", "HTTP/1.01 200 OK\r\n\r\n", .malformedStatusLine),
        ("no HTTP", "SSH-2.0-OpenSSH_9.2\r\n", .malformedVersion),
        ("HTTP/0.9", "<html></html>\r\n", .malformedVersion),
        ("endless", "HTTP/1.1 200 " + String(repeating: "a", count: 40_000), .headTooLarge),
    ]

    @Test("An answer that two would read differently is refused", arguments: Self.refused)
    func malformed(name: String, answer: String, fault: HTTPFault) {
        #expect(readResponse(answer).progress == .malformed(fault))
        let bytes = Array(answer.utf8)
        var head = ResponseHead()
        var progress = HeadProgress.needMore
        for count in 0...bytes.count where progress == .needMore {
            progress = head.parse(bytes.span.extracting(0..<count), answering: .get)
        }
        #expect(progress == .malformed(fault), "byte by byte")
    }

    @Test("One value serves answer after answer")
    func reuse() {
        var head = ResponseHead()
        for status in [204, 200, 304, 101, 404] {
            let bytes = Array(Self.response(status, status == 204 ? "Content-Length: 5" : "Content-Length: 3").utf8)
            #expect(head.parse(bytes.span, answering: .get) == .complete(length: bytes.count))
            #expect(head.status == status)
            #expect(head.keepsAlive == (status != 204 && status != 101))
            head.reset()
        }
    }
}
