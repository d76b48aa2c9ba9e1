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
        // Octets, since to `String` a mark that follows makes another character of an `@`.
        let (name, realm, at) = (Array(client.name.utf8), Array(client.realm.utf8), UInt8(ascii: "@"))
        guard client.principal == text, name + [at] + realm == Array(text.utf8) else { return "another principal" }
        guard !name.contains(at), !realm.contains(at) else { return "an `@` in a part" }
        let isOdd = text.utf8.contains { $0 <= 0x20 || $0 == UInt8(ascii: "\\") }
        return isOdd ? "a character that can be read in two ways" : nil
    }

    /// Whatever an issuer is called, the question for a certificate is one question with that value in it.
    static func keyViolation(by bytes: [UInt8]) -> String? {
        let issuer = String(decoding: bytes, as: UTF8.self)
        let key = CertificateKey(der: bytes, serial: "0A1B", issuer: issuer)
        // Longer ones are sent all the same, but nobody reads them here.
        guard key.filter.description.utf8.count <= SearchFilter.maximumLength else { return nil }
        guard let read = try? SearchFilter(key.filter.description) else { return "the question cannot be read" }
        guard read == key.filter else { return "another question is read" }
        guard case .any(let parts) = read, parts.count == 2, case .equals(_, let exact) = parts[0] else {
            return "another shape"
        }
        let head = Array("{ serialNumber 2587, issuer rdnSequence:\"".utf8)
        let tail = Array("\" }".utf8)
        guard exact.octets.starts(with: head), exact.octets.suffix(tail.count) == tail[...] else {
            return "another frame"
        }
        // Each quotation mark within is written twice, so that none of them ends the value.
        let quote = UInt8(ascii: "\"")
        var marks = 0
        for octet in exact.octets.dropFirst(head.count).dropLast(tail.count) {
            if octet == quote {
                marks += 1
            } else if marks % 2 == 1 {
                return "a quotation mark ends the value"
            } else {
                marks = 0
            }
        }
        return marks % 2 == 1 ? "a quotation mark ends the value" : nil
    }
}
