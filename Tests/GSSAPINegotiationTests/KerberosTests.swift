import Foundation
import GSSAPINegotiation
import KerberosInitiator
import Programs
import Testing

@Suite("Accepting Kerberos clients", .enabled(if: Realm.missing == nil, "\(Realm.missing ?? "")"))
struct KerberosTests {
    let realm: Realm
    let desk: KerberosDesk

    init() throws {
        self.realm = try Realm.shared
        self.desk = try KerberosDesk(keytab: self.realm.file("http.keytab"), replays: self.realm.replays())
    }

    /// Lets a client and the gateway talk until one of them is done.
    private func talk(_ client: Initiator, _ desk: KerberosDesk) throws -> (last: KerberosStep, tokens: Int) {
        let negotiation = desk.begin()
        var step = negotiation.take(try client.next())
        var tokens = 1
        while case .proceeds(let answer) = step {
            step = negotiation.take(try client.next(answer))
            tokens += 1
        }
        if case .accepted(_, let answer) = step, !answer.isEmpty { _ = try client.next(answer) }
        return (step, tokens)
    }

    @Test(
        "A client with a ticket is known, and knows whom it has spoken with",
        arguments: [
            (Initiator.Manner.negotiated, "HTTP@localhost", 1), (.direct, "HTTP@localhost", 1),
            (.negotiated, "HTTP@127.0.0.1", 1),
        ]
    )
    func accepted(manner: Initiator.Manner, service: String, tokens: Int) throws {
        let client = try Initiator("anna", of: self.realm, to: service, manner)
        let outcome = try self.talk(client, self.desk)
        guard case .accepted(let known, _) = outcome.last else {
            Issue.record("\(outcome)")
            return
        }
        #expect(known.principal == "anna@PLANT.TEST")
        #expect(known.name == "anna")
        #expect(known.realm == "PLANT.TEST")
        #expect((1...36_300).contains(known.seconds))
        #expect(client.isSure)
        #expect(outcome.tokens == tokens)
    }

    @Test("Two clients at once are two people")
    func two() throws {
        let (first, second) = (self.desk.begin(), self.desk.begin())
        let anna = try Initiator("anna", of: self.realm, to: "HTTP@localhost").next()
        let ben = try Initiator("ben", of: self.realm, to: "HTTP@localhost").next()
        guard case .accepted(let two, _) = second.take(ben), case .accepted(let one, _) = first.take(anna) else {
            Issue.record("not accepted")
            return
        }
        #expect(one.name == "anna")
        #expect(two.name == "ben")
    }

    @Test("A token counts once, also for a gateway that was started again")
    func replayed() throws {
        let replays = self.realm.replays()
        let token = try Initiator("anna", of: self.realm, to: "HTTP@localhost").next()
        let keytab = self.realm.file("http.keytab")
        guard case .accepted = try KerberosDesk(keytab: keytab, replays: replays).begin().take(token) else {
            Issue.record("not accepted")
            return
        }
        let again = try KerberosDesk(keytab: keytab, replays: replays)
        #expect(again.begin().take(token) == .refused(.replayed))
    }

