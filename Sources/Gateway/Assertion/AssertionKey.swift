import Crypto

/// A key that assertions are signed with (ES256).
///
/// Source: RFC 7518, section 3.4; RFC 7517 and RFC 7638 (its public half as JSON, and its thumbprint).
package struct AssertionKey: Sendable {
    /// When it was made, in seconds since 1970.
    package let created: Int64

    /// Its name in tokens and in the key set: the thumbprint of its public half, the same for whoever computes it.
    package let id: String

    let signer: P256.Signing.PrivateKey

    /// Makes a new key.
    package init(created: Int64) {
        self.init(signer: P256.Signing.PrivateKey(), created: created)
    }

    /// Reads a key in PEM (PKCS#8 or SEC 1); `nil` when it is none.
    package init?(pem: String, created: Int64) {
        guard let signer = try? P256.Signing.PrivateKey(pemRepresentation: pem) else { return nil }
        self.init(signer: signer, created: created)
    }

    private init(signer: P256.Signing.PrivateKey, created: Int64) {
        self.signer = signer
        self.created = created
        let (x, y) = Self.coordinates(of: signer.publicKey)
        // The members that are required, in the order of their names, without blanks (RFC 7638, section 3).
        let members = "{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"\(x)\",\"y\":\"\(y)\"}"
        self.id = base64URL(SHA256.hash(data: Array(members.utf8)))
    }

    /// The key in PEM, for its file.
    package var pem: String { self.signer.pemRepresentation }

    /// The public half as a member of a key set.
    package var publicJSON: String {
        let (x, y) = Self.coordinates(of: self.signer.publicKey)
        return
            "{\"alg\":\"ES256\",\"crv\":\"P-256\",\"kid\":\"\(self.id)\",\"kty\":\"EC\",\"use\":\"sig\",\"x\":\"\(x)\",\"y\":\"\(y)\"}"
    }

    private static func coordinates(of key: P256.Signing.PublicKey) -> (x: String, y: String) {
        let raw = Array(key.rawRepresentation)
        return (base64URL(raw.prefix(32)), base64URL(raw.suffix(32)))
    }
}

/// Base64 for addresses and tokens, without padding.
///
/// Source: RFC 4648, section 5.
func base64URL(_ bytes: some Sequence<UInt8>) -> String {
    String(
        decoding: encodedBase64(Array(bytes)).filter { $0 != UInt8(ascii: "=") }.map { digit in
            switch digit {
            case UInt8(ascii: "+"): UInt8(ascii: "-")
            case UInt8(ascii: "/"): UInt8(ascii: "_")
            default: digit
            }
        },
        as: UTF8.self
    )
}
