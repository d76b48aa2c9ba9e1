import Testing

@testable import HTTP1

@Suite("Request heads")
struct RequestHeadTests {
    @Test("A request of a usual client is read and passed on")
    func usual() throws {
        let bytes = Array(
            ("GET /mlflow/api?x=1 HTTP/1.1\r\nHost: h.example:8443\r\nAuthorization: Basic eA==\r\nConnection: keep-alive, X-Hop\r\n"
                + "X-Hop: 1\r\nX_Stile_User: eve\r\nAccept:  */* \r\nX-Other: a\r\n\r\n").utf8
        )
        var head = RequestHead()
        #expect(head.parse(bytes.span) == .complete(length: bytes.count))
        #expect(head.method == .get)
        #expect(head.body == .none)
        #expect(head.keepsAlive)
        #expect(head.host.port == 8443)
        var target = CanonicalTarget()
        try target.read(bytes.span, in: head.pathAndQuery)
        var out: [UInt8] = []
        out.writeRequestLine(method: bytes.span.extracting(head.methodRange), target: target.bytes.span)
        out.copyFields(head.fields, of: bytes.span, dropping: .hopByHop.union(.impersonation))
        out.writeEndOfHead()
        #expect(
            String(decoding: out, as: UTF8.self)
                == "GET /mlflow/api?x=1 HTTP/1.1\r\nHost: h.example:8443\r\nAuthorization: Basic eA==\r\nAccept: */*\r\nX-Other: a\r\n\r\n"
        )
    }
}
