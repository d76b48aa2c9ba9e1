import Directory
import Gateway
import Governance
import HTTP1

/// What holds for everything that is read of a credential.
enum SignInLaws {
    /// Checks one input.
    ///
    /// - Returns: The law that it breaks; `nil` when all hold.
    static func violation(by input: [UInt8]) -> String? {
        guard let first = input.first else { return nil }
        let bytes = Array(input.dropFirst())
        switch first % 5 {
        case 0: return self.token(bytes)
        case 1: return self.basic(bytes)
        case 2: return self.form(bytes)
        case 3: return self.target(bytes)
        default: return self.cookie(bytes)
        }
    }

    private static func token(_ bytes: [UInt8]) -> String? {
        switch AccessToken.read(bytes[...]) {
        case .none:
            return bytes.starts(with: AccessToken.prefix.utf8) && bytes.count >= 30
                ? "a token is taken for something else" : nil
        case .mistyped: return bytes.starts(with: AccessToken.prefix.utf8) ? nil : "something else is taken for a token"
        case .token(let token):
            guard Array(token.text.utf8) == bytes else { return "a token is written otherwise than it was read" }
            var wrong = bytes
            wrong[10] = wrong[10] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            return AccessToken.read(wrong[...]) == .mistyped ? nil : "a wrong character goes unnoticed"
        }
    }

    private static func basic(_ bytes: [UInt8]) -> String? {
        guard let credential = BasicCredential(field: bytes) else { return nil }
        guard !credential.name.utf8.contains(UInt8(ascii: ":")) else { return "a name has a colon" }
        guard !credential.name.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            return "a name has a control character"
        }
        let pair =
            Array(credential.name.utf8) + [UInt8(ascii: ":")]
            + credential.password.withOctets { octets in
                octets.indices.map { octets[$0] }
            }
        let again = Array("Basic ".utf8) + encodedBase64(pair)
        return again.dropFirst(6).elementsEqual(bytes.dropFirst(6)) ? nil : "a credential has two spellings"
    }

    private static let fields: Set<String> = ["name", "password", "form", "return"]

    private static func form(_ bytes: [UInt8]) -> String? {
        guard let form = FormBody(bytes, fields: self.fields) else { return nil }
        var written: [UInt8] = []
        for name in self.fields.sorted() {
            guard let value = form[name] else { continue }
            if !written.isEmpty { written.append(UInt8(ascii: "&")) }
            written += Array(name.utf8) + [UInt8(ascii: "=")] + value.flatMap(self.escaped)
        }
        // Written out, a form may be three times as long, and then it is over the limit.
        guard written.count <= FormBody.maximumLength else { return nil }
        guard let again = FormBody(written, fields: self.fields) else {
            return "a form that is written again is not read"
        }
        return self.fields.allSatisfy { again[$0] == form[$0] } ? nil : "a form that is written again reads otherwise"
    }

    private static func target(_ bytes: [UInt8]) -> String? {
        guard let target = ReturnTarget(bytes) else { return nil }
        guard target.octets == bytes else { return "a way back is changed" }
        guard bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return "a way back has a control character" }
        guard decodedForm(target.escaped[...]) == bytes else { return "a way back does not survive its escaping" }
        // Whatever a browser does to a path before it looks at its beginning.
        var path = Array(bytes.prefix { $0 != UInt8(ascii: "?") })
        for _ in 0..<4 {
            guard path.first == UInt8(ascii: "/") else { return "a way back does not begin with a slash" }
            if path.count > 1, [UInt8(ascii: "/"), UInt8(ascii: "\\")].contains(path[1]) {
                return "a way back names a host"
            }
            guard !path.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\\") }) else {
                return "a way back hides something"
            }
            guard let unescaped = decodedForm(path.map { $0 == UInt8(ascii: "+") ? 0x2D : $0 }[...]) else { break }
            path = unescaped
        }
        return nil
    }

    /// A head with this as its `Cookie` field, beside a plain reader that splits at every semicolon.
    private static func cookie(_ bytes: [UInt8]) -> String? {
        let text = Array("GET / HTTP/1.1\r\nhost: h\r\ncookie: ".utf8) + bytes + Array("\r\n\r\n".utf8)
        var head = RequestHead()
        guard case .complete(let length) = head.parse(text.span), length == text.count, head.fields.count == 2 else {
            return nil
        }
        let name = Array("__Host-stile=".utf8)
        let blanks: Set<UInt8> = [0x20, 0x09]
        let value = text[head.fields[1].value]
        let found = value.split(separator: UInt8(ascii: ";")).map { Array($0.drop { blanks.contains($0) }) }
            .filter { $0.starts(with: name) }.map { Array($0.dropFirst(name.count)) }
        let expected = found.count == 1 ? found.first : nil
        let seen = SessionCookie.find(in: head.fields, text.span).map { Array(text[$0]) }
        return seen == expected ? nil : "a cookie is not what a plain reader sees"
    }

    private static func escaped(_ octet: UInt8) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        return [UInt8(ascii: "%"), digits[Int(octet >> 4)], digits[Int(octet & 15)]]
    }
}
