import COpenLDAP
import Directory
import Glibc

/// What a server answered to one request.
struct Answer: Hashable {
    /// The result code.
    ///
    /// Source: RFC 4511, appendix A.
    var code: Int32
    /// The server's own words.
    var message: String
    /// What came with it.
    var controls: [Control] = []
    /// The value of an extended operation's answer.
    var value: [UInt8]?
    /// Where else to ask, as URLs.
    ///
    /// Source: RFC 4511, section 4.1.10.
    var referrals: [String] = []

    /// One line for people.
    var description: String {
        self.message.isEmpty ? Connection.text(of: self.code) : "\(Connection.text(of: self.code)) (\(self.message))"
    }
}

/// What came back from a server, freed when nobody looks at it any more.
@safe struct Response: ~Copyable {
    let message: OpaquePointer

    init(_ message: OpaquePointer) {
        unsafe self.message = message
    }

    deinit { unsafe ldap_msgfree(self.message) }

    /// The kind of message.
    var kind: Int32 { unsafe ldap_msgtype(self.message) }
}

extension Connection {
    /// Asks whether a name and a password belong together, and binds this connection to the name if they do.
    ///
    /// - Parameters:
    ///   - dn: In the server's own spelling; never empty, since an empty name is an anonymous bind, which always succeeds.
    ///   - password: Without a flaw.
    ///   - deadline: For the answer.
    /// - Returns: What the server says, wrong passwords included.
    /// - Throws: ``ConnectionFailure`` if it said nothing.
    func bind(
        dn: String,
        password: Password,
        by deadline: ContinuousClock.Instant
    ) throws(ConnectionFailure) -> Answer {
        precondition(!dn.isEmpty && password.flaw == nil, "an anonymous bind is no proof of anything")
        return try password.withOctets { octets throws(ConnectionFailure) in
            try unsafe self.bind(dn: dn, mechanism: nil, credentials: octets, by: deadline)
        }
    }

    /// Binds by the certificate that this connection showed (SASL EXTERNAL).
    func bindByCertificate(by deadline: ContinuousClock.Instant) throws(ConnectionFailure) -> Answer {
        try unsafe self.bind(dn: "", mechanism: "EXTERNAL", credentials: [UInt8]().span, by: deadline)
    }

