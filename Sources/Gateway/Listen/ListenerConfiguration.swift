/// A door of the gateway: an address, and how what comes in is protected.
package struct ListenerConfiguration: Sendable {
    /// How the bytes of a listener are protected.
    package enum Security: Hashable, Sendable {
        /// TLS 1.2 or 1.3 with this certificate.
        case tls(CertificateFiles)
        /// Passwords in clear text; accepted on loopback addresses only, for tests, benchmarks and sidecars.
        case insecureBasic
    }

    /// The address to bind, an IP address; default `127.0.0.1`, so that nothing is open by omission.
    package var address: String

    /// The port to bind; 0 takes a free one.
    package var port: Int

    /// How what comes in is protected.
    package var security: Security

    /// Whether clients are asked for a certificate while TLS is set up; default ``ClientCertificates/none``.
    package var clientCertificates = ClientCertificates.none

    package init(address: String = "127.0.0.1", port: Int, security: Security) {
        self.address = address
        self.port = port
        self.security = security
    }

    /// Whether only this machine can reach the address.
    package var isLoopback: Bool {
        self.address == "::1" || self.address.hasPrefix("127.")
    }
}

/// Whether a listener asks clients for a certificate.
package enum ClientCertificates: Hashable, Sendable {
    /// It does not.
    case none
    /// It asks. Who shows one is held to it when a request shows nothing else; who shows none may sign in otherwise.
    case request(authorities: [String])
    /// Without one that is believed, TLS is not set up.
    case require(authorities: [String])

    /// The files with the authorities that clients are told of, in PEM.
    var authorities: [String] {
        switch self {
        case .none: []
        case .request(let files), .require(let files): files
        }
    }
}

/// Where the certificate of a listener stands: in PEM, or in one PKCS#12 file as Windows and many authorities hand them out.
package struct CertificateFiles: Hashable, Sendable {
    /// The certificate, followed by its intermediates.
    package var chain: String

    /// The private key; never logged, never copied.
    package var key: String

    /// The file with the password of a PKCS#12 file; `nil` for PEM.
    package var passwordFile: String?

    /// Two files in PEM.
    package init(chain: String, key: String) {
        self.chain = chain
        self.key = key
    }

    /// One PKCS#12 file with certificates and key, and a file whose first line is its password.
    package init(bundle: String, passwordFile: String) {
        self.chain = bundle
        self.key = bundle
        self.passwordFile = passwordFile
    }
}
