import Testing

@testable import HTTP1

@Suite("Writing heads")
struct HeadWriterTests {
    private static func written(_ write: (inout [UInt8]) -> Void) -> String {
        var out: [UInt8] = []
        write(&out)
        return String(decoding: out, as: UTF8.self)
    }

    @Test("A whole answer reads as it should")
    func answer() {
        let answer = Self.written { out in
            out.writeStatusLine(403, reason: "Forbidden")
            out.writeField("content-type", "application/problem+json")
            out.writeField("x-decision-id", checking: Array("01J".utf8).span)
            out.writeFraming(.length(17), statingZero: true)
            out.writeEndOfHead()
        }
        let expected =
            "HTTP/1.1 403 Forbidden\r\ncontent-type: application/problem+json\r\nx-decision-id: 01J\r\ncontent-length: 17\r\n\r\n"
        #expect(answer == expected)
        #expect(readResponse(answer).progress == .complete(length: answer.utf8.count))
    }

    @Test(
        "Framing is written in the one way",
        arguments: [
            (.none, true, "content-length: 0\r\n"),
            (.none, false, ""),
            (.length(1_234_567_890), true, "content-length: 1234567890\r\n"),
            (.chunked, false, "transfer-encoding: chunked\r\n"),
            (.untilClose, false, "connection: close\r\n"),
        ] as [(BodyFraming, Bool, String)]
    )
    func framing(framing: BodyFraming, statingZero: Bool, expected: String) {
        #expect(Self.written { $0.writeFraming(framing, statingZero: statingZero) } == expected)
    }

    @Test(
        "A value that would end its line is not written",
        arguments: ["a\r\nX-Stile-User: eve", "a\n", "\r", "a\0", "\u{7F}", "a\tb", "12345678\n", "1234567\n"]
    )
    func splitting(value: String) {
        let written = Self.written { out in
            let isWritten = out.writeField("x-name", checking: Array(value.utf8).span)
            #expect(!isWritten)
        }
        #expect(written.isEmpty)
    }

    @Test("Numbers", arguments: [0, 1, 9, 10, 99, 100, 65_535, Int.max])
    func decimal(number: Int) {
        #expect(Self.written { $0.writeDecimal(number) } == "\(number)")
    }

    @Test("Chunk sizes", arguments: [1, 15, 16, 17, 255, 256, 65_535, 65_536, Int.max])
    func chunkSize(count: Int) {
        #expect(Self.written { $0.writeChunkSize(count) } == String(count, radix: 16, uppercase: true) + "\r\n")
    }

    @Test("A head that is passed on reads as the same head")
    func roundTrip() {
        let request = RequestHeadTests.browser
        let bytes = Array(request.utf8)
        let (head, _) = readRequest(request)
        let copy = Self.written { out in
            out.writeRequestLine(
                method: bytes.span.extracting(head.methodRange),
                target: bytes.span.extracting(head.target)
            )
            out.copyFields(head.fields, of: bytes.span, dropping: .hopByHop)
            out.writeFraming(head.body, statingZero: true)
            out.writeEndOfHead()
        }
        let again = readRequest(copy).head
        #expect(again.fields.count == head.fields.count - 2)  // without `connection` and `expect`
        #expect(again.body == head.body)
        #expect(text(again.fields.value(of: .cookie), in: copy) == text(head.fields.value(of: .cookie), in: request))
    }
}
