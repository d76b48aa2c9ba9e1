package import Directory
package import Governance

/// What checks the credentials that are not passwords; each `nil` where the configuration does not have it.
///
/// Given by whoever puts the house together. Nothing here is asked on an event loop.
package struct SignInMethods: Sendable {
    /// Personal access tokens.
    package var tokens: TokenDesk?
    /// Client certificates.
    package var certificates: (any CertificateSignIn)?
    /// Kerberos.
    package var negotiation: (any NegotiateSignIn)?

    package init(
        tokens: TokenDesk? = nil,
        certificates: (any CertificateSignIn)? = nil,
        negotiation: (any NegotiateSignIn)? = nil
    ) {
        self.tokens = tokens
        self.certificates = certificates
        self.negotiation = negotiation
    }
}

/// Finds the person whose certificate a connection was made with.
package protocol CertificateSignIn: Sendable {
    /// Why TLS should not go on with somebody who shows this certificate; `nil` when its chain is believed.
    func objection(to certificate: PeerCertificate) async -> String?

    /// Checks the chain, and finds the one directory entry that the certificate belongs to.
    func person(bearing certificate: PeerCertificate) async -> CredentialOutcome
}

/// Takes up negotiations.
package protocol NegotiateSignIn: Sendable {
    /// Begins one; it belongs to one connection, and sees the tokens of that connection in order.
    func begin() -> any Negotiation
}

/// One negotiation with one client.
package protocol Negotiation: Sendable {
    /// Takes the client's next token.
    func take(_ token: [UInt8]) async -> NegotiationStep
}

/// What came of a token of a negotiation.
package enum NegotiationStep: Sendable {
    /// It is this person.
    ///
    /// With `answer` the client is told, in the answer to its request, who it has spoken with. For as long as `bindsConnectionFor` says,
    /// further requests of the connection need no token of their own (RFC 4559, section 6: not behind a proxy that shares
    /// connections).
    case accepted(Person, answer: [UInt8]?, bindsConnectionFor: Duration?)
    /// The client has to send another token in answer to this one.
    case proceeds([UInt8])
    /// It is nobody's; why is for the record only.
    case refused(reason: String)
    /// Nobody could be asked.
    case unavailable(reason: String)
}

/// What came of a credential that stands for a person by itself.
package enum CredentialOutcome: Sendable {
    /// It is this person's.
    case accepted(Person)
    /// It is nobody's; why is for the record only.
    case refused(reason: String)
    /// Nobody could be asked.
    case unavailable(reason: String)
}
