import HTTP1

/// The laws of request heads.
enum RequestLaws {
    /// Checks one input; see ``WireLaws``.
    static func violation(by bytes: [UInt8], step: Int) -> String? {
        var head = RequestHead()
        let whole = head.parse(bytes.span)
        var pieces = RequestHead()
        guard WireLaws.agree(whole, bytes, step: step, parse: { pieces.parse($0) }) else {
            return "whole and in pieces differ"
        }
        // One value serves a connection: a request before this one must leave no trace.
        var used = RequestHead()
        guard case .complete = used.parse(Self.earlier.span) else { return "no first reading" }
        used.reset()
        guard used.parse(bytes.span) == whole else { return "read otherwise after another request" }
        guard case .complete(let length) = whole else { return nil }
        guard used.method == head.method, used.pathAndQuery == head.pathAndQuery, used.version == head.version,
            used.body == head.body, used.connection == head.connection, used.fields.count == head.fields.count,
            used.fields.present == head.fields.present, used.fields.repeated == head.fields.repeated,
            used.expectsContinue == head.expectsContinue, used.isAsterisk == head.isAsterisk,
            used.host.name == head.host.name
        else { return "something is left of the request before" }
        if let broken = WireLaws.fieldViolation(head.fields, in: bytes, length: length) { return broken }
        if head.fields.contains(.contentLength), head.fields.contains(.transferEncoding) { return "two framings" }
        guard head.fields.contains(.host), !head.fields.repeated.contains(.host) else { return "not one host" }

        var target = CanonicalTarget()
        guard (try? target.read(bytes.span, in: head.pathAndQuery)) != nil else { return nil }
        return Self.forwardingViolation(head, bytes, target)
    }

    private static let earlier = Array(
        "POST http://h/p?q HTTP/1.0\r\nHost: h\r\nConnection: close, x\r\nContent-Length: 3\r\nCookie: a\r\nCookie: b\r\n\r\n"
            .utf8
    )

    /// What is forwarded reads as what was decided on, and carries nothing that ends here.
    private static func forwardingViolation(
        _ head: RequestHead,
        _ bytes: [UInt8],
        _ target: CanonicalTarget
    ) -> String? {
        let dropped = FieldSet.hopByHop.union(.impersonation)
        var out: [UInt8] = []
        out.writeRequestLine(method: bytes.span.extracting(head.methodRange), target: target.bytes.span)
        out.copyFields(head.fields, of: bytes.span, dropping: dropped)
        out.writeFraming(head.body, statingZero: false)
        out.writeEndOfHead()
        var again = RequestHead(limits: HTTPLimits(headBytes: 65_000, targetBytes: 32_000, fields: 200))
        guard again.parse(out.span) == .complete(length: out.count) else { return "what is forwarded is malformed" }
        guard again.body == head.body else { return "what is forwarded is framed otherwise" }
        guard again.method == head.method else { return "another method is forwarded" }
        guard Array(out[again.pathAndQuery]) == target.bytes else { return "another target is forwarded" }
        let framing = FieldSet([.contentLength, .transferEncoding])
        guard again.fields.present.subtracting(framing).isDisjoint(with: dropped) else { return "a hop leaks" }
        return nil
    }
}
