import Foundation
import Glibc
import OpenSSLTrust
import Programs
import Testing

@Suite(
    "Whose certificate is believed",
    .enabled(if: TestAuthority.missing == nil, "\(TestAuthority.missing ?? "")"),
    .withAuthority
)
struct CertificateVerifierTests {
    /// A moment at which everything holds that is meant to.
    static let now: Int64 = 1_893_456_000  // 2030-01-01

    let authority: TestAuthority

    init() throws {
        self.authority = try #require(TestAuthority.current)
    }

    /// What a row of a table says.
    struct Row: Sendable, CustomTestStringConvertible {
        var fact: String
        var chain: String
        var expected: CertificateRefusal?
        var change: @Sendable (inout CertificateTrust, TestAuthority) -> Void = { _, _ in }
        var testDescription: String { self.fact }
    }

    private func check(_ row: Row, at now: Int64 = Self.now) async throws {
        let verifier = try CertificateVerifier(self.authority.trust { row.change(&$0, self.authority) })
        let verdict = await verifier.verify(try self.authority.chain(row.chain), at: now)
        switch verdict {
        case .trusted: #expect(row.expected == nil, "\(row.fact)")
        case .refused(let refusal): #expect(refusal == row.expected, "\(row.fact)")
        }
    }

    @Test(
        "By its chain",
        arguments: [
            Row(fact: "a chain to the root is believed", chain: "anna-chain.pem"),
            Row(fact: "without its intermediate it leads nowhere", chain: "anna.pem", expected: .untrusted),
            Row(fact: "an intermediate that the gateway knows can be left out", chain: "anna.pem") {
                $0.intermediates = [$1.file("issuing.pem")]
            },
            Row(
                fact: "another authority's certificate with the same name",
                chain: "stranger.pem",
                expected: .untrusted
            ),
            Row(fact: "a root with the same name and another key", chain: "anna-chain.pem", expected: .untrusted) {
                $0.authorities = [$1.file("false.pem")]
            },
            Row(fact: "signed by somebody who is no authority", chain: "forged-chain.pem", expected: .untrusted),
            Row(fact: "signed by an authority that may make none", chain: "deep-chain.pem", expected: .constraint),
            Row(fact: "a name outside what its authority may give", chain: "outside-chain.pem", expected: .constraint),
            Row(fact: "expired", chain: "expired-chain.pem", expected: .expired),
            Row(fact: "not valid yet", chain: "future-chain.pem", expected: .notYetValid),
            Row(fact: "a server's certificate", chain: "server-chain.pem", expected: .wrongPurpose),
            Row(fact: "for servers and clients", chain: "machine-chain.pem"),
            Row(fact: "for no stated purpose", chain: "purposeless-chain.pem", expected: .wrongPurpose),
            Row(fact: "the authority itself", chain: "issuing.pem", expected: .wrongPurpose),
            Row(fact: "a signature over SHA-1", chain: "below-chain.pem", expected: .weakSignature),
            Row(fact: "an RSA key of 1024 bits", chain: "short-chain.pem", expected: .weakKey),
            Row(fact: "an RSA key of 3072 bits", chain: "long-chain.pem"),
            Row(fact: "an RSA key of 3072 bits where 4096 are asked for", chain: "long-chain.pem", expected: .weakKey) {
                trust,
                _ in trust.minimumRSABits = 4096
            },
            Row(fact: "a P-256 key where 384 bits are asked for", chain: "anna-chain.pem", expected: .weakKey) {
                trust,
                _ in trust.minimumCurveBits = 384
            },
            Row(fact: "an Ed25519 key", chain: "edwards-chain.pem"),
            Row(fact: "a mail address with a NUL in it", chain: "nul-chain.pem", expected: .malformed),
            Row(fact: "more certificates than are looked at", chain: "anna-chain.pem", expected: .tooLarge) {
                trust,
                _ in trust.maximumCertificates = 1
            },
        ]
    )
    func chains(row: Row) async throws {
        try await self.check(row)
    }

