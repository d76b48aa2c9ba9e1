import COpenSSL

/// Authorities, intermediates and revocation lists, read once: a new state of the files makes another one.
@safe final class TrustStore: Sendable {
    // X509_STORE has a lock of its own, and nothing here changes one after `init`.
    nonisolated(unsafe) let handle: OpaquePointer
    private let intermediates: [Certificate]
    private let checksLists: Bool
    private let trust: CertificateTrust
    /// When the first of the revocation lists runs out, in seconds since 1970; `nil` when there is none.
    let listsEnd: Int64?

    /// Reads the files.
    init(_ trust: CertificateTrust) throws(TrustFailure) {
        var intermediates: [Certificate] = []
        for file in trust.intermediates { intermediates += try Self.certificates(in: file) }
        guard let store = unsafe X509_STORE_new() else { throw .refused(LibraryErrors.take()) }
        do throws(TrustFailure) {
            self.listsEnd = unsafe try Self.fill(store, trust)
        } catch {
            unsafe X509_STORE_free(store)
            throw error
        }
        unsafe self.handle = store
        self.trust = trust
        self.checksLists = !trust.revocationLists.isEmpty
        self.intermediates = intermediates
    }

    deinit { unsafe X509_STORE_free(self.handle) }

    /// Adds authorities and revocation lists.
    ///
    /// - Returns: When the first of the lists runs out.
    private static func fill(_ store: OpaquePointer, _ trust: CertificateTrust) throws(TrustFailure) -> Int64? {
        var hasAuthority = false
        for file in trust.authorities {
            for certificate in try Self.certificates(in: file) {
                guard unsafe X509_STORE_add_cert(store, certificate.handle) == 1 else {
                    throw .refused(LibraryErrors.take())
                }
                hasAuthority = true
            }
        }
        guard hasAuthority else { throw .noAuthorities }
        var ends: [Int64] = []
        for file in trust.revocationLists { ends += unsafe try Self.addLists(in: file, to: store) }
        return ends.min()
    }

    private static func certificates(in file: String) throws(TrustFailure) -> [Certificate] {
        guard let certificates = Certificate.all(inPEM: try PlainFile.read(file)) else {
            throw .noCertificates(file: file)
        }
        return certificates
    }

    /// Adds the lists of a file; returns when each runs out.
    private static func addLists(in file: String, to store: OpaquePointer) throws(TrustFailure) -> [Int64] {
        let octets = try PlainFile.read(file)
        let memory = Memory(octets)
        var ends: [Int64] = []
        while let list = unsafe PEM_read_bio_X509_CRL(memory.handle, nil, nil, nil) {
            ends.append(unsafe try self.add(list, of: file, to: store))
        }
        let isEnd = LibraryErrors.isEndOfPEM()
        if ends.isEmpty {
            let list = unsafe decoded(
                octets,
                { unsafe d2i_X509_CRL(nil, $0, $1) },
                orFree: { unsafe X509_CRL_free($0) }
            )
            guard let list = unsafe list else { throw .noRevocationList(file: file) }
            ends.append(unsafe try self.add(list, of: file, to: store))
        }
        guard isEnd else { throw .noRevocationList(file: file) }
        return ends
    }

    /// Takes over a list; returns when it runs out.
    private static func add(
        _ list: OpaquePointer,
        of file: String,
        to store: OpaquePointer
    ) throws(TrustFailure) -> Int64 {
        defer { unsafe X509_CRL_free(list) }
        // The library takes a list without an end for one that never runs out. Source: RFC 5280, section 5.1.2.5.
        guard let end = unsafe ASN1Values.seconds(of: X509_CRL_get0_nextUpdate(list)) else {
            throw .refused("the list `\(file)` does not say when the next one comes (`nextUpdate`)")
        }
        guard unsafe X509_STORE_add_crl(store, list) == 1 else { throw .refused(LibraryErrors.take()) }
        return end
    }