    @Test("A ticket for something else")
    func otherService() throws {
        let host = try KerberosDesk(keytab: self.realm.file("host.keytab"), replays: self.realm.replays())
        let token = try Initiator("anna", of: self.realm, to: "host@localhost").next()
        #expect(self.desk.begin().take(token) == .refused(.otherKey))
        #expect(host.begin().take(token) == .refused(.otherService))
        let old = try KerberosDesk(keytab: self.realm.file("old.keytab"), replays: self.realm.replays())
        #expect(
            old.begin().take(try Initiator("anna", of: self.realm, to: "HTTP@localhost").next()) == .refused(.otherKey)
        )
    }

    @Test(
        "What is no token",
        arguments: [
            ("nothing", [], .malformed), ("a number", [0x02, 0x01, 0x00], .malformed),
            ("NTLM", Array("NTLMSSP\0".utf8) + [1, 0, 0, 0] + [UInt8](repeating: 0, count: 24), .malformed),
            ("a length without an end", [0x60, 0x84, 0xFF, 0xFF, 0xFF, 0xFF], .malformed),
            ("as long as is looked at", [UInt8](repeating: 0x60, count: 65_536), .malformed),
            ("longer", [UInt8](repeating: 0x60, count: 65_537), .tooLong),
        ] as [(String, [UInt8], KerberosRefusal)]
    )
    func nonsense(fact: String, token: [UInt8], expected: KerberosRefusal) {
        #expect(self.desk.begin().take(token) == .refused(expected), "\(fact)")
    }

    @Test("A token that was changed is refused, or says the same")
    func changed() throws {
        let token = try Initiator("anna", of: self.realm, to: "HTTP@localhost").next()
        for index in token.indices {
            var other = token
            other[index] ^= 0x04
            // What is not sealed (names of mechanisms, lengths written in another way) may differ; whose it is may not.
            if case .accepted(let client, _) = self.desk.begin().take(other) {
                #expect(client.principal == "anna@PLANT.TEST", "octet \(index)")
            }
        }
        for count in stride(from: 0, to: token.count, by: 7) {
            guard case .refused = self.desk.begin().take(Array(token.prefix(count))) else {
                Issue.record("\(count) octets are enough")
                return
            }
        }
    }

    @Test("A client that would rather speak NTLM is told to speak Kerberos, and not for ever")
    func otherFirst() throws {
        let offer = NegotiationTokens.offer
        let negotiation = self.desk.begin()
        guard case .proceeds(let answer) = negotiation.take(offer) else {
            Issue.record("not answered")
            return
        }
        let kerberos: [UInt8] = [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x12, 1, 2, 2]
        #expect(answer.indices.contains { answer[$0...].starts(with: kerberos) })
        guard case .refused = negotiation.take([0xA1, 0x02, 0x30, 0x00]) else {
            Issue.record("let in without a ticket")
            return
        }
        #expect(negotiation.take(offer) == .refused(.endless))
    }

    @Test("A client that has agreed to speak Kerberos is known after three tokens, if nobody changed the offer")
    func manySteps() throws {
        for isChanged in [false, true] {
            let client = try Initiator("anna", of: self.realm, to: "HTTP@localhost", .direct)
            let negotiation = self.desk.begin()
            guard case .proceeds = negotiation.take(NegotiationTokens.offer) else {
                Issue.record("the offer was not answered")
                return
            }
            guard case .proceeds(let answer) = negotiation.take(NegotiationTokens.response(try client.next())) else {
                Issue.record("the ticket was not answered")
                return
            }
            _ = try client.next(try #require(NegotiationTokens.responseToken(in: answer)))
            #expect(client.isSure)
            // The seal over what was offered shows that nobody on the way took the better mechanisms out.
            var offered = NegotiationTokens.mechanisms
            if isChanged { offered[offered.count - 1] ^= 1 }
            let last = negotiation.take(NegotiationTokens.seal(try client.seal(offered)))
            if case .accepted(let known, _) = last {
                #expect(known.principal == "anna@PLANT.TEST" && !isChanged)
            } else {
                #expect(isChanged, "\(last)")
            }
        }
    }

    @Test("A negotiation that is over takes nothing more")
    func over() throws {
        let negotiation = self.desk.begin()
        _ = negotiation.take([0])
        let token = try Initiator("anna", of: self.realm, to: "HTTP@localhost").next()
        #expect(negotiation.take(token) == .refused(.endless))
    }

    @Test("A keytab that is not there, or holds nothing")
    func keytab() throws {
        for name in ["nowhere.keytab", "krb5.conf"] {
            #expect(throws: KerberosFailure.self) {
                try KerberosDesk(keytab: self.realm.file(name), replays: self.realm.replays())
            }
        }
    }
}

@Suite("Principals")
struct PrincipalTests {
    @Test(
        "Read in one way or not at all",
        arguments: [
            ("anna@PLANT.TEST", "anna"), ("svc/host@PLANT.TEST", "svc/host"), ("ж@PLANT.TEST", "ж"),
            ("anna", nil), ("@PLANT.TEST", nil), ("anna@", nil), ("anna@A@B", nil), (#"an\@na@PLANT.TEST"#, nil),
            ("an na@PLANT.TEST", nil), ("a@\u{301}b@PLANT.TEST", nil), ("anna\n@PLANT.TEST", nil), ("", nil),
            (String(repeating: "a", count: 600) + "@PLANT.TEST", nil),
        ] as [(String, String?)]
    )
    func principals(text: String, name: String?) {
        #expect(KerberosClient(principal: text, seconds: 1)?.name == name)
    }
}
