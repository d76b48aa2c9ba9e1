import Testing

@testable import HTTP1

/// What must never pass, because two readers would read it differently.
@Suite("Request smuggling")
struct RequestSmugglingTests {
    struct Refused: Sendable, CustomTestStringConvertible {
        let name: String
        let request: String
        let fault: HTTPFault

        init(_ name: String, _ request: String, _ fault: HTTPFault) {
            self.name = name
            self.request = request
            self.fault = fault
        }

        var testDescription: String { self.name }
    }

    static let refused: [Refused] = [
        // Lengths and codings
        Refused("both", post("Content-Length: 4", "Transfer-Encoding: chunked"), .lengthAndTransferEncoding),
        Refused(
            "both, other order",
            post("Transfer-Encoding: chunked", "Content-Length: 4"),
            .lengthAndTransferEncoding
        ),
        Refused("both in HTTP/1.0", old("Content-Length: 4", "Transfer-Encoding: chunked"), .lengthAndTransferEncoding),
        Refused("two lengths, same", post("Content-Length: 4", "Content-Length: 4"), .repeatedContentLength),
        Refused("two lengths, different", post("Content-Length: 4", "Content-Length: 5"), .repeatedContentLength),
        Refused("length list", post("Content-Length: 4, 4"), .malformedContentLength),
        Refused("signed length", post("Content-Length: +4"), .malformedContentLength),
        Refused("negative length", post("Content-Length: -1"), .malformedContentLength),
        Refused("hexadecimal length", post("Content-Length: 0x4"), .malformedContentLength),
        Refused("underscored length", post("Content-Length: 1_0"), .malformedContentLength),
        Refused("inner blank in length", post("Content-Length: 1 0"), .malformedContentLength),
        Refused("leading zero", post("Content-Length: 04"), .malformedContentLength),
        Refused("empty length", post("Content-Length:"), .malformedContentLength),
        Refused("fractional length", post("Content-Length: 4.0"), .malformedContentLength),
        Refused("length beyond 64 bits", post("Content-Length: 18446744073709551620"), .malformedContentLength),
        Refused("Arabic digits", post("Content-Length: ٤"), .malformedContentLength),
        Refused("xchunked", post("Transfer-Encoding: xchunked"), .unknownTransferEncoding),
        Refused("chunked, identity", post("Transfer-Encoding: chunked, identity"), .unknownTransferEncoding),
        Refused("identity, chunked", post("Transfer-Encoding: identity, chunked"), .unknownTransferEncoding),
        Refused("gzip, chunked", post("Transfer-Encoding: gzip, chunked"), .unknownTransferEncoding),
        Refused("chunked twice in a list", post("Transfer-Encoding: chunked, chunked"), .unknownTransferEncoding),
        Refused("quoted chunked", post("Transfer-Encoding: \"chunked\""), .unknownTransferEncoding),
        Refused("chunked with parameter", post("Transfer-Encoding: chunked;q=1"), .unknownTransferEncoding),
        Refused("empty coding", post("Transfer-Encoding:"), .unknownTransferEncoding),
        Refused("vertical tab before chunked", post("Transfer-Encoding: \u{0B}chunked"), .controlByteInValue),
        Refused(
            "two codings",
            post("Transfer-Encoding: chunked", "Transfer-Encoding: chunked"),
            .repeatedTransferEncoding
        ),
        Refused(
            "two codings, one odd",
            post("Transfer-Encoding: chunked", "Transfer-encoding: x"),
            .repeatedTransferEncoding
        ),
        Refused("coding in HTTP/1.0", old("Transfer-Encoding: chunked"), .transferEncodingBeforeHTTP11),
        Refused("odd expectation in HTTP/1.0", old("Content-Length: 4", "Expect: 200-ok"), .unknownExpectation),
        Refused("odd expectation", post("Content-Length: 4", "Expect: 200-ok"), .unknownExpectation),

        // Lines
        Refused("blank before colon", post("Content-Length : 4"), .blankBeforeColon),
        Refused("tab before colon", post("Transfer-Encoding\t: chunked"), .blankBeforeColon),
        Refused("vertical tab before colon", post("Transfer-Encoding\u{0B}: chunked"), .invalidFieldName),
        Refused("blank before name", post(" Content-Length: 4"), .foldedField),
        Refused("folded value", post("X-A: b", " c"), .foldedField),
        Refused("folded by tab", post("X-A: b", "\tTransfer-Encoding: chunked"), .foldedField),
        Refused("no colon", post("Content-Length"), .fieldWithoutColon),
        Refused("no name", post(": chunked"), .invalidFieldName),
        Refused("NUL in name", post("X-\0A: b"), .invalidFieldName),
        Refused("letter outside ASCII in name", post("Ünicode: b"), .invalidFieldName),
        Refused("NUL in value", post("X-A: b\0c"), .controlByteInValue),
        Refused("escape in value", post("X-A: \u{1B}[2J"), .controlByteInValue),
        Refused("delete in value", post("X-A: \u{7F}"), .controlByteInValue),
        Refused("CR in value", post("X-A: b\rTransfer-Encoding: chunked"), .bareCarriageReturn),
        Refused("LF in value", post("X-A: b\nTransfer-Encoding: chunked"), .bareLineFeed),
        Refused("LF line ends", "GET / HTTP/1.1\nHost: h\n\n", .bareLineFeed),
        Refused("LF ends the section", "GET / HTTP/1.1\r\nHost: h\r\n\n", .bareLineFeed),
        Refused("CR CR LF", "GET / HTTP/1.1\r\nHost: h\r\n\r\r\n", .bareCarriageReturn),

        // The request line
        Refused("HTTP/0.9", "GET /\r\n", .malformedRequestLine),
        Refused("HTTP/0.9 with LF", "GET /\n", .bareLineFeed),
        Refused("HTTP/1.01", "GET / HTTP/1.01\r\nHost: h\r\n\r\n", .malformedVersion),
        Refused("HTTP/01.1", "GET / HTTP/01.1\r\nHost: h\r\n\r\n", .malformedVersion),
        Refused("HTTP/1.1 and a blank", "GET / HTTP/1.1 \r\nHost: h\r\n\r\n", .malformedVersion),
        Refused("small letters", "GET / http/1.1\r\nHost: h\r\n\r\n", .malformedVersion),
        Refused("another protocol", "GET / ICAP/1.0\r\nHost: h\r\n\r\n", .malformedVersion),
        Refused("HTTP/1.2", "GET / HTTP/1.2\r\nHost: h\r\n\r\n", .unsupportedVersion),
        Refused("HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", .unsupportedVersion),
        Refused("two blanks", "GET  / HTTP/1.1\r\nHost: h\r\n\r\n", .malformedRequestLine),
        Refused("tab for blank", "GET\t/ HTTP/1.1\r\nHost: h\r\n\r\n", .malformedRequestLine),
        Refused("blank in target", "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n", .malformedVersion),
        Refused("no method", " / HTTP/1.1\r\nHost: h\r\n\r\n", .malformedRequestLine),
        Refused("method with colon", "GET: / HTTP/1.1\r\nHost: h\r\n\r\n", .malformedRequestLine),
        Refused("letters outside ASCII in target", "GET /é HTTP/1.1\r\nHost: h\r\n\r\n", .malformedRequestLine),
        Refused("TLS on a plain port", "\u{16}\u{03}\u{01}\u{02}\u{00}", .malformedRequestLine),

        // Host and target
        Refused("no host", "GET / HTTP/1.1\r\n\r\n", .missingHost),
        Refused("no host in HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", .missingHost),
        Refused("two hosts", get("Host: h"), .repeatedHost),
        Refused("two hosts, different", get("hOST: i"), .repeatedHost),
        Refused("empty host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", .malformedHost),
        Refused("host with path", "GET / HTTP/1.1\r\nHost: h/x\r\n\r\n", .malformedHost),
        Refused("host with userinfo", "GET / HTTP/1.1\r\nHost: a@h\r\n\r\n", .malformedHost),
        Refused("host list", "GET / HTTP/1.1\r\nHost: h, i\r\n\r\n", .malformedHost),
        Refused("CONNECT", "CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n", .connectRefused),
        Refused("CONNECT with a path", "CONNECT / HTTP/1.1\r\nHost: h\r\n\r\n", .connectRefused),
        Refused("authority as target", "GET h:443 HTTP/1.1\r\nHost: h\r\n\r\n", .malformedTarget),
        Refused("asterisk for GET", "GET * HTTP/1.1\r\nHost: h\r\n\r\n", .malformedTarget),
        Refused("relative target", "GET a/b HTTP/1.1\r\nHost: h\r\n\r\n", .malformedTarget),
        Refused("another scheme", "GET ftp://h/ HTTP/1.1\r\nHost: h\r\n\r\n", .malformedTarget),
        Refused("scheme without host", "GET http:///a HTTP/1.1\r\nHost: h\r\n\r\n", .hostDiffersFromTarget),
        Refused("absolute target, other host", "GET http://i/ HTTP/1.1\r\nHost: h\r\n\r\n", .hostDiffersFromTarget),
        Refused("absolute target, other port", "GET http://h:1/ HTTP/1.1\r\nHost: h\r\n\r\n", .hostDiffersFromTarget),
        Refused("absolute target, userinfo", "GET http://a@h/ HTTP/1.1\r\nHost: h\r\n\r\n", .hostDiffersFromTarget),

        // Fields that decide something and stand twice
        Refused("two credentials", get("Authorization: Basic eA==", "authorization: Basic eQ=="), .repeatedField),
        Refused("two content types", post("Content-Type: a/b", "Content-Type: c/d"), .repeatedField),
        Refused("two origins", post("Origin: https://h", "Origin: https://i"), .repeatedField),
        Refused("two expectations", post("Expect: 100-continue", "Expect: 100-continue"), .repeatedField),
    ]

