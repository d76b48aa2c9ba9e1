import COpenSSL

/// A request for a time stamp.
///
/// Not `Sendable`: it stays on the thread that asks.
///
/// Source: RFC 3161, section 2.4.1.
@safe final class TimeStampQuestion {
    let handle: OpaquePointer

    /// Asks for a stamp over the SHA-256 of these bytes; `nil` when the library cannot.
    init?(for bytes: [UInt8]) {
        guard let request = unsafe TS_REQ_new() else { return nil }
        unsafe self.handle = request
        guard let imprint = unsafe TS_MSG_IMPRINT_new() else { return nil }
        defer { unsafe TS_MSG_IMPRINT_free(imprint) }
        guard let algorithm = unsafe X509_ALGOR_new() else { return nil }
        defer { unsafe X509_ALGOR_free(algorithm) }
        guard unsafe X509_ALGOR_set0(algorithm, OBJ_nid2obj(NID_sha256), V_ASN1_NULL, nil) == 1 else { return nil }
        var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        // The library fills exactly this many bytes.
        guard unsafe SHA256(bytes, bytes.count, &digest) != nil else { return nil }
        guard let nonce = unsafe ASN1_INTEGER_new() else { return nil }
        defer { unsafe ASN1_INTEGER_free(nonce) }
        // Positive and of full length, whatever the authority's reading of the sign.
        let random = UInt64.random(in: 1 << 62..<1 << 63)
        guard unsafe ASN1_INTEGER_set_uint64(nonce, random) == 1 else { return nil }
        // Each setter copies what it is given.
        guard unsafe TS_REQ_set_version(request, 1) == 1, unsafe TS_MSG_IMPRINT_set_algo(imprint, algorithm) == 1,
            unsafe TS_MSG_IMPRINT_set_msg(imprint, &digest, Int32(digest.count)) == 1,
            unsafe TS_REQ_set_msg_imprint(request, imprint) == 1, unsafe TS_REQ_set_nonce(request, nonce) == 1,
            unsafe TS_REQ_set_cert_req(request, 1) == 1
        else { return nil }
    }

    deinit { unsafe TS_REQ_free(self.handle) }

    /// The request in DER.
    var der: [UInt8] { unsafe encoded { unsafe i2d_TS_REQ(self.handle, $0) } }
}
