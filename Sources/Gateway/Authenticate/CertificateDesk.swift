package import Directory
package import OpenSSLTrust

/// Finds whose a client certificate is: its chain is verified, and exactly one entry of the directory must have its names.
///
/// Asked again as often as about a password, so that a certificate that is revoked, or a person who is switched off, is noticed as soon.
package final class CertificateDesk: CertificateSignIn {
    /// What can stand on the right of a rule.
    ///
    /// `mail`, `upn`, `dns` and `uri` are alternative names, `subject` the subject's DN, `certificate` the whole certificate.
    package static let sources = ["mail", "upn", "dns", "uri", "subject", "certificate"]

    private let verifier: CertificateVerifier
    private let directory: any DirectoryClient
    private let rules: [EntryRule]
    /// The present moment in seconds since 1970; a parameter, so that tests need not wait.
    private let now: @Sendable () -> Int64

    /// Puts a desk together.
    ///
    /// - Parameters:
    ///   - verifier: Whom to believe.
    ///   - directory: Who people are.
    ///   - rules: By which names they are found; all that a certificate has a name for are asked together, and must agree.
    ///   - now: The present moment in seconds since 1970.
    package init(
        _ verifier: CertificateVerifier,
        _ directory: any DirectoryClient,
        rules: [EntryRule],
        now: @escaping @Sendable () -> Int64
    ) {
        self.verifier = verifier
        self.directory = directory
        self.rules = rules
        self.now = now
    }

    package func objection(to certificate: PeerCertificate) async -> String? {
        switch await self.verifier.verify(certificate.chain, at: self.now()) {
        case .trusted: nil
        case .refused(let refusal): refusal.rawValue
        }
    }

    package func person(bearing certificate: PeerCertificate) async -> CredentialOutcome {
        switch await self.verifier.verify(certificate.chain, at: self.now()) {
        case .refused(.statusUnavailable): return .unavailable(reason: CertificateRefusal.statusUnavailable.rawValue)
        case .refused(.busy): return .unavailable(reason: CertificateRefusal.busy.rawValue)
        case .refused(let refusal): return .refused(reason: refusal.rawValue)
        case .trusted(let client):
            let keys = self.keys(of: client)
            guard !keys.isEmpty else { return .refused(reason: "certificate-without-name") }
            return CredentialOutcome(await self.directory.person(matching: keys))
        }
    }

    private func keys(of client: ClientCertificate) -> [PersonKey] {
        self.rules.flatMap { rule -> [PersonKey] in
            let values: [String]
            switch rule.source {
            case "mail": values = client.names.mails
            case "upn": values = client.names.principals
            case "dns": values = client.names.hosts
            case "uri": values = client.names.addresses
            case "subject": values = client.names.subject.isEmpty ? [] : [client.names.subject]
            case "certificate":
                return [
                    .certificate(CertificateKey(der: client.der, serial: client.serial, issuer: client.issuer))
                ]
            default: values = []
            }
            return values.compactMap(rule.key)
        }
    }
}

extension CredentialOutcome {
    /// What the directory made of what somebody vouches for.
    init(_ outcome: LookupOutcome) {
        switch outcome {
        case .found(let person): self = .accepted(person)
        case .refused(let refusal): self = .refused(reason: refusal.rawValue)
        case .unavailable(let failure): self = .unavailable(reason: failure.description)
        }
    }
}
