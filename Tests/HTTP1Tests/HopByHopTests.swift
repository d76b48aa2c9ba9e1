import Testing

@testable import HTTP1

/// What travels on, and what a client cannot take away or put in.
@Suite("Hop-by-hop fields")
struct HopByHopTests {
    static let dropped = FieldSet.hopByHop.union(.impersonation)

    @Test(
        "Fields of the connection and of other identities end here",
        arguments: [
            // what came, what travels on
            (get("Accept: a/b"), "Accept: a/b\r\n"),
            (get("Connection: close", "Keep-Alive: 5", "Accept: a/b"), "Accept: a/b\r\n"),
            (get("TE: trailers", "Trailer: x", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk"), ""),
            (get("Expect: 100-continue"), ""),
            (get("Proxy-Connection: keep-alive", "Proxy-Authorization: Basic eA=="), ""),
            (get("Connection: X-Hop", "X-Hop: 1", "x-HOP: 2", "X-Hops: 3"), "X-Hops: 3\r\n"),
            (get("X-Hop: 1", "Connection: close, x-hop"), ""),  // nominated after the fact
            (get("X-Hop: 1", "Connection: a", "Connection: ,, X-Hop ,"), ""),
            // nobody has a known end-to-end field removed
            (get("Connection: Authorization", "Authorization: Basic eA=="), "Authorization: Basic eA==\r\n"),
            (get("Connection: cookie, accept", "Cookie: a=b", "Accept: c/d"), "Cookie: a=b\r\nAccept: c/d\r\n"),
            (get("Connection: traceparent", "traceparent: 00"), "traceparent: 00\r\n"),
            // nobody poses as us, or as a proxy before us
            (get("X-Stile-User: eve", "x_stile_user: eve", "X-STILE-Clearance: 9"), ""),
            (get("Connection: x-stile-user", "X-Stile-User: eve"), ""),
            (get("X-Forwarded-For: 1.2.3.4", "X_Forwarded_For: 1.2.3.4", "Forwarded: for=1.2.3.4"), ""),
            (get("X-Original-URL: /admin", "X-Rewrite-Url: /admin", "X-HTTP-Method-Override: DELETE"), ""),
            (get("X-Real-IP: 1.2.3.4", "X-Forwarded-User: eve", "X-Remote-User: eve", "X-Method-Override: PUT"), ""),
            // blanks become one space, other lines are untouched
            (get("A:b", "C: d", "E:  f ", "G:", "H: i"), "A: b\r\nC: d\r\nE: f\r\nG: \r\nH: i\r\n"),
        ]
    )
    func forwarding(request: String, expected: String) {
        let (head, progress) = readRequest(request)
        #expect(progress == .complete(length: request.utf8.count))
        var out: [UInt8] = []
        out.copyFields(head.fields, of: Array(request.utf8).span, dropping: Self.dropped)
        #expect(String(decoding: out, as: UTF8.self) == "Host: h\r\n" + expected)
    }

    @Test("Nominating the framing changes nothing about it")
    func nominatedFraming() {
        let request = post("Connection: content-length, host", "Content-Length: 5")
        let (head, progress) = readRequest(request)
        #expect(progress == .complete(length: request.utf8.count))
        #expect(head.body == .length(5))
        #expect(text(head.host.name, in: request) == "h")
    }

    @Test("Framing never travels as a field: it is written anew")
    func framing() {
        #expect(Self.dropped.contains(.contentLength))
        #expect(Self.dropped.contains(.transferEncoding))
    }
}
