import Crypto

/// What proves that a form was sent by the page that we gave to this very browser.
///
/// A page of somebody else could otherwise sign a person in under an account of its own and then read what they do there.
/// The form carries a code over the nonce that the same browser holds in a cookie, the host name, and the time; a foreign page can neither
/// read the one nor set the other.
///
/// Source: OWASP, Cross-Site Request Forgery Prevention, signed double-submit cookie.
struct FormKey: Sendable {
    private let key = SymmetricKey(size: .bits256)

    /// The name of the nonce's cookie.
    static let cookie: StaticString = "__Host-stile-form"
    /// How long a form may stay open before it has to be loaded again, in seconds.
    static let lifetime: Int64 = 3_600

    /// A nonce for a browser that has none.
    static func nonce() -> [UInt8] {
        encodedBase64URL((0..<16).map { _ in UInt8.random(in: .min ... .max) })
    }

    /// Whether a cookie's value may be a nonce of ours.
    static func isNonce(_ text: [UInt8]) -> Bool { text.count == 22 && decodedBase64URL(text)?.count == 16 }

    /// What goes into the form.
    ///
    /// - Parameters:
    ///   - nonce: What the browser holds.
    ///   - host: The host name, in small letters.
    ///   - now: Seconds since 1970.
    /// - Returns: The time and the code, as text.
    func token(for nonce: [UInt8], at host: [UInt8], now: Int64) -> [UInt8] {
        let code = HMAC<SHA256>.authenticationCode(for: Self.text(nonce, host, now), using: self.key)
        return Array("\(now).".utf8) + encodedBase64URL(Array(code))
    }

    /// Whether a form was made for this browser and host, not too long ago.
    func isGood(_ token: [UInt8], for nonce: [UInt8], at host: [UInt8], now: Int64) -> Bool {
        let parts = token.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard token.count <= 100, parts.count == 2, Self.isNonce(nonce),
            let made = Int64(String(decoding: parts[0], as: UTF8.self)), made <= now, now - made <= Self.lifetime,
            let code = decodedBase64URL(parts[1])
        else { return false }
        // Compares in constant time.
        return HMAC<SHA256>.isValidAuthenticationCode(
            code,
            authenticating: Self.text(nonce, host, made),
            using: self.key
        )
    }

    /// The field that gives a browser its nonce.
    static func setting(_ nonce: [UInt8]) -> [UInt8] {
        Array("set-cookie: \(self.cookie)=".utf8) + nonce
            + Array("; Max-Age=\(self.lifetime); Path=/; Secure; HttpOnly; SameSite=Strict\r\n".utf8)
    }

    private static func text(_ nonce: [UInt8], _ host: [UInt8], _ time: Int64) -> [UInt8] {
        Array("stile form 1\0\(time)\0".utf8) + nonce + [0] + host
    }
}
