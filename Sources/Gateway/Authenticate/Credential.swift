import Directory
import Governance

/// What a request, or its connection, shows to prove whose it is.
///
/// Each kind is checked in one place, ``SignIn``, and remembered by the digest of what was shown, so that a further method is
/// a further case here and there.
enum Credential: Sendable {
    /// Name and password.
    case basic(BasicCredential)
    /// A personal access token, and the name that came with it; `nil` for a name where none was given.
    case token(AccessToken, name: String?)
    /// Something in the form of a token whose checksum is not right: a typing or copying error.
    case mistypedToken
    /// The cookie of a session, and the host name under which it was shown, in small letters.
    case session(cookie: [UInt8], host: [UInt8])
    /// The client certificate of the connection.
    case certificate(PeerCertificate)
    /// A step of a negotiation (SPNEGO). Good once: it is never remembered, and never asked about twice.
    case negotiate([UInt8])
    /// Who proved it before by something that cannot be shown again: only their account is looked at.
    case standing(PersonID, Authentication)

    /// The name that it claims to be of, for the record of a refusal.
    var claimedName: String? {
        switch self {
        case .basic(let basic): basic.name
        case .token(_, let name): name
        case .mistypedToken, .session, .certificate, .negotiate, .standing: nil
        }
    }

    /// The account whose guesses it counts as; `nil` for what nobody can guess.
    ///
    /// Tokens, cookies and keys have too many bits for that. To count them by their source would let one who guesses
    /// passwords shut out everybody else behind the same address.
    var guessedAccount: String? {
        guard case .basic(let basic) = self else { return nil }
        return basic.name.lowercased()
    }

    /// The method that it belongs to.
    var method: AuthenticationMethod {
        switch self {
        case .basic: .basic
        case .token, .mistypedToken: .token
        case .session: .session
        case .certificate: .certificate
        case .negotiate: .negotiate
        case .standing(_, let authentication): authentication.method
        }
    }

    /// Reads the value of an `Authorization` field; `nil` for what is no credential of Stile's.
    ///
    /// Programs that know no tokens send them as the password: the name may then be left out, be `token`, or be the owner's.
    ///
    /// Source: RFC 7617; RFC 6750, section 2.1; RFC 4559, section 4.
    init?(authorization field: [UInt8]) {
        guard let space = field.prefix(32).firstIndex(of: UInt8(ascii: " ")) else { return nil }
        let scheme = field[..<space]
        // Tickets of Active Directory carry every group of a person; how long a head may be bounds them.
        guard field.count <= BasicCredential.maximumLength || Self.isScheme(scheme, "negotiate") else { return nil }
        let rest = field[(space + 1)...]
        if Self.isScheme(scheme, "bearer") {
            switch AccessToken.read(rest) {
            case .token(let token): self = .token(token, name: nil)
            case .mistyped: self = .mistypedToken
            case .none: return nil
            }
        } else if Self.isScheme(scheme, "negotiate") {
            guard let token = decodedBase64(rest), !token.isEmpty else { return nil }
            self = .negotiate(token)
        } else {
            guard let basic = BasicCredential(field: field) else { return nil }
            switch basic.password.withOctets({ AccessToken.read(Array(copying: $0)[...]) }) {
            case .token(let token):
                let isLeftOut = basic.name.isEmpty || basic.name.lowercased() == "token"
                self = .token(token, name: isLeftOut ? nil : basic.name)
            case .mistyped: self = .mistypedToken
            case .none: self = .basic(basic)
            }
        }
    }

    private static func isScheme(_ text: ArraySlice<UInt8>, _ name: StaticString) -> Bool {
        Array(text).span.isText(name)
    }
}

/// The certificate that a client showed while its connection was made, the private key proved by TLS.
package struct PeerCertificate: Hashable, Sendable {
    /// The certificates in DER, the client's own first.
    package let chain: [[UInt8]]

    package init(chain: [[UInt8]]) {
        self.chain = chain
    }
}