    @Test("Ambiguous requests are refused", arguments: Self.refused)
    func refusal(row: Refused) {
        #expect(readRequest(row.request).progress == .malformed(row.fault))
    }

    @Test("A known name written with underscores means nothing and goes nowhere")
    func disguised() {
        let request = post("Content_Length: 4", "Transfer_Encoding: chunked", "Content-Length: 2")
        let (head, progress) = readRequest(request)
        #expect(progress == .complete(length: request.utf8.count))
        #expect(head.body == .length(2))
        #expect(FieldSet.hopByHop.contains(.disguised))
        #expect(head.fields.repeated.contains(.disguised))
    }

    @Test(
        "What is too large is refused with its own status",
        arguments: [
            // name, request, fault, status
            ("method", String(repeating: "A", count: 33) + " / HTTP/1.1\r\n", .methodTooLong, 400),
            ("target", "GET /" + String(repeating: "a", count: 128) + " HTTP/1.1\r\n", .targetTooLong, 414),
            ("endless target", "GET /" + String(repeating: "a", count: 4096), .targetTooLong, 414),
            ("one long field", get("X-A: " + String(repeating: "a", count: 1024)), .headTooLarge, 431),
            ("endless field", "GET / HTTP/1.1\r\nX-A: " + String(repeating: "a", count: 4096), .headTooLarge, 431),
            ("endless name", "GET / HTTP/1.1\r\n" + String(repeating: "a", count: 4096), .headTooLarge, 431),
            ("many fields", get("A:", "B:", "C:", "D:", "E:", "F:", "G:", "H:"), .tooManyFields, 431),
            (
                "many connection options", get("Connection: " + String(repeating: "a,", count: 17)),
                .tooManyConnectionOptions, 431
            ),
        ] as [(String, String, HTTPFault, Int)]
    )
    func limits(name: String, request: String, fault: HTTPFault, status: Int) {
        let limits = HTTPLimits(headBytes: 512, targetBytes: 128, fields: 8)
        #expect(readRequest(request, limits: limits).progress == .malformed(fault))
        #expect(fault.status == status)
    }

