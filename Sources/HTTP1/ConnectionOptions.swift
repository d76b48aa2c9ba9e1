/// What a message says about the connection it came on.
package struct ConnectionOptions: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// This message is the last one.
    package static let close = ConnectionOptions(rawValue: 1)
    /// An HTTP/1.0 client asks for another turn.
    package static let keepAlive = ConnectionOptions(rawValue: 2)
    /// The `upgrade` field of this message is meant.
    package static let upgrade = ConnectionOptions(rawValue: 4)

    /// Whether the connection can be used again.
    ///
    /// Source: RFC 9112, section 9.3.
    @inlinable
    func persists(in version: HTTPVersion) -> Bool {
        switch version {
        case .http11: !self.contains(.close)
        case .http10: self.contains(.keepAlive) && !self.contains(.close)
        }
    }
}
