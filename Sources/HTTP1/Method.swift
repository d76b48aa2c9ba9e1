/// What a request asks to be done.
package enum Method: UInt8, Hashable, Sendable {
    case get, head, post, put, patch, delete, options, trace, connect
    /// A well-formed method that has no name here; its bytes are in ``RequestHead/methodRange``.
    case other

    /// Recognises a method; methods are case-sensitive.
    ///
    /// Source: RFC 9110, section 9.1.
    init(_ bytes: Span<UInt8>, in range: Range<Int>) {
        switch range.count {
        case 3: self = bytes.equals("GET", in: range) ? .get : bytes.equals("PUT", in: range) ? .put : .other
        case 4: self = bytes.equals("POST", in: range) ? .post : bytes.equals("HEAD", in: range) ? .head : .other
        case 5: self = bytes.equals("PATCH", in: range) ? .patch : bytes.equals("TRACE", in: range) ? .trace : .other
        case 6: self = bytes.equals("DELETE", in: range) ? .delete : .other
        case 7:
            self =
                bytes.equals("OPTIONS", in: range)
                ? .options : bytes.equals("CONNECT", in: range) ? .connect : .other
        default: self = .other
        }
    }

    /// Whether the request asks for no change.
    ///
    /// Source: RFC 9110, section 9.2.1. An unknown method is never safe.
    package var isSafe: Bool {
        switch self {
        case .get, .head, .options, .trace: true
        default: false
        }
    }

    /// Whether asking twice is asking once, so that a broken exchange may be repeated.
    ///
    /// Source: RFC 9110, section 9.2.2.
    package var isIdempotent: Bool {
        self.isSafe || self == .put || self == .delete
    }
}