    /// A chain that leads to a trusted authority.
    ///
    /// - Parameters:
    ///   - leaf: The certificate that must be believed.
    ///   - others: What came with it.
    ///   - now: The moment that counts, in seconds since 1970.
    /// - Returns: The chain from the leaf to the authority.
    /// - Throws: Why there is none.
    func chain(
        from leaf: Certificate,
        _ others: some Sequence<Certificate>,
        at now: Int64
    ) throws(CertificateRefusal) -> [Certificate] {
        LibraryErrors.clear()
        guard let context = unsafe X509_STORE_CTX_new() else { throw .other }
        defer { unsafe X509_STORE_CTX_free(context) }
        let untrusted = CertificateRow(others.map { $0 } + self.intermediates)
        guard unsafe X509_STORE_CTX_init(context, self.handle, leaf.handle, untrusted.handle) == 1 else { throw .other }
        guard unsafe X509_STORE_CTX_set_purpose(context, X509_PURPOSE_SSL_CLIENT) == 1 else { throw .other }
        let parameters = unsafe X509_STORE_CTX_get0_param(context)
        unsafe X509_VERIFY_PARAM_set_time(parameters, time_t(now))
        unsafe X509_VERIFY_PARAM_set_depth(parameters, Int32(self.trust.maximumCertificates))
        // Level 2: 112 bits of security, so no SHA-1, and no RSA below 2048 bits.
        unsafe X509_VERIFY_PARAM_set_auth_level(parameters, 2)
        var flags = UInt(X509_V_FLAG_X509_STRICT) | UInt(X509_V_FLAG_EXTENDED_CRL_SUPPORT)
        if self.checksLists { flags |= UInt(X509_V_FLAG_CRL_CHECK) | UInt(X509_V_FLAG_CRL_CHECK_ALL) }
        guard unsafe X509_VERIFY_PARAM_set_flags(parameters, flags) == 1 else { throw .other }
        let isGood = unsafe X509_verify_cert(context) == 1
        let code = unsafe X509_STORE_CTX_get_error(context)
        LibraryErrors.clear()
        guard isGood, code == X509_V_OK else { throw CertificateRefusal(code: code) }
        let chain = unsafe Certificate.all(of: X509_STORE_CTX_get0_chain(context))
        try self.checkKeys(of: chain)
        return chain
    }

    /// Holds the keys to the lengths of the configuration, which may ask for more than the library.
    private func checkKeys(of chain: [Certificate]) throws(CertificateRefusal) {
        for certificate in chain {
            guard let key = certificate.key else { throw .weakKey }
            switch key.kind {
            case .rsa: guard key.bits >= self.trust.minimumRSABits else { throw .weakKey }
            case .ellipticCurve: guard key.bits >= self.trust.minimumCurveBits else { throw .weakKey }
            case .edwards: break
            case .other: throw .weakKey
            }
        }
    }
}

extension CertificateRefusal {
    /// The reason behind one of libcrypto's.
    ///
    /// Source: `X509_STORE_CTX_get_error(3)`.
    init(code: Int32) {
        switch code {
        case X509_V_ERR_CERT_HAS_EXPIRED, X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD: self = .expired
        case X509_V_ERR_CERT_NOT_YET_VALID, X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD: self = .notYetValid
        case X509_V_ERR_CERT_REVOKED: self = .revoked
        case X509_V_ERR_UNABLE_TO_GET_CRL, X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER: self = .listMissing
        case X509_V_ERR_CRL_HAS_EXPIRED: self = .listExpired
        case X509_V_ERR_CRL_NOT_YET_VALID, X509_V_ERR_CRL_SIGNATURE_FAILURE, X509_V_ERR_KEYUSAGE_NO_CRL_SIGN,
            X509_V_ERR_UNABLE_TO_DECRYPT_CRL_SIGNATURE, X509_V_ERR_ERROR_IN_CRL_LAST_UPDATE_FIELD,
            X509_V_ERR_ERROR_IN_CRL_NEXT_UPDATE_FIELD, X509_V_ERR_UNHANDLED_CRITICAL_CRL_EXTENSION,
            X509_V_ERR_DIFFERENT_CRL_SCOPE, X509_V_ERR_CRL_PATH_VALIDATION_ERROR:
            self = .listInvalid
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
            X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
            X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_CERT_UNTRUSTED, X509_V_ERR_CERT_REJECTED:
            self = .untrusted
        case X509_V_ERR_CERT_SIGNATURE_FAILURE, X509_V_ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE,
            X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY:
            self = .badSignature
        case X509_V_ERR_INVALID_PURPOSE, X509_V_ERR_KEYUSAGE_NO_DIGITAL_SIGNATURE: self = .wrongPurpose
        case X509_V_ERR_EE_KEY_TOO_SMALL, X509_V_ERR_CA_KEY_TOO_SMALL: self = .weakKey
        case X509_V_ERR_CA_MD_TOO_WEAK: self = .weakSignature
        case X509_V_ERR_CERT_CHAIN_TOO_LONG: self = .tooLarge
        case X509_V_ERR_INVALID_CA, X509_V_ERR_INVALID_NON_CA, X509_V_ERR_PATH_LENGTH_EXCEEDED,
            X509_V_ERR_KEYUSAGE_NO_CERTSIGN, X509_V_ERR_PERMITTED_VIOLATION, X509_V_ERR_EXCLUDED_VIOLATION,
            X509_V_ERR_SUBTREE_MINMAX, X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE,
            X509_V_ERR_UNSUPPORTED_CONSTRAINT_SYNTAX, X509_V_ERR_UNSUPPORTED_NAME_SYNTAX,
            X509_V_ERR_PROXY_CERTIFICATES_NOT_ALLOWED, X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION,
            X509_V_ERR_CA_BCONS_NOT_CRITICAL, X509_V_ERR_CA_CERT_MISSING_KEY_USAGE:
            self = .constraint
        default: self = .other
        }
    }
}
