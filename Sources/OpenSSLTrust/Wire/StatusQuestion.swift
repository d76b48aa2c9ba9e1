import COpenSSL

/// A question to an OCSP responder, and the reading of its answer.
///
/// Not `Sendable`: it stays on the thread that asks.
///
/// Source: RFC 6960; RFC 8954 (nonces).
@safe final class StatusQuestion {
    private let request: OpaquePointer
    private let certificate: OpaquePointer
    private let issuer: Certificate

    /// The longest answer that is read, in bytes; those with a responder's chain have some 5 KiB.
    static let maximumLength = 65_536

    /// How far the responder's clock may be off, in seconds.
    private static let tolerance: Int64 = 300

    /// How old an answer without an end of its own may be, in seconds.
    private static let maximumAge: Int64 = 86_400

    /// Asks about a certificate; `nil` when the library cannot.
    init?(about certificate: Certificate, issuedBy issuer: Certificate) {
        // SHA-1 names the issuer only, and is what every responder understands.
        guard let id = unsafe OCSP_cert_to_id(EVP_sha1(), certificate.handle, issuer.handle) else { return nil }
        guard let request = unsafe OCSP_REQUEST_new() else {
            unsafe OCSP_CERTID_free(id)
            return nil
        }
        unsafe self.request = request
        unsafe self.certificate = id
        self.issuer = issuer
        // The request owns the name that it is given, so it gets one of its own.
        guard let copy = unsafe OCSP_CERTID_dup(id) else { return nil }
        guard unsafe OCSP_request_add0_id(request, copy) != nil else {
            unsafe OCSP_CERTID_free(copy)
            return nil
        }
        guard unsafe OCSP_request_add1_nonce(request, nil, 32) == 1 else { return nil }
    }

    deinit {
        unsafe OCSP_REQUEST_free(self.request)
        unsafe OCSP_CERTID_free(self.certificate)
    }

    /// The question in DER.
    var der: [UInt8] { unsafe encoded { unsafe i2d_OCSP_REQUEST(self.request, $0) } }

    /// What an answer says.
    ///
    /// - Parameters:
    ///   - octets: The answer in DER.
    ///   - chain: The verified chain of the certificate, whose authorities may have signed the answer.
    ///   - authorities: The trusted authorities.
    ///   - requiresNonce: Whether it must repeat our random number.
    ///   - now: The moment that counts, in seconds since 1970.
    /// - Returns: What the responder says.
    /// - Throws: ``CertificateRefusal/statusInvalid`` or ``CertificateRefusal/statusUnavailable``.
    func read(
        _ octets: [UInt8],
        chain: [Certificate],
        authorities: [Certificate],
        requiresNonce: Bool,
        at now: Int64
    ) throws(CertificateRefusal) -> OnlineAnswer {
        LibraryErrors.clear()
        defer { LibraryErrors.clear() }
        guard octets.count <= Self.maximumLength else { throw .statusInvalid }
        let read = unsafe decoded(
            octets,
            { unsafe d2i_OCSP_RESPONSE(nil, $0, $1) },
            orFree: { unsafe OCSP_RESPONSE_free($0) }
        )
        guard let response = unsafe read else { throw .statusInvalid }
        defer { unsafe OCSP_RESPONSE_free(response) }
        // "Try later", "unauthorized" and the like are not signed and say nothing about the certificate.
        guard unsafe OCSP_response_status(response) == OCSP_RESPONSE_STATUS_SUCCESSFUL else { throw .statusUnavailable }
        guard let basic = unsafe OCSP_response_get1_basic(response) else { throw .statusInvalid }
        defer { unsafe OCSP_BASICRESP_free(basic) }
        unsafe try self.checkSigner(basic, chain, authorities, at: now)
        switch unsafe OCSP_check_nonce(self.request, basic) {
        case 1: break
        case -1 where !requiresNonce: break  // signed beforehand, for everybody
        default: throw .statusInvalid
        }
        return unsafe try self.status(basic, at: now)
    }

    /// Holds the answer's signature to the issuer, or to somebody whom the issuer made its responder.
    ///
    /// Source: RFC 6960, section 4.2.2.2.
    private func checkSigner(
        _ basic: OpaquePointer,
        _ chain: [Certificate],
        _ authorities: [Certificate],
        at now: Int64
    ) throws(CertificateRefusal) {
        // A store for this moment: the library would take the clock's otherwise.
        guard let store = unsafe X509_STORE_new() else { throw .other }
        defer { unsafe X509_STORE_free(store) }
        for certificate in authorities { _ = unsafe X509_STORE_add_cert(store, certificate.handle) }
        let parameters = unsafe X509_STORE_get0_param(store)
        unsafe X509_VERIFY_PARAM_set_time(parameters, time_t(now))
        unsafe X509_VERIFY_PARAM_set_auth_level(parameters, 2)
        let untrusted = CertificateRow(chain)
        guard unsafe OCSP_basic_verify(basic, untrusted.handle, store, 0) == 1 else { throw .statusInvalid }
    }

    private func status(_ basic: OpaquePointer, at now: Int64) throws(CertificateRefusal) -> OnlineAnswer {
        var (status, reason): (Int32, Int32) = (-1, -1)
        var revoked: UnsafeMutablePointer<ASN1_GENERALIZEDTIME>?
        var this: UnsafeMutablePointer<ASN1_GENERALIZEDTIME>?
        var next: UnsafeMutablePointer<ASN1_GENERALIZEDTIME>?
        let isThere = unsafe OCSP_resp_find_status(basic, self.certificate, &status, &reason, &revoked, &this, &next)
        guard isThere == 1, let thisUpdate = unsafe ASN1Values.seconds(of: this) else { throw .statusInvalid }
        guard thisUpdate <= now + Self.tolerance else { throw .statusInvalid }
        var until: Int64?
        if unsafe next != nil {
            guard let end = unsafe ASN1Values.seconds(of: next), end >= thisUpdate, end >= now - Self.tolerance else {
                throw .statusInvalid
            }
            until = end
        } else {
            guard thisUpdate >= now - Self.maximumAge else { throw .statusInvalid }
        }
        switch status {
        case V_OCSP_CERTSTATUS_GOOD: return .good(until: until)
        case V_OCSP_CERTSTATUS_REVOKED: return .revoked
        default: return .unknown
        }
    }
}
