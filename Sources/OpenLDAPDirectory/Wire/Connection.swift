import COpenLDAP
import Directory
import Glibc

/// One connection to one directory server, with TLS up from before the first request to its end.
///
/// The only type that calls libldap, here and in its extensions in this folder. `~Copyable`, so there is one owner and the handle is
/// closed exactly once; not `Sendable`, so it stays with the worker that opened it. After a ``ConnectionFailure`` it is to be dropped.
@safe struct Connection: ~Copyable {
    /// Where it leads.
    let server: ServerAddress

    /// The socket below, owned by libldap.
    let descriptor: Int32

    let handle: OpaquePointer
    let lifeline: Lifeline

    /// Connects, sets TLS up and holds the server's certificate to the authorities and to the server's name.
    ///
    /// - Parameters:
    ///   - server: Where to.
    ///   - trust: Whom to believe.
    ///   - certificate: The certificate and key to show, if any.
    ///   - messageLimit: The longest message to read, in octets.
    ///   - lifeline: Ends every wait when the question's time is over.
    ///   - deadline: For all of this.
    /// - Returns: The connection, protected.
    /// - Throws: ``ConnectionFailure``; then nothing was sent but, at most, the StartTLS request.
    static func open(
        to server: ServerAddress,
        trust: DirectoryTrust,
        certificate: (file: String, key: String)?,
        messageLimit: Int,
        lifeline: Lifeline,
        by deadline: ContinuousClock.Instant
    ) throws(ConnectionFailure) -> Connection {
        let descriptor = try Socket.connect(host: server.host, port: server.port, by: deadline)
        var handle: OpaquePointer?
        // The scheme `ldap` tells libldap to leave TLS to us; host and port are what the certificate is compared with.
        let address = ServerAddress(security: .startTLS, host: server.host, port: server.port)
        let code = unsafe ldap_init_fd(descriptor, Int32(LDAP_PROTO_TCP), address.description, &handle)
        guard code == LDAP_SUCCESS, let handle = unsafe handle else {
            close(descriptor)
            throw .unreachable(Self.text(of: code))
        }
        let connection = unsafe Connection(server, descriptor, handle, lifeline)
        try connection.configure(trust: trust, certificate: certificate, messageLimit: messageLimit)
        if server.security == .startTLS { try connection.startTLS(by: deadline) }
        try connection.installTLS(trust, by: deadline)
        return connection
    }

    private init(_ server: ServerAddress, _ descriptor: Int32, _ handle: OpaquePointer, _ lifeline: Lifeline) {
        self.server = server
        self.descriptor = descriptor
        unsafe self.handle = handle
        self.lifeline = lifeline
    }

    deinit { unsafe ldap_unbind_ext_s(self.handle, nil, nil) }

    /// Whether TLS is up; without it nothing may be sent.
    var isSecure: Bool { unsafe ldap_tls_inplace(self.handle) == 1 }

    /// Whether the connection is as idle as it should be: nothing has arrived that nobody asked for, such as its end.
    var isQuiet: Bool { unsafe stile_ldap_has_unread(self.handle) == 0 && !Socket.hasSomething(self.descriptor) }

    /// What protects the connection, such as `TLSv1.3 AES-256-GCM`.
    var protection: String {
        let version = self.textOption(Int32(LDAP_OPT_X_TLS_VERSION)) ?? "TLS"
        return self.textOption(Int32(LDAP_OPT_X_TLS_CIPHER)).map { "\(version) \($0)" } ?? version
    }
}

// MARK: - Setting up

extension Connection {
    private func configure(
        trust: DirectoryTrust,
        certificate: (file: String, key: String)?,
        messageLimit: Int
    ) throws(ConnectionFailure) {
        // Every option that matters is set here, so that neither /etc/ldap/ldap.conf nor the environment decides about it.
        try self.set(LDAP_OPT_PROTOCOL_VERSION, to: LDAP_VERSION3)
        try self.set(LDAP_OPT_DEREF, to: LDAP_DEREF_NEVER)
        try self.set(LDAP_OPT_SIZELIMIT, to: 0)
        try self.set(LDAP_OPT_TIMELIMIT, to: 0)
        unsafe try self.check(stile_ldap_ignore_referrals(self.handle))
        unsafe try self.check(stile_ldap_limit_message(self.handle, ber_len_t(messageLimit)))
        try self.set(LDAP_OPT_X_TLS_REQUIRE_CERT, to: LDAP_OPT_X_TLS_HARD)
        let minimum = trust.minimum == .tls13 ? stile_ldap_tls_1_3 : stile_ldap_tls_1_2
        try self.set(LDAP_OPT_X_TLS_PROTOCOL_MIN, to: minimum)
        // GnuTLS, which Debian's library is built with, does not heed that; it wants the versions among its priorities.
        if self.textOption(Int32(LDAP_OPT_X_TLS_PACKAGE)) == "GnuTLS" {
            let versions = trust.minimum == .tls13 ? "+VERS-TLS1.3" : "+VERS-TLS1.3:+VERS-TLS1.2"
            try self.set(LDAP_OPT_X_TLS_CIPHER_SUITE, to: "NORMAL:-VERS-ALL:\(versions)")
        }
        // Without this a missing file would surface as "can't contact server".
        guard unsafe access(trust.authorities, R_OK) == 0 else {
            throw .tls("the file of authorities `\(trust.authorities)` cannot be read")
        }
        try self.set(LDAP_OPT_X_TLS_CACERTFILE, to: trust.authorities)
        if let certificate {
            guard unsafe access(certificate.file, R_OK) == 0, unsafe access(certificate.key, R_OK) == 0 else {
                throw .tls("the certificate `\(certificate.file)` or its key cannot be read")
            }
            try self.set(LDAP_OPT_X_TLS_CERTFILE, to: certificate.file)
            try self.set(LDAP_OPT_X_TLS_KEYFILE, to: certificate.key)
        }
        // Last of the TLS options: it makes a context of this connection's own out of them.
        var isServer: Int32 = 0
        let code = unsafe ldap_set_option(self.handle, LDAP_OPT_X_TLS_NEWCTX, &isServer)
        guard code == LDAP_OPT_SUCCESS else {
            throw .tls("the certificates in `\(trust.authorities)` cannot be used")
        }
    }

