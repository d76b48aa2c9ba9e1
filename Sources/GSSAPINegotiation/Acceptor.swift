import CGSSAPI

/// The keys of a keytab, ready to accept clients.
///
/// This file and ``Negotiation`` are the only ones that call GSSAPI.
@safe final class Acceptor: Sendable {
    // Credentials are immutable after `init`, and MIT Kerberos locks them itself; the keytab is read anew for each client.
    nonisolated(unsafe) let handle: gss_cred_id_t?

    /// - Parameters:
    ///   - keytab: The file with the keys.
    ///   - replays: The file that remembers tokens already seen.
    /// - Throws: ``KerberosFailure``.
    init(keytab: String, replays: String) throws(KerberosFailure) {
        var minor: OM_uint32 = 0
        var handle: gss_cred_id_t?
        let major = unsafe stile_gss_acceptor(&minor, "FILE:\(keytab)", "file2:\(replays)", &handle)
        unsafe self.handle = handle
        guard stile_gss_failed(major) == 0 else { throw .keytab(file: keytab, reason: Self.text(of: minor)) }
    }

    deinit {
        var minor: OM_uint32 = 0
        var handle = unsafe self.handle
        _ = unsafe gss_release_cred(&minor, &handle)
    }

    /// The library's words for a Kerberos result.
    static func text(of minor: OM_uint32) -> String {
        var (code, more): (OM_uint32, OM_uint32) = (0, 0)
        var words = unsafe gss_buffer_desc()
        _ = unsafe gss_display_status(&code, minor, GSS_C_MECH_CODE, nil, &more, &words)
        defer { _ = unsafe gss_release_buffer(&code, &words) }
        return unsafe String(decoding: UnsafeRawBufferPointer(start: words.value, count: words.length), as: UTF8.self)
    }
}