    @Test(
        "By lists of revoked certificates",
        arguments: [
            Row(fact: "not on the list", chain: "anna-chain.pem") { $0.revocationLists = Self.bothLists($1) },
            Row(fact: "on the list", chain: "revoked-chain.pem", expected: .revoked) {
                $0.revocationLists = Self.bothLists($1)
            },
            Row(fact: "on the list in DER", chain: "revoked-chain.pem", expected: .revoked) {
                $0.revocationLists = [$1.file("root.crl"), $1.file("issuing.der.crl")]
            },
            Row(fact: "without any list nothing is known to be revoked", chain: "revoked-chain.pem"),
            Row(fact: "a list of the root only", chain: "anna-chain.pem", expected: .listMissing) {
                $0.revocationLists = [$1.file("root.crl")]
            },
            Row(fact: "a list of the intermediate only", chain: "anna-chain.pem", expected: .listMissing) {
                $0.revocationLists = [$1.file("issuing.crl")]
            },
            Row(fact: "a list of somebody else", chain: "anna-chain.pem", expected: .listMissing) {
                $0.revocationLists = [$1.file("root.crl"), $1.file("other.crl")]
            },
            Row(fact: "an expired list", chain: "anna-chain.pem", expected: .listExpired) {
                $0.revocationLists = [$1.file("root.crl"), $1.file("issuing-expired.crl")]
            },
            Row(fact: "a list of the future", chain: "anna-chain.pem", expected: .listInvalid) {
                $0.revocationLists = [$1.file("root.crl"), $1.file("issuing-future.crl")]
            },
        ]
    )
    func lists(row: Row) async throws {
        try await self.check(row)
    }

    private static func bothLists(_ authority: TestAuthority) -> [String] {
        [authority.file("root.crl"), authority.file("issuing.crl")]
    }

    @Test(
        "By asking a responder",
        arguments: [
            Row(fact: "good", chain: "anna-chain.pem") { trust, _ in trust.onlineStatus = .require },
            Row(fact: "revoked", chain: "revoked-chain.pem", expected: .revoked) { trust, _ in
                trust.onlineStatus = .require
            },
            Row(fact: "revoked, and asking was optional", chain: "revoked-chain.pem", expected: .revoked) { trust, _ in
                trust.onlineStatus = .ifAvailable
            },
            Row(fact: "a responder must repeat the nonce, and does", chain: "anna-chain.pem") { trust, _ in
                trust.onlineStatus = .require
                trust.requiresNonce = true
            },
            Row(fact: "the configured responder is asked", chain: "silent-chain.pem") {
                $0.onlineStatus = .require
                $0.responder = $1.responder
            },
            Row(fact: "no responder is named", chain: "silent-chain.pem", expected: .statusUnavailable) { trust, _ in
                trust.onlineStatus = .require
            },
            Row(fact: "no responder is named, and asking was optional", chain: "silent-chain.pem") { trust, _ in
                trust.onlineStatus = .ifAvailable
            },
            Row(fact: "the intermediate names none", chain: "anna-chain.pem", expected: .statusUnavailable) {
                trust,
                _ in
                trust.onlineStatus = .require
                trust.onlineDepth = .chain
            },
            Row(fact: "nobody listens", chain: "anna-chain.pem", expected: .statusUnavailable) { trust, _ in
                trust.onlineStatus = .require
                trust.responder = "http://127.0.0.1:\(Programs.freePort())/"
                // The library tries until then.
                trust.onlineSeconds = 1
            },
            Row(fact: "nobody listens, and asking was optional", chain: "anna-chain.pem") { trust, _ in
                trust.onlineStatus = .ifAvailable
                trust.responder = "http://127.0.0.1:\(Programs.freePort())/"
                // The library tries until then.
                trust.onlineSeconds = 1
            },
        ]
    )
    func responders(row: Row) async throws {
        try await self.check(row, at: Int64(time(nil)))
    }

