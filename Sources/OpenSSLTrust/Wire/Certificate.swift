import COpenSSL

/// One X.509 certificate.
///
/// Source: RFC 5280.
@safe package final class Certificate: Sendable {
    // X509 is reference-counted with atomic counts, and nothing here changes one after it was read.
    nonisolated(unsafe) let handle: OpaquePointer

    /// The longest certificate that is read, in bytes; those of real authorities have 1 to 3 KiB, and those with post-quantum keys some 15.
    package static let maximumLength = 32_768

    /// Reads a certificate in DER.
    ///
    /// - Returns: `nil` when it is none, is longer than ``maximumLength``, is followed by anything, or is written in another way than DER
    ///   says: one certificate is one row of octets, so that comparing them means something.
    package init?(der: [UInt8]) {
        guard der.count <= Self.maximumLength else { return nil }
        let read = unsafe decoded(der, { unsafe d2i_X509(nil, $0, $1) }, orFree: { unsafe X509_free($0) })
        guard let handle = unsafe read else { return nil }
        unsafe self.handle = handle
        guard self.der == der else { return nil }
    }

    /// Takes over a certificate that the library made.
    init(taking handle: OpaquePointer) {
        unsafe self.handle = handle
    }

    /// Shares a certificate that the library goes on owning.
    init?(sharing handle: OpaquePointer?) {
        guard let handle = unsafe handle, unsafe X509_up_ref(handle) == 1 else { return nil }
        unsafe self.handle = handle
    }

    deinit { unsafe X509_free(self.handle) }

    /// The certificate in DER.
    package var der: [UInt8] { unsafe encoded { unsafe i2d_X509(self.handle, $0) } }

    /// From when on it counts, in seconds since 1970.
    package var notBefore: Int64? { unsafe ASN1Values.seconds(of: X509_get0_notBefore(self.handle)) }

    /// Until when it counts, in seconds since 1970.
    package var notAfter: Int64? { unsafe ASN1Values.seconds(of: X509_get0_notAfter(self.handle)) }

    /// The serial number in hexadecimal.
    package var serial: String { unsafe ASN1Values.hexadecimal(X509_get0_serialNumber(self.handle)) }

    /// Whether it says itself that it may be used to sign in as a client.
    ///
    /// One that says nothing about its purpose could as well be a server's, so it does not count.
    ///
    /// Source: RFC 5280, section 4.2.1.12.
    var isForClients: Bool {
        let purposes = unsafe X509_get_extended_key_usage(self.handle)
        return purposes != .max && purposes & UInt32(XKU_SSL_CLIENT) != 0
    }

    /// The kind of its public key and the key's length in bits.
    var key: (kind: KeyKind, bits: Int)? {
        guard let key = unsafe X509_get0_pubkey(self.handle) else { return nil }
        let bits = Int(unsafe EVP_PKEY_get_bits(key))
        switch unsafe EVP_PKEY_get_base_id(key) {
        case EVP_PKEY_RSA, EVP_PKEY_RSA_PSS: return (.rsa, bits)
        case EVP_PKEY_EC: return (.ellipticCurve, bits)
        case EVP_PKEY_ED25519, EVP_PKEY_ED448: return (.edwards, bits)
        default: return (.other, bits)
        }
    }

    /// A family of public keys.
    enum KeyKind {
        case rsa, ellipticCurve, edwards, other
    }

    /// The addresses of the OCSP responders that it names.
    ///
    /// Source: RFC 5280, section 4.2.2.1.
    var responders: [String] {
        guard let texts = unsafe X509_get1_ocsp(self.handle) else { return [] }
        defer { unsafe X509_email_free(texts) }
        return unsafe (0..<stile_texts_count(texts)).compactMap { index in
            unsafe stile_texts_at(texts, index).map { unsafe String(cString: $0) }
        }
    }
}

/// Certificates in a row, as libcrypto takes them.
///
/// `~Copyable`, so that there is one owner and the row is given back exactly once.
@safe struct CertificateRow: ~Copyable {
    let handle: OpaquePointer?

    /// The same certificates, each shared.
    init(_ certificates: some Sequence<Certificate>) {
        unsafe self.handle = stile_certificates_new()
        for certificate in certificates { _ = unsafe stile_certificates_add(self.handle, certificate.handle) }
    }

    deinit { unsafe stile_certificates_free(self.handle) }
}

extension Certificate {
    /// The certificates of a row that the library goes on owning.
    static func all(of row: OpaquePointer?) -> [Certificate] {
        unsafe (0..<stile_certificates_count(row)).compactMap { index in
            unsafe Certificate(sharing: stile_certificates_at(row, index))
        }
    }

    /// Every certificate in PEM text, in order.
    ///
    /// - Returns: `nil` when there is none, or one that cannot be read.
    package static func all(inPEM text: [UInt8]) -> [Certificate]? {
        let memory = Memory(text)
        var certificates: [Certificate] = []
        while let handle = unsafe PEM_read_bio_X509(memory.handle, nil, nil, nil) {
            certificates.append(unsafe Certificate(taking: handle))
        }
        let isEnd = LibraryErrors.isEndOfPEM()
        return isEnd && !certificates.isEmpty ? certificates : nil
    }
}
