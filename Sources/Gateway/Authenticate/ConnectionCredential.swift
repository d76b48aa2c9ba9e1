import Directory
import NIOCore

/// Who a connection stands for, whatever its requests show: by its client certificate, or by a negotiation on it.
///
/// Counts only for requests that show nothing themselves.
///
/// Confined to the event loop of its connection.
struct ConnectionCredential {
    /// What was shown when the connection was made, or what stands for it.
    let credential: Credential
    /// What it is remembered by.
    let digest: CredentialDigest
    private var visitor: Visitor?
    /// Until when it counts: a ticket ends, a certificate is looked at each time.
    private let until: NIODeadline

    /// Takes a certificate that TLS has verified.
    init(_ certificate: PeerCertificate, key: CredentialKey) {
        self.credential = .certificate(certificate)
        self.until = .distantFuture
        let octets = Array(certificate.chain.joined())
        self.digest = key.digest(of: octets.span, as: .certificate)
    }

    /// Takes somebody who has negotiated on the connection.
    init(_ visitor: Visitor, until: NIODeadline) {
        self.until = until
        self.credential = .standing(visitor.principal.person.id, visitor.principal.authentication)
        self.digest = visitor.digest
        self.visitor = visitor
    }

    /// Who that is now.
    mutating func recognise(in sight: Sight, at now: NIODeadline) -> Recognition {
        guard self.until > now else { return .nobody }
        if let visitor = self.visitor, visitor.isGood(at: now) { return Self.known(visitor, in: sight) }
        self.visitor = sight.visitor(knownBy: self.digest, at: now)
        return self.visitor.map { Self.known($0, in: sight) } ?? .unknown(self.credential, self.digest)
    }

    private static func known(_ visitor: Visitor, in sight: Sight) -> Recognition {
        visitor.principal.policies === sight.policies ? .known(visitor) : .outdated(visitor)
    }
}
