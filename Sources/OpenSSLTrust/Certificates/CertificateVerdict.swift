/// What came of verifying a chain.
package enum CertificateVerdict: Hashable, Sendable {
    /// It leads to a trusted authority and nothing in it is revoked.
    case trusted(ClientCertificate)

    /// It is not believed.
    case refused(CertificateRefusal)
}