    private func startTLS(by deadline: ContinuousClock.Instant) throws(ConnectionFailure) {
        let answer = try self.extended(oid: "1.3.6.1.4.1.1466.20037", by: deadline)
        guard answer.code == LDAP_SUCCESS else {
            throw .tls("the server refuses StartTLS: \(answer.description)")
        }
    }

    private func installTLS(
        _ trust: DirectoryTrust,
        by deadline: ContinuousClock.Instant
    ) throws(ConnectionFailure) {
        try self.lifeline.watching(self.descriptor, until: deadline) { () throws(ConnectionFailure) in
            let code = unsafe ldap_install_tls(self.handle)
            guard code == LDAP_SUCCESS, self.isSecure else {
                // GnuTLS has no words of its own for a certificate that it did not accept.
                guard let said = self.lastMessage, !said.contains("unknown error code") else {
                    throw .tls(
                        "the server's certificate is not signed by an authority in `\(trust.authorities)`, "
                            + "has expired, or is for another name than `\(self.server.host)`"
                    )
                }
                throw .tls(said)
            }
        }
        // Whatever the library made of its options: a version that is too old is found out here, before anything is sent.
        let version = self.textOption(Int32(LDAP_OPT_X_TLS_VERSION)) ?? "an unknown version"
        let accepted = trust.minimum == .tls13 ? ["1.3"] : ["1.2", "1.3"]
        guard accepted.contains(where: version.hasSuffix) else {
            throw .tls("the server speaks \(version), expected TLS \(trust.minimum.rawValue) at least")
        }
        // INVARIANT: libldap never reconnects. When it loses a connection it would open another one to its address by itself, without
        // TLS and without us knowing; an address where nobody can listen makes that fail.
        try self.set(LDAP_OPT_URI, to: "ldapi://%2Fdev%2Fnull")
    }

    private func set(_ option: Int32, to value: Int32) throws(ConnectionFailure) {
        var value = value
        unsafe try self.check(ldap_set_option(self.handle, option, &value))
    }

    private func set(_ option: Int32, to value: String) throws(ConnectionFailure) {
        unsafe try self.check(value.withCString { unsafe ldap_set_option(self.handle, option, $0) })
    }

    private func check(_ code: Int32) throws(ConnectionFailure) {
        guard code == LDAP_OPT_SUCCESS else { throw .unreachable("libldap refuses an option: \(Self.text(of: code))") }
    }
}

// MARK: - What went wrong

extension Connection {
    /// The library's own sentence for a result code.
    static func text(of code: Int32) -> String {
        unsafe ldap_err2string(code).map { unsafe String(cString: $0) } ?? "result code \(code)"
    }

    /// What the library has to say about the last failure.
    var lastMessage: String? { self.textOption(Int32(LDAP_OPT_DIAGNOSTIC_MESSAGE)) }

    /// The failure behind a call that returned -1.
    var lastFailure: ConnectionFailure {
        var code: Int32 = 0
        _ = unsafe ldap_get_option(self.handle, LDAP_OPT_RESULT_CODE, &code)
        switch code {
        case LDAP_TIMEOUT: return .deadline
        case LDAP_DECODING_ERROR: return .malformed("a message that cannot be decoded")
        default: return .lost(self.lastMessage ?? Self.text(of: code))
        }
    }

    private func textOption(_ option: Int32) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard unsafe ldap_get_option(self.handle, option, &text) == LDAP_OPT_SUCCESS, let text = unsafe text else {
            return nil
        }
        defer { unsafe ldap_memfree(text) }
        let copy = unsafe String(cString: text)
        return copy.isEmpty ? nil : copy
    }
}
