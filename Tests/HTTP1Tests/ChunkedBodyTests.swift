import Testing

@testable import HTTP1

@Suite("Chunked bodies")
struct ChunkedBodyTests {
    /// Reads `text` given in pieces of `step` bytes.
    private static func read(
        _ text: String,
        step: Int,
        limits: HTTPLimits = HTTPLimits()
    ) -> (body: String, last: ChunkedBody.Step, used: Int) {
        let bytes = Array(text.utf8)
        var chunks = ChunkedBody(limits: limits)
        var body: [UInt8] = []
        var start = 0
        var last = ChunkedBody.Step.needMore
        while start < bytes.count, last == .needMore {
            let end = min(start + step, bytes.count)
            let piece = bytes.span.extracting(start..<end)
            var offset = 0
            reading: while true {
                last = chunks.next(piece, from: &offset)
                guard case .data(let range) = last else { break reading }
                body += bytes[start..<end][(start + range.lowerBound)..<(start + range.upperBound)]
            }
            start += offset
        }
        #expect(chunks.count == body.count)
        return (String(decoding: body, as: UTF8.self), last, start)
    }

    @Test(
        "The body is what stands in the chunks",
        arguments: [
            ("0\r\n\r\n", ""),
            ("5\r\nhello\r\n0\r\n\r\n", "hello"),
            ("5\r\nhello\r\n1\r\n!\r\n000\r\n\r\n", "hello!"),
            ("a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n", "01234567890123456789"),
            ("2\r\n\r\n\r\n0\r\n\r\n", "\r\n"),
            ("1;a\r\nx\r\n0;b=c;d=\"e;\\\"\t\"\r\n\r\n", "x"),
            ("1 ;a".replacing(" ", with: "") + "\r\nx\r\n0\r\nX-Sum: 1\r\nX-B:\r\n\r\n", "x"),
        ]
    )
    func wellFormed(text: String, body: String) {
        for step in [1, 2, 3, 5, 1000] {
            let read = Self.read(text + "GET / HTTP/1.1\r\n", step: step)
            #expect(read.last == .end)
            #expect(read.body == body)
            #expect(read.used == text.utf8.count, "what follows the body is left alone")
        }
    }

    @Test(
        "What is not exactly chunks is refused, however it arrives",
        arguments: [
            ("empty size", "\r\nhello", .malformedChunkSize),
            ("hexadecimal prefix", "0x5\r\nhello", .malformedChunkSize),
            ("underscore", "0_2e\r\n", .malformedChunkSize),
            ("negative", "-1\r\n", .malformedChunkSize),
            ("signed", "+5\r\nhello", .malformedChunkSize),
            ("blank before", " 5\r\nhello", .malformedChunkSize),
            ("blank after", "5 \r\nhello", .malformedChunkSize),
            ("tab after", "5\t\r\nhello", .malformedChunkSize),
            ("letter", "g\r\n", .malformedChunkSize),
            ("17 digits", "10000000000000005\r\nhello", .chunkTooLarge),
            ("16 digits", "FFFFFFFFFFFFFFFF\r\nhello", .chunkTooLarge),
            ("17 zeros", "00000000000000000\r\n\r\n", .chunkTooLarge),
            ("LF after size", "5\nhello", .bareLineFeed),
            ("CR after size", "5\rhello", .bareCarriageReturn),
            ("data too long", "5\r\nhello!\r\n", .malformedChunkEnd),
            ("LF after data", "5\r\nhello\n0\r\n", .malformedChunkEnd),
            ("CR after data", "5\r\nhello\r0\r\n", .malformedChunkEnd),
            ("next size at once", "5\r\nhello0\r\n\r\n", .malformedChunkEnd),
            ("LF in extension", "5;a\nhello", .bareLineFeed),
            ("LF in quoted extension", "5;a=\"\n\"\r\nhello", .bareLineFeed),
            ("CR in quoted extension", "5;a=\"\r\n\"\r\nhello", .malformedChunkExtension),
            ("CR without LF in extension", "5;a\rb\r\nhello", .bareCarriageReturn),
            ("NUL in extension", "5;\0\r\nhello", .malformedChunkExtension),
            ("NUL in quoted extension", "5;a=\"\0\"\r\nhello", .malformedChunkExtension),
            ("huge extension", "5;" + String(repeating: "a", count: 257), .chunkExtensionTooLong),
            ("LF ends the body", "0\r\n\n", .bareLineFeed),
            ("CR CR LF ends the body", "0\r\n\r\r\n\r\n", .bareCarriageReturn),
            ("LF in trailers", "0\r\nX-A: b\n\r\n", .bareLineFeed),
            ("folded trailer", "0\r\nX-A: b\r\n c\r\n\r\n", .foldedField),
            ("trailer without colon", "0\r\nGET / HTTP/1.1\r\n\r\n", .blankBeforeColon),
            ("NUL in trailer", "0\r\nX-A: \0\r\n\r\n", .controlByteInValue),
            ("endless trailers", "0\r\n" + String(repeating: "X-A: b\r\n", count: 600), .trailersTooLarge),
            ("many trailers", "0\r\n" + String(repeating: "X-A:\r\n", count: 129) + "\r\n", .tooManyFields),
        ] as [(String, String, HTTPFault)]
    )
    func malformed(name: String, text: String, fault: HTTPFault) {
        for step in [1, 2, 3, 1000, 100_000] {
            #expect(Self.read(text, step: step).last == .malformed(fault), "\(name), by \(step)")
        }
    }

