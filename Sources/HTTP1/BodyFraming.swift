/// How the end of a message's body is found.
///
/// Source: RFC 9112, section 6.3.
package enum BodyFraming: Hashable, Sendable {
    /// There is no body.
    case none
    /// Exactly so many bytes, at least one.
    case length(Int)
    /// Chunks, read with ``ChunkedBody``.
    case chunked
    /// Everything until the connection closes; responses only.
    case untilClose

    /// Whether this many body bytes are more than `limit` allows, as far as the head can tell.
    package func exceeds(_ limit: Int) -> Bool {
        if case .length(let length) = self { length > limit } else { false }
    }
}
