/// Why a certificate is not believed: for the record and for officers, never for whoever showed it.
package enum CertificateRefusal: String, Error, Hashable, Sendable, CaseIterable {
    /// It cannot be read, or a name in it cannot.
    case malformed = "certificate-malformed"

    /// More certificates, or longer ones, than are looked at.
    case tooLarge = "certificate-too-large"

    /// No chain leads from it to an authority that is trusted here.
    case untrusted = "certificate-untrusted"

    /// A signature in the chain is not what it should be.
    case badSignature = "certificate-bad-signature"

    /// A certificate of the chain is no longer valid.
    case expired = "certificate-expired"

    /// A certificate of the chain is not valid yet.
    case notYetValid = "certificate-not-yet-valid"

    /// It was not issued for signing in as a client.
    case wrongPurpose = "certificate-wrong-purpose"

    /// A key of the chain is shorter than is asked for.
    case weakKey = "certificate-weak-key"

    /// A signature of the chain uses a hash that is broken.
    case weakSignature = "certificate-weak-signature"

    /// An authority of the chain has signed what it was not allowed to: not an authority, too deep, or other names.
    case constraint = "certificate-constraint"

    /// It, or an authority of the chain, was revoked.
    case revoked = "certificate-revoked"

    /// For an authority of the chain there is no list of what it revoked.
    case listMissing = "revocation-list-missing"

    /// The list of what an authority revoked is out of date.
    case listExpired = "revocation-list-expired"

    /// The list of what an authority revoked is not signed by it, not valid yet, or cannot be understood.
    case listInvalid = "revocation-list-invalid"

    /// The responder does not know the certificate.
    case statusUnknown = "certificate-status-unknown"

    /// No responder could be asked, or none answered in time.
    case statusUnavailable = "certificate-status-unavailable"

    /// What the responder answered is not signed by whom it should be, is old, or answers another question.
    case statusInvalid = "certificate-status-invalid"

    /// Too many certificates are being verified at this moment.
    case busy = "certificate-check-busy"

    /// The library gave another reason; nobody is let in for a reason that is not understood.
    case other = "certificate-refused"
}

extension CertificateRefusal: CustomStringConvertible {
    /// The code that stands in records, such as `certificate-revoked`.
    package var description: String { self.rawValue }
}
