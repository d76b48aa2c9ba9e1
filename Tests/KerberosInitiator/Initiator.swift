import CGSSAPI

/// The client's side of a Kerberos negotiation: what a browser or curl does.
@safe package final class Initiator {
    /// The client gave up, with GSSAPI's two numbers.
    package struct Failed: Error {
        package var major: UInt32
        package var minor: UInt32
    }

    /// How the client begins.
    package enum Manner: Sendable {
        /// SPNEGO, with Kerberos first.
        case negotiated
        /// Kerberos alone.
        case direct
    }

    private static let spnego = Identifier([0x2B, 6, 1, 5, 5, 2])
    private static let kerberos = Identifier([0x2A, 0x86, 0x48, 0x86, 0xF7, 0x12, 1, 2, 2])
    private static let hostBased = Identifier([0x2A, 0x86, 0x48, 0x86, 0xF7, 0x12, 1, 2, 1, 4])

    fileprivate var context: gss_ctx_id_t?
    private var credentials: gss_cred_id_t?
    private var service: gss_name_t?
    private let manner: Manner
    /// Whether the service has proved who it is.
    package private(set) var isSure = false

    /// A client with the tickets of a file, who wants to speak with a service such as `HTTP@localhost`.
    package init(cache: String, to service: String, _ manner: Manner = .negotiated) throws {
        self.manner = manner
        unsafe self.context = nil
        unsafe self.credentials = nil
        unsafe self.service = nil
        var minor: OM_uint32 = 0
        let major = unsafe cache.withCString { cache in
            unsafe "ccache".withCString { key in
                var element = unsafe gss_key_value_element_desc(key: key, value: cache)
                return unsafe withUnsafeMutablePointer(to: &element) { pointer in
                    var store = unsafe gss_key_value_set_desc(count: 1, elements: pointer)
                    return unsafe gss_acquire_cred_from(
                        &minor,
                        nil,
                        .max,
                        nil,
                        GSS_C_INITIATE,
                        &store,
                        &self.credentials,
                        nil,
                        nil
                    )
                }
            }
        }
        guard stile_gss_failed(major) == 0 else { throw Failed(major: major, minor: minor) }
        var text = Array(service.utf8)
        let named = unsafe text.withUnsafeMutableBytes { buffer in
            var name = unsafe gss_buffer_desc(length: buffer.count, value: buffer.baseAddress)
            return unsafe Self.hostBased.withDescription { kind in
                unsafe gss_import_name(&minor, &name, kind, &self.service)
            }
        }
        guard stile_gss_failed(named) == 0 else { throw Failed(major: named, minor: minor) }
    }

    deinit {
        var minor: OM_uint32 = 0
        _ = unsafe gss_delete_sec_context(&minor, &self.context, nil)
        _ = unsafe gss_release_cred(&minor, &self.credentials)
        _ = unsafe gss_release_name(&minor, &self.service)
    }

    /// The next token, in answer to the service's.
    package func next(_ answer: [UInt8] = []) throws -> [UInt8] {
        var (minor, flags): (OM_uint32, OM_uint32) = (0, 0)
        var answer = answer
        var token = unsafe gss_buffer_desc()
        defer { _ = unsafe gss_release_buffer(&minor, &token) }
        let major = unsafe answer.withUnsafeMutableBytes { buffer in
            var input = unsafe gss_buffer_desc(length: buffer.count, value: buffer.baseAddress)
            return unsafe (self.manner == .direct ? Self.kerberos : Self.spnego).withDescription { mechanism in
                unsafe gss_init_sec_context(
                    &minor,
                    self.credentials,
                    &self.context,
                    self.service,
                    mechanism,
                    OM_uint32(GSS_C_MUTUAL_FLAG | GSS_C_INTEG_FLAG),
                    0,
                    nil,
                    &input,
                    nil,
                    &token,
                    &flags,
                    nil
                )
            }
        }
        guard stile_gss_failed(major) == 0 else { throw Failed(major: major, minor: minor) }
        self.isSure = stile_gss_goes_on(major) == 0 && flags & OM_uint32(GSS_C_MUTUAL_FLAG) != 0
        return unsafe token.length == 0 ? [] : Array(UnsafeRawBufferPointer(start: token.value, count: token.length))
    }
}

extension Initiator {
    /// A seal over a message, under the key that both sides have now.
    package func seal(_ message: [UInt8]) throws -> [UInt8] {
        var minor: OM_uint32 = 0
        var message = message
        var seal = unsafe gss_buffer_desc()
        defer { _ = unsafe gss_release_buffer(&minor, &seal) }
        let major = unsafe message.withUnsafeMutableBytes { buffer in
            var input = unsafe gss_buffer_desc(length: buffer.count, value: buffer.baseAddress)
            return unsafe gss_get_mic(&minor, self.context, 0, &input, &seal)
        }
        guard stile_gss_failed(major) == 0 else { throw Failed(major: major, minor: minor) }
        return unsafe Array(UnsafeRawBufferPointer(start: seal.value, count: seal.length))
    }
}

/// An object identifier in DER, without its head.
private struct Identifier: Sendable {
    let octets: [UInt8]

    init(_ octets: [UInt8]) {
        self.octets = octets
    }

    /// Lends the identifier as the library wants it.
    func withDescription<Value>(_ body: (UnsafeMutablePointer<gss_OID_desc>) -> Value) -> Value {
        var octets = self.octets
        return unsafe octets.withUnsafeMutableBytes { buffer in
            var description = unsafe gss_OID_desc(length: OM_uint32(buffer.count), elements: buffer.baseAddress)
            return unsafe body(&description)
        }
    }
}