    /// Binds by a Kerberos ticket (SASL GSSAPI), which is got first if there is none.
    ///
    /// - Parameters:
    ///   - principal: Who the gateway is, such as `stile@PLANT.EXAMPLE`.
    ///   - keytab: The file with the principal's key.
    ///   - deadline: For the bind; how long the KDC is waited for is in `krb5.conf`.
    /// - Returns: What the server says.
    /// - Throws: ``ConnectionFailure`` if it said nothing, or there is no ticket to show.
    func bindByTicket(
        principal: String,
        keytab: String,
        by deadline: ContinuousClock.Instant
    ) throws(ConnectionFailure) -> Answer {
        guard self.isSecure else { throw .tls("TLS is gone") }
        // Without this a missing file would surface as "No credentials cache found".
        guard unsafe access(keytab, R_OK) == 0 else { throw .serviceRefused("the keytab `\(keytab)` cannot be read") }
        var reason = [CChar](repeating: 0, count: 512)
        let status = unsafe stile_gss_ticket(
            principal,
            "FILE:\(keytab)",
            "MEMORY:stile-directory-\(principal)",
            &reason,
            reason.count
        )
        guard status == 0 else {
            let text = String(decoding: reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            throw .serviceRefused("no ticket for `\(principal)`: \(text)")
        }
        return try self.lifeline.watching(self.descriptor, until: deadline) { () throws(ConnectionFailure) -> Answer in
            let code = unsafe stile_ldap_bind_by_ticket(self.handle)
            // Below zero are failures of the library's own, of which only a lost server is not about the ticket.
            if code == LDAP_SERVER_DOWN || code == LDAP_TIMEOUT { throw self.lastFailure }
            guard code >= 0 else { throw .serviceRefused(self.lastMessage ?? Self.text(of: code)) }
            return Answer(code: code, message: code == LDAP_SUCCESS ? "" : self.lastMessage ?? "")
        }
    }

    /// The authorisation identity of this connection, such as `dn:uid=anna,…`; `nil` if the server will not say.
    ///
    /// Source: RFC 4532.
    func whoAmI(by deadline: ContinuousClock.Instant) throws(ConnectionFailure) -> String? {
        let answer = try self.extended(oid: "1.3.6.1.4.1.4203.1.11.3", by: deadline)
        guard answer.code == LDAP_SUCCESS else { return nil }
        return String(validating: answer.value ?? [], as: UTF8.self)
    }

    /// An extended operation without a value.
    func extended(oid: String, by deadline: ContinuousClock.Instant) throws(ConnectionFailure) -> Answer {
        var number: Int32 = 0
        let code = unsafe ldap_extended_operation(self.handle, oid, nil, nil, nil, &number)
        guard code == LDAP_SUCCESS else { throw .lost(Self.text(of: code)) }
        let response = try self.response(to: number, by: deadline)
        var value: UnsafeMutablePointer<berval>?
        _ = unsafe ldap_parse_extended_result(self.handle, response.message, nil, &value, 0)
        defer { unsafe ber_bvfree(value) }
        var answer = try self.answer(in: response)
        if let value = unsafe value { answer.value = unsafe Self.octets(value.pointee) }
        return answer
    }

    private func bind(
        dn: String,
        mechanism: UnsafePointer<CChar>?,
        credentials: Span<UInt8>,
        by deadline: ContinuousClock.Instant
    ) throws(ConnectionFailure) -> Answer {
        // INVARIANT: no credential leaves without TLS. It is up since `init`; this holds even if the library lost it behind our back.
        guard self.isSecure else { throw .tls("TLS is gone") }
        var number: Int32 = 0
        let code = unsafe Self.withControls([.passwordPolicy]) { controls in
            unsafe credentials.withUnsafeBufferPointer { buffer in
                // libldap takes the octets for `char *` but does not write to them.
                let start = unsafe UnsafeMutableRawPointer(mutating: buffer.baseAddress)
                var value = unsafe berval(
                    bv_len: ber_len_t(buffer.count),
                    bv_val: start?.assumingMemoryBound(to: CChar.self)
                )
                return unsafe ldap_sasl_bind(self.handle, dn, mechanism, &value, controls, nil, &number)
            }
        }
        guard code == LDAP_SUCCESS else { throw .lost(Self.text(of: code)) }
        return try self.answer(in: try self.response(to: number, by: deadline))
    }
}

// MARK: - Waiting for and reading answers

extension Connection {
    /// The whole answer to a request.
    func response(
        to number: Int32,
        isWhole: Bool = true,
        by deadline: ContinuousClock.Instant
    ) throws(ConnectionFailure) -> Response {
        guard let response = try self.response(to: number, isWhole: isWhole, within: deadline - .now) else {
            throw .deadline
        }
        return response
    }

    /// The answer to a request, or the next message of it; `nil` if none came in time.
    func response(
        to number: Int32,
        isWhole: Bool,
        within time: Duration
    ) throws(ConnectionFailure) -> Response? {
        guard time > .zero else { return nil }
        let (seconds, attoseconds) = time.components
        var wait = timeval(tv_sec: Int(seconds), tv_usec: Int(attoseconds / 1_000_000_000_000))
        // The library keeps the time between messages; the alarm, a little later, is for a message that never ends.
        let alarm = ContinuousClock.now + time + .milliseconds(20)
        return try self.lifeline.watching(self.descriptor, until: alarm) { () throws(ConnectionFailure) -> Response? in
            var message: OpaquePointer?
            let all = isWhole ? Int32(LDAP_MSG_ALL) : Int32(LDAP_MSG_ONE)
            let kind = unsafe ldap_result(self.handle, number, all, &wait, &message)
            if kind == 0 { return nil }
            guard kind > 0, let message = unsafe message else { throw self.lastFailure }
            return unsafe Response(message)
        }
    }

    /// The result that ends an answer.
    func answer(in response: borrowing Response) throws(ConnectionFailure) -> Answer {
        try unsafe self.answer(in: response.message)
    }