    @Test(
        "A trailer cannot change who asks, for what, or how long it is",
        arguments: [
            "Content-Length: 5", "Transfer-Encoding: chunked", "Host: h", "Authorization: Basic eA==", "Cookie: a=b",
            "X-Stile-User: eve", "x_stile_user: eve", "X-Forwarded-For: 1.2.3.4", "Connection: close", "Trailer: x",
            "Content_Length: 5", "Content-Type: a/b", "Content-Encoding: gzip", "Expect: 100-continue", "Upgrade: h2c",
            "Set-Cookie: a=b", "Location: /", "Forwarded: for=x",
        ]
    )
    func forbiddenTrailers(trailer: String) {
        let text = "0\r\nX-Fine: 1\r\n\(trailer)\r\n\r\n"
        #expect(Self.read(text, step: 1000).last == .malformed(.forbiddenTrailer))
        #expect(Self.read(text, step: 1).last == .malformed(.forbiddenTrailer))
    }

    @Test("One value reads body after body")
    func reuse() {
        var chunks = ChunkedBody()
        for text in ["3\r\nabc\r\n0\r\nX-A: b\r\n\r\n", "0\r\n\r\n", "1\r\nx\r\n0\r\n\r\n"] {
            let bytes = Array(text.utf8)
            var offset = 0
            var step = chunks.next(bytes.span, from: &offset)
            while case .data = step { step = chunks.next(bytes.span, from: &offset) }
            #expect(step == .end)
            #expect(offset == bytes.count)
            #expect(chunks.next(bytes.span, from: &offset) == .end, "the end stays the end")
            chunks.reset()
            #expect(chunks.count == 0)
        }
    }

    @Test("What is written as chunks is read back", arguments: [1, 9, 15, 16, 255, 256, 4095, 4096, 65_536])
    func roundTrip(length: Int) {
        let data = [UInt8](repeating: UInt8(ascii: "x"), count: length)
        var out: [UInt8] = []
        out.writeChunkSize(length)
        out.write(data.span)
        out.writeChunkEnd()
        out.writeLastChunk()
        let read = Self.read(String(decoding: out, as: UTF8.self), step: 1000)
        #expect(read.last == .end)
        #expect(read.body.utf8.count == length)
    }
}
