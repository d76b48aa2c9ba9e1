import DecisionLog
import Directory
import Foundation
import Governance
import GovernanceConformance
import NIOCore
import Synchronization
import Testing

@testable import Gateway

/// Ways to sign in that are not a password: what a further method has to bring, and what it gets.
@Suite("Ways to sign in")
struct MethodTests {
    @Test(
        "An Authorization field is one kind of credential, or none",
        arguments: [
            // field, kind
            ("Basic YW5uYTpwdw==", "basic"),
            ("Negotiate YIIC", "negotiate"),
            ("negotiate YIIC", "negotiate"),
            ("Negotiate " + String(repeating: "YIIC", count: 7_000), "negotiate"),
            ("Basic " + String(repeating: "YTpi", count: 2_000), nil),
            ("Negotiate", nil),
            ("Negotiate ", nil),
            ("Negotiate Y!!!", nil),
            ("Bearer abc", nil),
            ("Bearer", nil),
            ("AWS4-HMAC-SHA256 Credential=x", nil),
            ("", nil),
        ] as [(String, String?)]
    )
    func kinds(field: String, kind: String?) {
        #expect(Credential(authorization: Array(field.utf8))?.method.rawValue == kind)
    }

    @Test("A token is a token as Bearer and as password, and the name beside it may be left out")
    func tokenSpellings() {
        let text = AccessToken().text
        func read(_ field: String) -> (Bool, String?)? {
            guard case .token(let token, let name)? = Credential(authorization: Array(field.utf8)) else { return nil }
            return (token.text == text, name)
        }
        func basic(_ name: String) -> String { "Basic " + Data("\(name):\(text)".utf8).base64EncodedString() }
        #expect(read("Bearer \(text)")?.0 == true)
        #expect(read("bearer \(text)")?.1 == nil)
        #expect(read(basic(""))?.1 == nil)
        #expect(read(basic("token"))?.1 == nil)
        #expect(read(basic("anna"))?.1 == "anna")
        #expect(read("Bearer  \(text)") == nil)
        var wrong = text
        wrong.append("x")
        guard case .mistypedToken? = Credential(authorization: Array("Bearer \(wrong)".utf8)) else {
            Issue.record("a mistyped token was taken for something else")
            return
        }
    }

    @Test("A certificate of the connection stands for its requests, until one shows something itself")
    func certificate() async throws {
        let certificates = FakeCertificates()
        let directory = FakeDirectory(TestHouse.people)
        let signIn = SignIn(directory, SignInMethods(certificates: certificates), limits: GuessLimits())
        let key = CredentialKey()
        let standing = ConnectionCredential(PeerCertificate(chain: [Array("anna".utf8)]), key: key)
        guard
            case .known(let identity, _) = await signIn.identify(
                standing.credential,
                digest: standing.digest,
                source: "1"
            )
        else {
            Issue.record("not known")
            return
        }
        #expect(identity.person.name == "anna")
        #expect(identity.authentication == Authentication(.certificate))
        let stranger = ConnectionCredential(PeerCertificate(chain: [Array("mallory".utf8)]), key: key)
        guard
            case .refused("no-such-subject", _) = await signIn.identify(
                stranger.credential,
                digest: stranger.digest,
                source: "1"
            )
        else {
            Issue.record("a stranger's certificate was taken")
            return
        }
    }

    @Test("A method that is not configured lets nobody in")
    func notConfigured() async throws {
        try await TestHouse.open { house in
            let client = try await house.client()
            for field in ["Negotiate YIIC", "Bearer \(AccessToken().text)"] {
                #expect(try await client.ask("GET /things/open", "authorization: \(field)\r\n").status == 401)
            }
            let reasons = Set(try house.records().map(\.verdict.refusal))
            #expect(reasons == ["method-not-configured"])
        }
    }