    /// The result that a message, or a chain of them, ends with.
    func answer(in message: OpaquePointer) throws(ConnectionFailure) -> Answer {
        var code: Int32 = 0
        var text: UnsafeMutablePointer<CChar>?
        var referrals: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        var controls: UnsafeMutablePointer<UnsafeMutablePointer<LDAPControl>?>?
        let status = unsafe ldap_parse_result(self.handle, message, &code, nil, &text, &referrals, &controls, 0)
        defer {
            unsafe ldap_memfree(text)
            unsafe ber_memvfree(
                UnsafeMutableRawPointer(referrals)?.assumingMemoryBound(to: UnsafeMutableRawPointer?.self)
            )
            unsafe ldap_controls_free(controls)
        }
        guard status == LDAP_SUCCESS else { throw .malformed(Self.text(of: status)) }
        return Answer(
            code: code,
            message: unsafe text.map { unsafe String(cString: $0) } ?? "",
            controls: unsafe Self.controls(in: controls),
            referrals: unsafe Self.texts(in: referrals)
        )
    }

    /// A copy of a list of texts that ends with a null pointer.
    static func texts(in list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> [String] {
        guard var next = unsafe list else { return [] }
        var texts: [String] = []
        while let text = unsafe next.pointee {
            texts.append(unsafe String(cString: text))
            unsafe next += 1
        }
        return texts
    }

    /// What a server says in between, outside any answer: which notice it is, and what it says.
    func notice(in response: borrowing Response) -> (oid: String, value: [UInt8])? {
        var oid: UnsafeMutablePointer<CChar>?
        var value: UnsafeMutablePointer<berval>?
        let code = unsafe ldap_parse_intermediate(self.handle, response.message, &oid, &value, nil, 0)
        defer {
            unsafe ldap_memfree(oid)
            unsafe ber_bvfree(value)
        }
        guard code == LDAP_SUCCESS, let oid = unsafe oid, let value = unsafe value else { return nil }
        return (unsafe String(cString: oid), unsafe Self.octets(value.pointee))
    }

    /// The controls of an answer or an entry, as values.
    static func controls(in list: UnsafeMutablePointer<UnsafeMutablePointer<LDAPControl>?>?) -> [Control] {
        guard var next = unsafe list else { return [] }
        var controls: [Control] = []
        while let control = unsafe next.pointee {
            let value = unsafe control.pointee.ldctl_value
            controls.append(
                Control(
                    oid: unsafe String(cString: control.pointee.ldctl_oid),
                    isCritical: unsafe control.pointee.ldctl_iscritical != 0,
                    value: unsafe value.bv_val == nil ? nil : Self.octets(value)
                )
            )
            unsafe next += 1
        }
        return controls
    }

    /// Lends controls to the library for the length of a call.
    static func withControls(
        _ controls: [Control],
        _ body: (UnsafeMutablePointer<UnsafeMutablePointer<LDAPControl>?>) -> Int32
    ) -> Int32 {
        var list: [UnsafeMutablePointer<LDAPControl>?] = unsafe []
        defer { for at in unsafe list.indices { unsafe ldap_control_free(list[at]) } }
        for control in controls {
            var made: UnsafeMutablePointer<LDAPControl>?
            var octets = (control.value ?? []).map { CChar(bitPattern: $0) }
            let code = unsafe octets.withUnsafeMutableBufferPointer { buffer in
                var value = unsafe berval(bv_len: ber_len_t(buffer.count), bv_val: buffer.baseAddress)
                let critical: Int32 = control.isCritical ? 1 : 0
                // The library copies (`dupval`), so nothing of ours is kept.
                guard control.value != nil else {
                    return unsafe ldap_control_create(control.oid, critical, nil, 1, &made)
                }
                return unsafe ldap_control_create(control.oid, critical, &value, 1, &made)
            }
            guard code == LDAP_SUCCESS else { return code }
            unsafe list.append(made)
        }
        unsafe list.append(nil)
        defer { _ = unsafe list.popLast() }
        return unsafe list.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return LDAP_NO_MEMORY }
            return unsafe body(start)
        }
    }

    /// A copy of what a `berval` points to.
    static func octets(_ value: berval) -> [UInt8] {
        unsafe Array(UnsafeRawBufferPointer(start: value.bv_val, count: Int(value.bv_len)))
    }
}
