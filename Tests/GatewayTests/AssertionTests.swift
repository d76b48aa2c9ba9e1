import Crypto
import Foundation
import NIOCore
import Synchronization
import Testing
import TransparencyLog

@testable import Gateway

/// What services are told about who asks, in a way that they can check.
@Suite("Assertions")
struct AssertionTests {
    /// A token, read and checked without any code of the gateway.
    private struct Read {
        var header: [String: String]
        var claims: [String: Any]
        var isSigned: Bool

        init?(_ token: String, keySet: String) {
            let parts = token.split(separator: ".").map(String.init)
            guard parts.count == 3, let header = Self.object(parts[0]), let claims = Self.object(parts[1]),
                let signature = Self.octets(parts[2]),
                let set = try? JSONSerialization.jsonObject(with: Data(keySet.utf8)) as? [String: [[String: String]]],
                let names = header as? [String: String]
            else { return nil }
            self.header = names
            self.claims = claims
            let jwk = set["keys"]?.first { $0["kid"] == names["kid"] }
            guard let jwk, let x = jwk["x"].flatMap(Self.octets), let y = jwk["y"].flatMap(Self.octets),
                let key = try? P256.Signing.PublicKey(rawRepresentation: x + y),
                let ecdsa = try? P256.Signing.ECDSASignature(rawRepresentation: signature)
            else {
                self.isSigned = false
                return
            }
            self.isSigned = key.isValidSignature(ecdsa, for: Data("\(parts[0]).\(parts[1])".utf8))
        }

        private static func octets(_ text: String) -> [UInt8]? {
            let plain = text.replacing("-", with: "+").replacing("_", with: "/")
            let padded = plain + String(repeating: "=", count: (4 - plain.count % 4) % 4)
            return Data(base64Encoded: padded).map(Array.init)
        }

        private static func object(_ text: String) -> [String: Any]? {
            self.octets(text).flatMap { try? JSONSerialization.jsonObject(with: Data($0)) as? [String: Any] }
        }
    }

    private static let now: Int64 = 1_893_456_000