    @Test(
        "A responder that cannot be believed",
        arguments: [
            ("signed by a client", "issuing.txt", "anna", ["-nmin", "10"], CertificateRefusal.statusInvalid),
            ("signed by the authority itself", "issuing.txt", "issuing", ["-nmin", "10"], nil),
            ("signed by another authority's certificate", "issuing.txt", "stranger", ["-nmin", "10"], .statusInvalid),
            ("one that knows no certificate", "empty.txt", "responder", ["-nmin", "10"], .statusUnknown),
            ("one that gives no end", "issuing.txt", "responder", [], nil),
            ("one whose signature is broken", "issuing.txt", "responder", ["-badsig"], .statusInvalid),
        ] as [(String, String, String, [String], CertificateRefusal?)]
    )
    func signers(
        row: (fact: String, index: String, signer: String, more: [String], expected: CertificateRefusal?)
    ) async throws {
        let port = Programs.freePort()
        let responder = try Responder(self.authority, port: port, index: row.index, signer: row.signer, row.more)
        defer { responder.stop() }
        let trust = self.authority.trust {
            $0.onlineStatus = .require
            $0.responder = responder.address
        }
        let verdict = await (try CertificateVerifier(trust)).verify(
            try self.authority.chain("anna-chain.pem"),
            at: Int64(time(nil))
        )
        switch verdict {
        case .trusted: #expect(row.expected == nil)
        case .refused(let refusal): #expect(refusal == row.expected)
        }
    }

    @Test("An answer is used until it ends, and not a moment longer")
    func remembered() async throws {
        let port = Programs.freePort()
        let responder = try Responder(self.authority, port: port, index: "issuing.txt", signer: "responder")
        let trust = self.authority.trust {
            $0.onlineStatus = .require
            $0.responder = responder.address
        }
        let verifier = try CertificateVerifier(trust)
        let chain = try self.authority.chain("anna-chain.pem")
        let now = Int64(time(nil))
        func isTrusted(at moment: Int64) async -> Bool {
            if case .trusted = await verifier.verify(chain, at: moment) { true } else { false }
        }
        #expect(await isTrusted(at: now))
        // It was given between these two moments, for ten minutes.
        let after = Int64(time(nil))
        responder.stop()
        // Whoever asks again is told something else.
        let other = try Responder(self.authority, port: port, index: "empty.txt", signer: "responder")
        defer { other.stop() }
        #expect(await isTrusted(at: now + 599))
        #expect(await verifier.verify(chain, at: after + 601) == .refused(.statusUnknown))
    }

