import HTTP1

/// The laws of response heads.
enum ResponseLaws {
    /// Checks one input; see ``WireLaws``.
    static func violation(by bytes: [UInt8], step: Int, method: Method) -> String? {
        var head = ResponseHead()
        let whole = head.parse(bytes.span, answering: method)
        var pieces = ResponseHead()
        guard WireLaws.agree(whole, bytes, step: step, parse: { pieces.parse($0, answering: method) }) else {
            return "whole and in pieces differ"
        }
        guard case .complete(let length) = whole else { return nil }
        if let broken = WireLaws.fieldViolation(head.fields, in: bytes, length: length) { return broken }
        if method == .head || head.status < 200 || head.status == 204 || head.status == 304 {
            guard head.body == .none else { return "a body where there is none" }
        }

        var out: [UInt8] = []
        out.writeStatusLine(head.status, reason: bytes.span.extracting(head.reason))
        out.copyFields(head.fields, of: bytes.span, dropping: .hopByHop)
        out.writeFraming(head.body, statingZero: true)
        out.writeEndOfHead()
        var again = ResponseHead(limits: HTTPLimits(headBytes: 65_000, fields: 200))
        guard again.parse(out.span, answering: method) == .complete(length: out.count) else {
            return "what is passed on is malformed"
        }
        guard again.status == head.status, again.body == head.body else { return "another answer is passed on" }
        return nil
    }
}
