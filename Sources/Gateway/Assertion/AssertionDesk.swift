import Crypto
import Directory
import NIOConcurrencyHelpers
import NIOCore
import PolicyDecision
import SecurityLabels

/// Signs who somebody is, for services that check it.
///
/// A service that believes plain header fields believes whoever reaches it; one that checks an assertion needs to trust the key set alone.
/// One is signed for each person and service and used until shortly before its end: a signature costs as much as forwarding a request.
///
/// Source: RFC 7519 (JWT), RFC 7515 (JWS, compact), RFC 7518 (ES256).
package final class AssertionDesk: Sendable {
    /// An assertion as it goes on the wire.
    struct Minted {
        /// The whole header field.
        let field: [UInt8]
        /// Until when it may be used.
        let until: NIODeadline
    }

    private let issuer: String
    private let ring: NIOLockedValueBox<AssertionKeyRing>
    /// The present moment in seconds since 1970; a parameter, so that tests need not wait.
    private let now: @Sendable () -> Int64

    /// Puts a desk together.
    ///
    /// - Parameters:
    ///   - issuer: Who signs (`iss`): the gateway's name.
    ///   - ring: The keys.
    ///   - now: The present moment in seconds since 1970.
    package init(issuer: String, ring: AssertionKeyRing, now: @escaping @Sendable () -> Int64) {
        self.issuer = issuer
        self.ring = NIOLockedValueBox(ring)
        self.now = now
    }

    /// Takes other keys from now on.
    package func replace(_ ring: AssertionKeyRing) {
        self.ring.withLockedValue { $0 = ring }
    }

    /// The key set as it is published now.
    package var keySet: String { self.ring.withLockedValue { $0 }.keySet(at: self.now()) }

    /// Signs who somebody is.
    ///
    /// - Parameters:
    ///   - principal: The person, as requests are forwarded for.
    ///   - audience: Whom it is for.
    /// - Returns: The header field, or `nil` when the key cannot sign; then the request must not be forwarded.
    func mint(_ principal: Principal, for audience: AssertionAudience) -> Minted? {
        let now = self.now()
        let key = self.ring.withLockedValue { $0 }.signer(at: now)
        let header = "{\"alg\":\"ES256\",\"kid\":\"\(key.id)\",\"typ\":\"JWT\"}"
        let claims = self.claims(of: principal, for: audience, at: now)
        let signed = base64URL(header.utf8) + "." + base64URL(claims.utf8)
        guard let signature = try? key.signer.signature(for: Array(signed.utf8)) else { return nil }
        let field = "x-stile-assertion: \(signed).\(base64URL(signature.rawRepresentation))\r\n"
        let used = TimeAmount.seconds(audience.seconds - audience.seconds / 5)
        return Minted(field: Array(field.utf8), until: .now() + used)
    }

    private func claims(of principal: Principal, for audience: AssertionAudience, at now: Int64) -> String {
        let person = principal.person
        var random = SystemRandomNumberGenerator()
        var json = JSONText()
        json.member("iss", self.issuer)
        json.member("aud", audience.audience)
        json.member("sub", person.id.value)
        json.member("iat", Int(now))
        json.member("exp", Int(now + audience.seconds))
        json.member("jti", base64URL((0..<16).map { _ in UInt8.random(in: .min ... .max, using: &random) }))
        json.member("preferred_username", person.name)
        json.member("name", person.displayName)
        if let mail = person.mail { json.member("email", mail) }
        json.member("amr", [principal.authentication.method.rawValue])
        if audience.tellsClearance, let clearance = principal.snapshot.clearance {
            json.member("level", clearance.level.name)
            json.member("categories", clearance.categories.map(\.name).sorted())
        }
        return json.object
    }
}
