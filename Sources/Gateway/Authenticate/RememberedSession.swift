import NIOCore

/// The session that was last shown on a connection, and whose it is.
///
/// A cookie counts only under the host name it was given for, so both are compared: a connection may ask for several.
struct RememberedSession {
    private var cookie: [UInt8] = []
    private var host: [UInt8] = []
    private var visitor: Visitor?

    /// Who shows this cookie under this host name.
    mutating func recognise(
        _ cookie: Span<UInt8>,
        at host: Span<UInt8>,
        in sight: Sight,
        now: NIODeadline
    ) -> Recognition {
        if let visitor = self.visitor, visitor.isGood(at: now), cookie.isSame(as: self.cookie),
            host.isSameText(as: self.host.span)
        {
            return visitor.principal.policies === sight.policies ? .known(visitor) : .outdated(visitor)
        }
        self.cookie = Array(copying: cookie)
        self.host = Array(copying: host).map(smallLetter)
        let digest = sight.credentialKey.digest(ofSession: self.cookie, at: self.host)
        self.visitor = sight.visitor(knownBy: digest, at: now)
        guard let visitor = self.visitor else {
            return .unknown(.session(cookie: self.cookie, host: self.host), digest)
        }
        return visitor.principal.policies === sight.policies ? .known(visitor) : .outdated(visitor)
    }
}
