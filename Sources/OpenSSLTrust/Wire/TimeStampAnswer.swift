import COpenSSL
import Glibc

/// What a time-stamp authority answered.
///
/// Not `Sendable`: it stays on the thread that reads it.
///
/// Source: RFC 3161, section 2.4.2.
@safe final class TimeStampAnswer {
    /// The longest answer that is read, in bytes; with the authority's chain they have some 6 KiB.
    static let maximumLength = 65_536

    private let handle: OpaquePointer
    private let octets: [UInt8]

    /// Reads an answer in DER.
    init(_ octets: [UInt8]) throws(TimeStampFailure) {
        guard octets.count <= Self.maximumLength else { throw .malformed }
        let read = unsafe decoded(octets, { unsafe d2i_TS_RESP(nil, $0, $1) }, orFree: { unsafe TS_RESP_free($0) })
        guard let handle = unsafe read else { throw .malformed }
        unsafe self.handle = handle
        self.octets = octets
    }

    deinit { unsafe TS_RESP_free(self.handle) }

    /// The stamp, if it is one for these bytes and signed by somebody trusted.
    ///
    /// - Parameters:
    ///   - bytes: What it must be for.
    ///   - question: What was asked, whose random number it must repeat; `nil` when it is an old stamp.
    ///   - authorities: Whom its certificate must lead to.
    /// - Returns: The stamp.
    /// - Throws: ``TimeStampFailure``.
    func verified(
        for bytes: [UInt8],
        question: TimeStampQuestion?,
        authorities: [Certificate]
    ) throws(TimeStampFailure) -> TimeStamp {
        LibraryErrors.clear()
        defer { LibraryErrors.clear() }
        if let words = self.refusal { throw .refused(words) }
        guard let info = unsafe TS_RESP_get_tst_info(self.handle),
            let time = unsafe ASN1Values.seconds(of: TS_TST_INFO_get_time(info))
        else { throw .malformed }
        let serial = unsafe ASN1Values.hexadecimal(TS_TST_INFO_get_serial(info))
        guard unsafe self.isOverSHA256(info) else { throw .otherBytes }
        if let question { try self.checkNonce(of: question) }
        guard let context = unsafe TS_VERIFY_CTX_new() else { throw .malformed }
        // Frees the store and the bytes that it is given below, too.
        defer { unsafe TS_VERIFY_CTX_free(context) }
        guard let store = unsafe X509_STORE_new() else { throw .malformed }
        unsafe TS_VERIFY_CTX_set_store(context, store)
        for certificate in authorities { _ = unsafe X509_STORE_add_cert(store, certificate.handle) }
        let parameters = unsafe X509_STORE_get0_param(store)
        unsafe X509_VERIFY_PARAM_set_time(parameters, time_t(time))
        unsafe X509_VERIFY_PARAM_set_auth_level(parameters, 2)
        guard let data = unsafe BIO_new(BIO_s_mem()) else { throw .malformed }
        unsafe TS_VERIFY_CTX_set_data(context, data)
        guard unsafe BIO_write(data, bytes, Int32(clamping: bytes.count)) == bytes.count else { throw .malformed }
        unsafe TS_VERIFY_CTX_set_flags(context, Int32(TS_VFY_VERSION | TS_VFY_DATA | TS_VFY_SIGNATURE))
        guard unsafe TS_RESP_verify_response(context, self.handle) == 1 else {
            let code = ERR_peek_error()
            if code & 0x7F_FFFF == UInt(TS_R_MESSAGE_IMPRINT_MISMATCH) { throw .otherBytes }
            throw .untrusted(LibraryErrors.take())
        }
        return TimeStamp(response: self.octets, time: time, serial: serial)
    }

    /// Why the authority gave no stamp, in its words; `nil` when it gave one.
    private var refusal: String? {
        let information = unsafe TS_RESP_get_status_info(self.handle)
        let status = unsafe ASN1_INTEGER_get(TS_STATUS_INFO_get0_status(information))
        // 0 granted, 1 granted with changes: the check of what was signed follows.
        guard status != 0, status != 1 else { return nil }
        let memory = Memory()
        _ = unsafe TS_STATUS_INFO_print_bio(memory.handle, information)
        let words = String(decoding: memory.bytes.prefix(300), as: UTF8.self)
        return words.split(separator: "\n").map { $0.trimmingBlanks }.joined(separator: "; ")
    }

    private func isOverSHA256(_ info: OpaquePointer) -> Bool {
        guard let imprint = unsafe TS_TST_INFO_get_msg_imprint(info) else { return false }
        guard let algorithm = unsafe TS_MSG_IMPRINT_get_algo(imprint) else { return false }
        return unsafe OBJ_obj2nid(algorithm.pointee.algorithm) == NID_sha256
    }

    private func checkNonce(of question: TimeStampQuestion) throws(TimeStampFailure) {
        let asked = unsafe TS_REQ_get_nonce(question.handle)
        let answered = unsafe TS_TST_INFO_get_nonce(TS_RESP_get_tst_info(self.handle))
        guard let answered = unsafe answered, unsafe ASN1_INTEGER_cmp(asked, answered) == 0 else { throw .otherBytes }
    }
}

extension Substring {
    fileprivate var trimmingBlanks: Substring {
        var text = self
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
