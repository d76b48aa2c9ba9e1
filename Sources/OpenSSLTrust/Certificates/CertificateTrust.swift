/// Whom to believe about clients' certificates, and how revocation is found out.
package struct CertificateTrust: Hashable, Sendable {
    /// Whether a responder has to be asked (OCSP).
    package enum OnlineStatus: String, Hashable, Sendable, CaseIterable {
        /// Without a good answer nobody is let in.
        case require
        /// A responder that cannot be reached is no hindrance; whoever can keep Stile from it can then use a revoked certificate.
        case ifAvailable = "if-available"
        /// Nobody is asked.
        case off
    }

    /// For which certificates a responder is asked.
    package enum OnlineDepth: String, Hashable, Sendable, CaseIterable {
        /// For the client's own.
        case leaf
        /// For every one below the trusted authority.
        case chain
    }

    /// Files with the authorities that are trusted, in PEM; at least one.
    package var authorities: [String]

    /// Files with further authorities that clients may leave out, in PEM; default none.
    package var intermediates: [String] = []

    /// Files with lists of revoked certificates, in PEM or DER; default none.
    ///
    /// As soon as there is one, every authority of a chain needs one that is not out of date.
    package var revocationLists: [String] = []

    /// Whether responders are asked; default ``OnlineStatus/off``, since not every authority has one.
    package var onlineStatus = OnlineStatus.off

    /// For which certificates; default the client's own, since authorities are mostly revoked by list.
    package var onlineDepth = OnlineDepth.leaf

    /// The responder to ask, `http://…`; default the one that each certificate names.
    package var responder: String?

    /// How long a responder may take, in whole seconds; default 5.
    package var onlineSeconds = 5

    /// How long a good answer is used at most, in seconds, if its own end does not come before; default one hour.
    package var onlineCacheSeconds: Int64 = 3600

    /// Whether the answer must repeat the random number that was asked with; default no, since large authorities sign answers beforehand.
    package var requiresNonce = false

    /// The shortest RSA key in bits; default 2048.
    package var minimumRSABits = 2048

    /// The shortest key on an elliptic curve in bits; default 256.
    package var minimumCurveBits = 256

    /// How many certificates a client may show; default 8.
    package var maximumCertificates = 8

    package init(authorities: [String]) {
        self.authorities = authorities
    }

    /// Every file that it is made of.
    package var files: [String] { self.authorities + self.intermediates + self.revocationLists }
}
