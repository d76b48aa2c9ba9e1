import Directory
import GSSAPINegotiation
import OpenSSLTrust

/// What must hold for every input whatsoever.
enum IdentityLaws {
    /// A certificate is read whole or not at all, and its names are plain text.
    static func certificateViolation(by bytes: [UInt8]) -> String? {
        if let all = Certificate.all(inPEM: bytes), all.isEmpty { return "no certificates are some" }
        guard let certificate = Certificate(der: bytes) else { return nil }
        guard bytes.count <= Certificate.maximumLength else { return "too long, and read" }
        // What was read stands for all octets: nothing after it, nothing left out.
        guard certificate.der == bytes else { return "what is written is not what was read" }
        guard let names = certificate.names else { return nil }
        let all = names.mails + names.hosts + names.addresses + names.principals
        guard all.count <= 64 else { return "too many names" }
        for name in all where name.unicodeScalars.contains(where: { $0.value <= 0x20 || $0.value == 0x7F }) {
            return "a name that ends a line or a text"
        }
        return all.contains("") ? "an empty name" : nil
    }

    /// A principal is its name, one `@` and its realm.
    static func principalViolation(by bytes: [UInt8]) -> String? {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let client = KerberosClient(principal: text, seconds: 1) else { return nil }
        guard client.principal == text, "\(client.name)@\(client.realm)" == text else { return "another principal" }
        guard !client.name.contains("@"), !client.realm.contains("@") else { return "an `@` in a part" }
        return text.unicodeScalars.contains { $0.value <= 0x20 || $0 == "\\" }
            ? "a character that can be read in two ways" : nil
    }

    /// Whatever an issuer is called, the question for a certificate is one question with that value in it.
    static func keyViolation(by bytes: [UInt8]) -> String? {
        let issuer = String(decoding: bytes, as: UTF8.self)
        let key = CertificateKey(der: bytes, serial: "0A1B", issuer: issuer)
        guard let read = try? SearchFilter(key.filter.description) else { return "the question cannot be read" }
        guard read == key.filter else { return "another question is read" }
        guard case .any(let parts) = read, parts.count == 2, case .equals(_, let exact) = parts[0] else {
            return "another shape"
        }
        let text = String(decoding: exact.octets, as: UTF8.self)
        let (head, tail) = ("{ serialNumber 2587, issuer rdnSequence:\"", "\" }")
        guard text.hasPrefix(head), text.hasSuffix(tail) else { return "another frame" }
        let inner = text.dropFirst(head.count).dropLast(tail.count)
        // Each quotation mark within is written twice, so that none of them ends the value.
        return inner.split(separator: "\"\"", omittingEmptySubsequences: false).contains { $0.contains("\"") }
            ? "a quotation mark ends the value" : nil
    }
}
