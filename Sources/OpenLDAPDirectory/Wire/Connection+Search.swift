import COpenLDAP
import Directory
import Glibc

/// A question about entries.
struct SearchRequest {
    /// How far below its base a search looks.
    enum Scope {
        /// The base alone.
        case base
        /// What stands directly below the base.
        case children
        /// The base and everything below.
        case subtree
    }

    /// Where to begin, in the server's own spelling or ours; empty for the root entry.
    var base: String
    var scope: Scope = .subtree
    var filter: SearchFilter = .present("objectclass")
    /// What to read of each entry; empty reads nothing but names.
    var attributes: [AttributeName]
    /// The most entries to send; 0 for no limit.
    var sizeLimit: Int32 = 0
    var controls: [Control] = []
}

/// What a search found.
struct SearchAnswer {
    var entries: [Entry]
    /// Where else there may be entries, as URLs.
    ///
    /// Source: RFC 4511, section 4.5.3.
    var references: [String]
    var result: Answer
}

extension Connection {
    /// Searches, and waits for the whole answer.
    ///
    /// References to other servers are reported and not followed: the configuration says who is asked.
    func search(
        _ request: SearchRequest,
        by deadline: ContinuousClock.Instant
    ) throws(ConnectionFailure) -> SearchAnswer {
        let number = try self.send(request)
        let response = try self.response(to: number, by: deadline)
        var entries: [Entry] = []
        var references: [String] = []
        var result: Answer?
        var next = unsafe ldap_first_message(self.handle, response.message)
        while let message = unsafe next {
            switch unsafe ldap_msgtype(message) {
            case stile_ldap_message_entry: entries.append(try unsafe self.entry(message))
            case stile_ldap_message_reference: references += unsafe self.references(message)
            case stile_ldap_message_done: result = try unsafe self.answer(in: message)
            default: break
            }
            unsafe next = ldap_next_message(self.handle, message)
        }
        guard let result else { throw .malformed("a search without a result") }
        return SearchAnswer(entries: entries, references: references, result: result)
    }

    /// Sends a search and does not wait.
    ///
    /// - Returns: The number that its answers bear.
    func send(_ request: SearchRequest) throws(ConnectionFailure) -> Int32 {
        guard self.isSecure else { throw .tls("TLS is gone") }
        let scope =
            switch request.scope {
            case .base: stile_ldap_scope_base
            case .children: stile_ldap_scope_one_level
            case .subtree: stile_ldap_scope_subtree
            }
        let names = request.attributes.isEmpty ? ["1.1"] : request.attributes.map(\.text)
        var number: Int32 = 0
        let code = unsafe Self.withControls(request.controls) { controls in
            unsafe Self.withNames(names) { attributes in
                unsafe ldap_search_ext(
                    self.handle,
                    request.base,
                    scope,
                    request.filter.description,
                    attributes,
                    0,
                    controls,
                    nil,
                    nil,
                    request.sizeLimit,
                    &number
                )
            }
        }
        guard code == LDAP_SUCCESS else {
            throw code == LDAP_FILTER_ERROR
                ? .malformed("libldap does not take the filter") : .lost(Self.text(of: code))
        }
        return number
    }

    /// One entry of an answer.
    func entry(_ message: OpaquePointer) throws(ConnectionFailure) -> Entry {
        guard let dn = unsafe ldap_get_dn(self.handle, message) else { throw .malformed("an entry without a name") }
        defer { unsafe ldap_memfree(dn) }
        let text = unsafe String(cString: dn)
        let name: DistinguishedName
        do { name = try DistinguishedName(text) } catch { throw .malformed("the name of an entry: \(error)") }
        var entry = Entry(dn: text, name: name, values: [:])
        var cursor: OpaquePointer?
        var next = unsafe ldap_first_attribute(self.handle, message, &cursor)
        defer { if unsafe cursor != nil { unsafe ber_free(cursor, 0) } }
        while let attribute = unsafe next {
            entry.values[unsafe String(cString: attribute).lowercased()] = unsafe self.values(message, attribute)
            unsafe ldap_memfree(attribute)
            unsafe next = ldap_next_attribute(self.handle, message, cursor)
        }
        var controls: UnsafeMutablePointer<UnsafeMutablePointer<LDAPControl>?>?
        if unsafe ldap_get_entry_controls(self.handle, message, &controls) == LDAP_SUCCESS {
            entry.controls = unsafe Self.controls(in: controls)
            unsafe ldap_controls_free(controls)
        }
        return entry
    }

    private func references(_ message: OpaquePointer) -> [String] {
        var list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        let code = unsafe ldap_parse_reference(self.handle, message, &list, nil, 0)
        defer {
            unsafe ber_memvfree(UnsafeMutableRawPointer(list)?.assumingMemoryBound(to: UnsafeMutableRawPointer?.self))
        }
        return code == LDAP_SUCCESS ? unsafe Self.texts(in: list) : []
    }

    private func values(_ message: OpaquePointer, _ attribute: UnsafeMutablePointer<CChar>) -> [[UInt8]] {
        guard let list = unsafe ldap_get_values_len(self.handle, message, attribute) else { return [] }
        defer { unsafe ldap_value_free_len(list) }
        var values: [[UInt8]] = []
        var next = unsafe list
        while let value = unsafe next.pointee {
            values.append(unsafe Self.octets(value.pointee))
            unsafe next += 1
        }
        return values
    }

    /// Lends names to the library for the length of a call, as a list that ends with a null pointer.
    private static func withNames(
        _ names: [String],
        _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> Int32
    ) -> Int32 {
        var list: [UnsafeMutablePointer<CChar>?] = unsafe names.map { unsafe strdup($0) } + [nil]
        defer { for at in unsafe list.indices { unsafe free(list[at]) } }
        return unsafe list.withUnsafeMutableBufferPointer { unsafe body($0.baseAddress) }
    }
}