    @Test("A negotiation goes on as long as it takes, and is good for one request or for the connection")
    func negotiation() async throws {
        let methods = SignInMethods(negotiation: FakeNegotiations())
        try await TestHouse.open(methods: methods) { house in
            let client = try await house.client()
            let first = try await client.ask("GET /things/open", "")
            #expect(first.status == 401)
            #expect(first.fields.contains { $0.name == "www-authenticate" && $0.value == "Negotiate" })
            let second = try await client.ask("GET /things/open", Self.negotiate("hello"))
            #expect(second.status == 401)
            #expect(second["www-authenticate"] == "Negotiate " + Data("go on".utf8).base64EncodedString())
            let third = try await client.ask("GET /things/open", Self.negotiate("once:anna"))
            #expect(third.status == 200)
            #expect(third["www-authenticate"] == "Negotiate " + Data("welcome".utf8).base64EncodedString())
            // Good once: neither the next request, nor the same token again, nor another connection.
            #expect(try await client.ask("GET /things/open", "").status == 401)
            #expect(try await client.ask("GET /things/open", Self.negotiate("once:anna")).status == 401)
            let other = try await house.client()
            #expect(try await other.ask("GET /things/open", Self.negotiate("once:anna")).status == 401)
            // Good for the connection, and for no other.
            #expect(try await client.ask("GET /things/open", Self.negotiate("hello")).status == 401)
            #expect(try await client.ask("GET /things/open", Self.negotiate("bind:anna")).status == 200)
            #expect(try await client.ask("GET /things/open", "").status == 200)
            #expect(try await client.ask("GET /things/secret", "").status == 403)
            #expect(try await other.ask("GET /things/open", "").status == 401)
            let methods = Set(
                try house.records().filter { $0.verdict.decision == .allow }.map { $0.person?.who.authentication }
            )
            #expect(methods == ["negotiate"])
        }
    }

    @Test("Who negotiated on a connection is looked at again when something changes")
    func negotiatedAndDisabled() async throws {
        try await TestHouse.open(methods: SignInMethods(negotiation: FakeNegotiations())) { house in
            let client = try await house.client()
            _ = try await client.ask("GET /things/open", Self.negotiate("hello"))
            #expect(try await client.ask("GET /things/open", Self.negotiate("bind:anna")).status == 200)
            house.directory.change("anna", account: .disabled)
            await house.gateway.forget(PersonID(value: FakeDirectory.uuid("anna")))
            #expect(try await client.ask("GET /things/open", "").status == 401)
            house.directory.change("anna", account: .active)
            await house.gateway.forget(PersonID(value: FakeDirectory.uuid("anna")))
            #expect(try await client.ask("GET /things/open", "").status == 200)
        }
    }

    static func negotiate(_ token: String) -> String {
        "authorization: Negotiate \(Data(token.utf8).base64EncodedString())\r\n"
    }
}

/// Knows a certificate whose octets are a person's name.
private struct FakeCertificates: CertificateSignIn {
    func objection(to certificate: PeerCertificate) async -> String? { nil }

    func person(bearing certificate: PeerCertificate) async -> CredentialOutcome {
        let name = certificate.chain.first.map { String(decoding: $0, as: UTF8.self) } ?? ""
        guard let person = FakeDirectory.person(name, TestHouse.people[name]) else {
            return .refused(reason: "no-such-subject")
        }
        return .accepted(person)
    }
}

/// Two steps: `hello`, and then once a name for a request or a connection.
private final class FakeNegotiations: NegotiateSignIn {
    private let seen = Mutex<Set<[UInt8]>>([])

    func begin() -> any Negotiation { One(all: self) }

    private final class One: Negotiation {
        private let all: FakeNegotiations
        private let hasBegun = Mutex(false)

        init(all: FakeNegotiations) { self.all = all }

        func take(_ token: [UInt8]) async -> NegotiationStep {
            let text = String(decoding: token, as: UTF8.self)
            if text == "hello" {
                self.hasBegun.withLock { $0 = true }
                return .proceeds(Array("go on".utf8))
            }
            guard self.hasBegun.withLock({ $0 }), self.all.seen.withLock({ $0.insert(token).inserted }) else {
                return .refused(reason: "replayed")
            }
            let parts = text.split(separator: ":").map(String.init)
            guard parts.count == 2, let person = FakeDirectory.person(parts[1], TestHouse.people[parts[1]]) else {
                return .refused(reason: "no-such-principal")
            }
            let bindsFor = parts[0] == "bind" ? Duration.seconds(3_600) : nil
            return .accepted(person, answer: Array("welcome".utf8), bindsConnectionFor: bindsFor)
        }
    }
}