    @Test("A hundred connections at once ask once")
    func once() async throws {
        let port = Programs.freePort()
        // Answers one question and ends.
        let responder = try Responder(
            self.authority,
            port: port,
            index: "issuing.txt",
            signer: "responder",
            ["-nmin", "10", "-nrequest", "1"]
        )
        defer { responder.stop() }
        let trust = self.authority.trust {
            $0.onlineStatus = .require
            $0.responder = responder.address
        }
        let verifier = try CertificateVerifier(trust)
        let chain = try self.authority.chain("anna-chain.pem")
        let now = Int64(time(nil))
        let trusted = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<100 {
                group.addTask { if case .trusted = await verifier.verify(chain, at: now) { true } else { false } }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(trusted == 100)
    }

    @Test("Every name of the holder is read, as it is written")
    func names() async throws {
        let verifier = try CertificateVerifier(self.authority.trust())
        guard case .trusted(let anna) = await verifier.verify(try self.authority.chain("anna-chain.pem"), at: Self.now)
        else {
            Issue.record("not believed")
            return
        }
        #expect(anna.names.subject == "CN=anna,O=Plant")
        #expect(anna.issuer == "CN=Plant people,O=Plant")
        #expect(anna.names.mails == ["anna@plant.example"])
        #expect(anna.names.principals == ["anna@plant.example"])
        #expect(anna.names.addresses == ["spiffe://plant.example/anna"])
        #expect(anna.names.hosts == [])
        #expect(anna.serial == "1000")
        #expect(anna.notAfter == 2_524_607_999)
        let lucic = try #require(Certificate(der: try self.authority.chain("lucic.pem")[0]))
        #expect(lucic.names?.subject == #"CN=Jelena Lučić\, Dr.,O=Plant"#)
        let machine = try #require(Certificate(der: try self.authority.chain("machine.pem")[0]))
        #expect(machine.names?.hosts == ["press4.plant.example"])
    }

    @Test("Lists that are renewed count from then on, and a broken file changes nothing")
    func reloaded() async throws {
        let list = self.authority.file("renewed-\(UInt32.random(in: .min ... .max)).crl")
        try FileManager.default.copyItem(atPath: self.authority.file("issuing-expired.crl"), toPath: list)
        let verifier = try CertificateVerifier(
            self.authority.trust { $0.revocationLists = [self.authority.file("root.crl"), list] }
        )
        let chain = try self.authority.chain("revoked-chain.pem")
        #expect(await verifier.verify(chain, at: Self.now) == .refused(.listExpired))
        #expect(verifier.listsEnd == 1_580_515_200)
        try Data(contentsOf: URL(filePath: self.authority.file("issuing.crl"))).write(to: URL(filePath: list))
        try verifier.reload()
        #expect(verifier.listsEnd == 2_524_607_999)
        #expect(await verifier.verify(chain, at: Self.now) == .refused(.revoked))
        try Data("nonsense".utf8).write(to: URL(filePath: list))
        #expect(throws: TrustFailure.noRevocationList(file: list)) { try verifier.reload() }
        #expect(await verifier.verify(chain, at: Self.now) == .refused(.revoked))
    }

    @Test("A list that does not say when the next one comes is refused: it would count for ever")
    func endlessList() throws {
        var list = try Array(Data(contentsOf: URL(filePath: self.authority.file("issuing.der.crl"))))
        let end = Array("\u{17}\u{0D}491231235959Z".utf8)
        list.removeSubrange(try #require(list.firstRange(of: end)))
        // The whole and what is signed in it, one within the other, each with its length in one or two octets.
        var at = 0
        for _ in 0..<2 {
            let count = Int(list[at + 1] & 0x7F)
            try #require(list[at] == 0x30 && (1...2).contains(count))
            let length = list[at + 2..<at + 2 + count].reduce(0) { $0 << 8 | Int($1) } - end.count
            for octet in 0..<count { list[at + 1 + count - octet] = UInt8(truncatingIfNeeded: length >> (8 * octet)) }
            at += 2 + count
        }
        let file = self.authority.file("endless.crl")
        try Data(list).write(to: URL(filePath: file))
        let reason = "the list `\(file)` does not say when the next one comes (`nextUpdate`)"
        #expect(throws: TrustFailure.refused(reason)) {
            try CertificateVerifier(self.authority.trust { $0.revocationLists = [file] })
        }
    }

    @Test("Files that cannot be used are named")
    func files() throws {
        let key = self.authority.file("anna.key")
        #expect(throws: TrustFailure.noCertificates(file: key)) {
            try CertificateVerifier(CertificateTrust(authorities: [key]))
        }
        #expect(throws: TrustFailure.noAuthorities) { try CertificateVerifier(CertificateTrust(authorities: [])) }
        let nowhere = self.authority.file("nowhere.pem")
        #expect(throws: TrustFailure.unreadable(file: nowhere, reason: "No such file or directory")) {
            try CertificateVerifier(CertificateTrust(authorities: [nowhere]))
        }
    }

    @Test(
        "What is no certificate is refused, whatever it is",
        arguments: [0, 1, 2, 1_000, 40_000]
    )
    func nonsense(length: Int) async throws {
        let octets = [UInt8](repeating: 0x30, count: length)
        let verifier = try CertificateVerifier(self.authority.trust())
        let verdict = await verifier.verify([octets], at: Self.now)
        #expect(verdict == .refused(octets.count > 32_768 ? .tooLarge : .malformed))
        #expect(await verifier.verify([], at: Self.now) == .refused(.malformed))
        let anna = try self.authority.chain("anna.pem")[0]
        #expect(await verifier.verify([anna + [0]], at: Self.now) == .refused(.malformed))
        #expect(await verifier.verify([anna.dropLast()], at: Self.now) == .refused(.malformed))
    }
}
