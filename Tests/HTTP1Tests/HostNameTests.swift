import Testing

@testable import HTTP1

@Suite("Host names")
struct HostNameTests {
    @Test(
        "A host is a name or address and perhaps a port",
        arguments: [
            ("h", "h", nil),
            ("mlflow.plant.example", "mlflow.plant.example", nil),
            ("a-b_c.example:8443", "a-b_c.example", 8443),
            ("127.0.0.1:1", "127.0.0.1", 1),
            ("[::1]", "[::1]", nil),
            ("[2001:db8::1]:65535", "[2001:db8::1]", 65535),
            ("[::ffff:1.2.3.4]:80", "[::ffff:1.2.3.4]", 80),
        ] as [(String, String, UInt16?)]
    )
    func wellFormed(value: String, name: String, port: UInt16?) throws {
        let host = try HostName(Array(value.utf8).span, in: 0..<value.utf8.count)
        #expect(text(host.name, in: value) == name)
        #expect(host.port == port)
    }

    @Test(
        "Anything else is refused",
        arguments: [
            "", ":80", "h:", "h:x", "h:+1", "h:65536", "h:123456", "h:80:80", "h h", "h,i", "a@h", "h/", "h?", "h#",
            "h\\",
            "%68", "[", "[]", "[::1", "::1", "[::1]x", "[g]", "[::1%25eth0]", "~h", "h\u{E9}", "h\t",
            String(repeating: "a", count: 262),
        ]
    )
    func malformed(value: String) {
        #expect(throws: HTTPFault.malformedHost) {
            _ = try HostName(Array(value.utf8).span, in: 0..<value.utf8.count)
        }
    }
}
