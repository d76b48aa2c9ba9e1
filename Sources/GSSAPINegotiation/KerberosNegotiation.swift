import CGSSAPI
import Synchronization

/// One client's tokens, in order.
package final class KerberosNegotiation: Sendable {
    /// The longest token that is looked at, in bytes: tickets of Active Directory carry every group of a person, and may have 48 KiB.
    package static let maximumLength = 65_536

    /// How many tokens a client may send; Kerberos takes one, SPNEGO with another first choice two.
    package static let maximumTokens = 4

    private let acceptor: Acceptor
    private let state = Mutex(Context())

    init(_ acceptor: Acceptor) {
        self.acceptor = acceptor
    }

    /// Takes the client's next token.
    ///
    /// Waits where it stands: the memory of tokens already seen is a file.
    ///
    /// - Parameter token: As the client sent it. Untrusted.
    /// - Returns: What came of it; after anything but ``KerberosStep/proceeds(_:)`` the negotiation is over.
    package func take(_ token: [UInt8]) -> KerberosStep {
        guard token.count <= Self.maximumLength else { return .refused(.tooLong) }
        // SPNEGO would answer nothing with an offer.
        guard !token.isEmpty else { return .refused(.malformed) }
        return self.state.withLock { context in
            do throws(KerberosRefusal) {
                return try context.take(token, by: self.acceptor)
            } catch {
                return .refused(error)
            }
        }
    }
}

/// The library's side of a negotiation.
///
/// `~Copyable`, so that there is one owner and it is given back exactly once.
@safe private struct Context: ~Copyable {
    private var handle: gss_ctx_id_t?
    private var tokens = 0
    private var isOver = false

    init() {
        unsafe self.handle = nil
    }

    deinit {
        var minor: OM_uint32 = 0
        var handle = unsafe self.handle
        _ = unsafe gss_delete_sec_context(&minor, &handle, nil)
    }

    mutating func take(_ token: [UInt8], by acceptor: Acceptor) throws(KerberosRefusal) -> KerberosStep {
        self.tokens += 1
        guard !self.isOver, self.tokens <= KerberosNegotiation.maximumTokens else { throw .endless }
        self.isOver = true
        var (minor, ignored, flags, seconds): (OM_uint32, OM_uint32, OM_uint32, OM_uint32) = (0, 0, 0, 0)
        var client: gss_name_t?
        var answer = unsafe gss_buffer_desc()
        defer {
            _ = unsafe gss_release_name(&ignored, &client)
            _ = unsafe gss_release_buffer(&ignored, &answer)
        }
        var bytes = token
        let major = unsafe bytes.withUnsafeMutableBytes { buffer in
            // The library reads the token within the call only.
            var input = unsafe gss_buffer_desc(length: buffer.count, value: buffer.baseAddress)
            return unsafe stile_gss_accept(
                &minor,
                &self.handle,
                acceptor.handle,
                &input,
                &client,
                &answer,
                &flags,
                &seconds
            )
        }
        guard stile_gss_failed(major) == 0 else { throw KerberosRefusal(major: major, minor: minor) }
        let reply = unsafe Self.octets(of: answer)
        if stile_gss_goes_on(major) != 0 {
            self.isOver = false
            return .proceeds(reply)
        }
        guard flags & OM_uint32(GSS_C_ANON_FLAG) == 0, unsafe client != nil else { throw .unnamed }
        guard let target = self.target, target.lowercased().hasPrefix("http/") else { throw .otherService }
        guard let text = unsafe Self.text(of: client), let known = KerberosClient(principal: text, seconds: seconds)
        else {
            throw .unnamed
        }
        return .accepted(known, answer: reply)
    }

    /// The service that the client's ticket is for.
    private var target: String? {
        var minor: OM_uint32 = 0
        var name: gss_name_t?
        defer { _ = unsafe gss_release_name(&minor, &name) }
        guard unsafe stile_gss_failed(stile_gss_target(&minor, self.handle, &name)) == 0 else { return nil }
        return unsafe Self.text(of: name)
    }

    private static func text(of name: gss_name_t?) -> String? {
        var minor: OM_uint32 = 0
        var buffer = unsafe gss_buffer_desc()
        guard unsafe stile_gss_failed(gss_display_name(&minor, name, &buffer, nil)) == 0 else { return nil }
        defer { _ = unsafe gss_release_buffer(&minor, &buffer) }
        return unsafe String(validating: Self.octets(of: buffer), as: UTF8.self)
    }

    private static func octets(of buffer: gss_buffer_desc) -> [UInt8] {
        guard unsafe buffer.length > 0 else { return [] }
        return unsafe Array(UnsafeRawBufferPointer(start: buffer.value, count: buffer.length))
    }
}

extension KerberosRefusal {
    /// The reason behind the library's results.
    ///
    /// SPNEGO gives Kerberos' own numbers other ones, so that only its words tell them apart; they are English, since nothing here
    /// sets a language.
    fileprivate init(major: OM_uint32, minor: OM_uint32) {
        switch stile_gss_routine(major) {
        case stile_gss_duplicate_token: self = .replayed
        case stile_gss_expired: self = .expired
        case stile_gss_defective_token, stile_gss_bad_mechanism: self = .malformed
        default:
            let words = Acceptor.text(of: minor)
            self = Self.reasons.first { words.contains($0.words) }?.refusal ?? .other
        }
    }

    /// Source: MIT Kerberos, `krb5_err.et`, and what it says of keytabs.
    private static let reasons: [(words: String, refusal: KerberosRefusal)] = [
        ("Request is a replay", .replayed),
        ("Ticket expired", .expired),
        ("Ticket not yet valid", .expired),
        ("Clock skew too great", .clock),
        ("Cannot decrypt ticket", .otherKey),
        ("Cannot find key", .otherKey),
        ("No key table entry", .otherKey),
        ("Key table entry not found", .otherKey),
        ("key version", .otherKey),
        ("Wrong principal", .otherKey),
        ("not found in keytab", .otherKey),
    ]
}