    @Test("What just fits is taken")
    func atTheLimit() {
        let limits = HTTPLimits(headBytes: 512, targetBytes: 128, fields: 8)
        let frame = "GET /\(String(repeating: "a", count: 127)) HTTP/1.1\r\nHost: h\r\nA: \r\n\r\n"
        let padding = String(repeating: "a", count: 512 - frame.utf8.count)
        let request = frame.replacing("A: ", with: "A: " + padding)
        #expect(readRequest(request, limits: limits).progress == .complete(length: 512))
        let longer = frame.replacing("A: ", with: "A: a" + padding)
        #expect(readRequest(longer, limits: limits).progress == .malformed(.headTooLarge))
    }

    @Test("A head that drips in byte by byte is scanned once")
    func dripping() {
        // 32 KiB of one line, one byte at a time: quadratic reading would take minutes, linear takes no time.
        let bytes = Array(("GET / HTTP/1.1\r\nHost: h\r\nX-A: " + String(repeating: "a", count: 32_000)).utf8)
        var head = RequestHead()
        for count in 1...bytes.count {
            #expect(head.parse(bytes.span.extracting(0..<count)) == .needMore)
        }
    }

    private static func old(_ lines: String...) -> String {
        "POST / HTTP/1.0\r\nHost: h\r\n" + lines.map { $0 + "\r\n" }.joined() + "\r\n"
    }
}
