import COpenSSL

extension Certificate {
    /// Every name that a certificate gives its holder.
    package struct Names: Hashable, Sendable {
        /// The subject as a DN (RFC 4514); empty when the certificate has none.
        package var subject = ""
        /// Mail addresses (`rfc822Name`).
        package var mails: [String] = []
        /// User principal names of Active Directory (`otherName` 1.3.6.1.4.1.311.20.2.3).
        package var principals: [String] = []
        /// Host names (`dNSName`).
        package var hosts: [String] = []
        /// Addresses of services (`uniformResourceIdentifier`), such as SPIFFE ids.
        package var addresses: [String] = []
    }

    /// How many alternative names are read at most.
    static let maximumNames = 64

    /// The names of the holder.
    ///
    /// - Returns: `nil` when one of them cannot be read, is not plain text, or when there are too many: half of the names would
    ///   be another holder.
    package var names: Names? {
        var names = Names()
        guard let subject = unsafe self.distinguishedName(X509_get_subject_name(self.handle)) else { return nil }
        names.subject = subject
        var critical: Int32 = 0
        guard let list = unsafe X509_get_ext_d2i(self.handle, NID_subject_alt_name, &critical, nil) else {
            // -1: there is none. Anything else: it is there twice, or cannot be read.
            return critical == -1 ? names : nil
        }
        let all = OpaquePointer(list)
        defer { unsafe GENERAL_NAMES_free(all) }
        let count = unsafe stile_names_count(all)
        guard count <= Self.maximumNames else { return nil }
        for index in 0..<count {
            guard let name = unsafe stile_names_at(all, index), unsafe Self.read(name, into: &names) else { return nil }
        }
        return names
    }

    /// The issuer as a DN (RFC 4514).
    package var issuer: String? { unsafe self.distinguishedName(X509_get_issuer_name(self.handle)) }

    /// Source: [MS-WCCE] 2.2.2.7.7.3 (the object identifier of user principal names).
    private static let principalName = "1.3.6.1.4.1.311.20.2.3"

    private static func read(_ name: UnsafePointer<GENERAL_NAME>, into names: inout Names) -> Bool {
        var kind: Int32 = 0
        let value = unsafe GENERAL_NAME_get0_value(name, &kind)
        switch kind {
        case GEN_EMAIL, GEN_DNS, GEN_URI:
            let octets = unsafe ASN1Values.octets(of: value?.assumingMemoryBound(to: ASN1_STRING.self))
            // IA5String is ASCII. A NUL would let C code elsewhere read another name than we do.
            guard !octets.isEmpty, octets.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return false }
            let text = String(decoding: octets, as: UTF8.self)
            switch kind {
            case GEN_EMAIL: names.mails.append(text)
            case GEN_DNS: names.hosts.append(text)
            default: names.addresses.append(text)
            }
            return true
        case GEN_OTHERNAME:
            var type: OpaquePointer?
            var text: UnsafePointer<ASN1_STRING>?
            guard unsafe stile_name_other(name, &type, &text) == 1, unsafe Self.identifier(type) == Self.principalName
            else { return true }  // a kind of name that nobody here looks at
            let octets = unsafe ASN1Values.octets(of: text)
            guard !octets.isEmpty, octets.allSatisfy({ $0 > 0x20 && $0 != 0x7F }),
                let principal = String(validating: octets, as: UTF8.self)
            else { return false }
            names.principals.append(principal)
            return true
        default: return true
        }
    }

    /// The written form of an object identifier.
    static func identifier(_ object: OpaquePointer?) -> String {
        var buffer = [CChar](repeating: 0, count: 128)
        let length = unsafe OBJ_obj2txt(&buffer, Int32(buffer.count), object, 1)
        guard length > 0, length < buffer.count else { return "" }
        return String(decoding: buffer[..<Int(length)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// A DN in the form of RFC 4514, most significant part last; `nil` when it cannot be written as text.
    private func distinguishedName(_ name: OpaquePointer?) -> String? {
        let memory = Memory()
        let style = stile_distinguished_name_style
        guard let name = unsafe name, unsafe X509_NAME_print_ex(memory.handle, name, 0, style) >= 0 else {
            LibraryErrors.clear()
            return nil
        }
        let octets = memory.bytes
        return octets.count <= 4096 ? String(validating: octets, as: UTF8.self) : nil
    }
}