    @Test("A service that asks for it gets it, for itself, signed, and once for many requests")
    func forwarded() async throws {
        let ring = try #require(AssertionKeyRing([AssertionKey(created: Self.now - 86_400)]))
        let desk = AssertionDesk(issuer: "plant-1", ring: ring) { Self.now }
        var audience = AssertionAudience(audience: "https://things.example")
        audience.tellsClearance = true
        try await TestHouse.open(assertions: desk, audience: audience) { house in
            let client = try await house.client()
            let anna = TestHouse.authorization("anna")
            var tokens: [String] = []
            for _ in 0..<3 {
                let forged = "x-stile-assertion: forged\r\nX-STILE-ASSERTION: forged\r\n"
                let answer = try await client.ask("GET /things/open/echo", anna + forged)
                let fields = answer.text.split(separator: "\r\n").filter {
                    $0.lowercased().hasPrefix("x-stile-assertion:")
                }
                #expect(fields.count == 1)
                tokens.append(String(try #require(fields.first).split(separator: " ")[1]))
            }
            #expect(Set(tokens).count == 1)
            let answer = try await client.ask("GET /.stile/jwks.json", "")
            #expect(answer.status == 200)
            #expect(answer["content-type"] == "application/jwk-set+json")
            #expect(answer.text == desk.keySet)
            let read = try #require(Read(tokens[0], keySet: answer.text))
            #expect(read.isSigned)
            #expect(read.header == ["alg": "ES256", "typ": "JWT", "kid": ring.keys[0].id])
            let claims = read.claims
            #expect(claims["iss"] as? String == "plant-1")
            #expect(claims["aud"] as? String == "https://things.example")
            #expect(claims["sub"] as? String == FakeDirectory.uuid("anna"))
            #expect(claims["preferred_username"] as? String == "anna")
            #expect(claims["name"] as? String == "ANNA")
            #expect(claims["iat"] as? Int64 == Self.now)
            #expect(claims["exp"] as? Int64 == Self.now + 300)
            #expect((claims["jti"] as? String)?.count == 22)
            #expect(claims["amr"] as? [String] == ["basic"])
            #expect(claims["level"] as? String == "internal")
            #expect(claims["categories"] as? [String] == [])
            // Another person's is another one.
            let other = try await house.client().ask("GET /things/open/echo", TestHouse.authorization("ben"))
            #expect(other.status == 403)
        }
    }

    @Test("Without being asked for, nothing is signed and nothing published")
    func off() async throws {
        try await TestHouse.open { house in
            let client = try await house.client()
            let answer = try await client.ask("GET /things/open/echo", TestHouse.authorization("anna"))
            #expect(!answer.text.lowercased().contains("x-stile-assertion"))
            #expect(try await client.ask("GET /.stile/jwks.json", "").status == 401)
        }
    }

    @Test(
        "A key is published before it signs, and after",
        arguments: [
            // seconds after the second key was made, the key that signs, how many are published
            (Int64(-1), 0, 2), (0, 0, 2), (599, 0, 2), (600, 1, 2), (86_400, 1, 2), (86_999, 1, 2), (87_000, 1, 1),
        ]
    )
    func rotation(after: Int64, signer: Int, published: Int) throws {
        let made = Self.now
        let keys = [AssertionKey(created: made - 1_000_000), AssertionKey(created: made)]
        let ring = try #require(AssertionKeyRing(keys.reversed()))
        #expect(ring.signer(at: made + after).id == keys[signer].id)
        #expect(ring.published(at: made + after).count == published)
        #expect(ring.published(at: made + after).map(\.id).contains(keys[signer].id))
    }

    @Test("Keys are kept readable for their owner only, and old ones go when nobody needs them")
    func folder() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "stile-keys-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let folder = AssertionKeyFolder(FolderStore(root: path))
        #expect(try folder.read() == nil)
        let first = try folder.rotate(at: Self.now)
        let again = try folder.rotate(at: Self.now)
        #expect(again.keys.count == 2)
        #expect(try folder.read()?.keys.map(\.id) == again.keys.map(\.id))
        let file = "\(path)/\(Self.now).pem"
        let attributes = try FileManager.default.attributesOfItem(atPath: file)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        let later = try folder.rotate(at: Self.now + 1_000_000)
        #expect(!later.published(at: Self.now + 1_000_000).map(\.id).contains(first.keys[0].id))
        #expect(!FileManager.default.fileExists(atPath: file))
        try Data("nonsense".utf8).write(to: URL(filePath: "\(path)/17.pem"))
        #expect(throws: AssertionFailure.unreadable("17.pem")) { try folder.read() }
    }

    @Test("The name of a key is the thumbprint that others compute")
    func thumbprint() throws {
        // The key of RFC 7515, appendix A.3, put into DER here: SEC 1, section C.4. The thumbprint is Python's, by `hashlib`.
        let d = "jpsQnnGQmL+YBIffH1136cspYG6+0iY7X1fCE9+E9LI="
        let scalar = try #require(Data(base64Encoded: d))
        let signer = try P256.Signing.PrivateKey(rawRepresentation: scalar)
        #expect(
            AssertionKey(pem: signer.pemRepresentation, created: 0)?.id == "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U"
        )
        #expect(AssertionKey(pem: "nonsense", created: 0) == nil)
    }
}

@Suite("How names are found in the directory")
struct EntryRuleTests {
    @Test(
        "Rules",
        arguments: [
            ("mail={mail}", true), ("userPrincipalName={upn}", true), ("dn={subject}", true),
            ("userCertificate={certificate}", true), ("mail={Mail}", false), ("mail={}", false), ("mail=mail", false),
            ("={mail}", false), ("ma il={mail}", false), ("mail", false), ("", false), ("mail={mail}x", false),
            ("(uid={mail}", false), ("mail=*{mail}", false),
        ]
    )
    func rules(text: String, isOne: Bool) {
        #expect((EntryRule(text, sources: CertificateDesk.sources) != nil) == isOne)
    }
}
