import DecisionLog
import Directory
import NIOCore
import Testing

@testable import Gateway

@Suite("When the directory is down")
struct OutageTests {
    /// Signs people in against a directory that a test takes down, by a clock that it sets.
    private struct Door {
        let clock = TestClock()
        let directory = FakeDirectory(TestHouse.people)
        let signIn: SignIn
        private let key = CredentialKey()

        init() {
            let clock = self.clock
            self.signIn = SignIn(self.directory, limits: GuessLimits(), now: { clock.now })
        }

        /// The answer in one word: the name, with `*` when it is remembered only; the reason; or `unavailable`.
        func ask(_ name: String, _ password: String? = nil) async throws -> String {
            let field = Array("Basic ".utf8) + encodedBase64(Array("\(name):\(password ?? "secret-\(name)")".utf8))
            let credential = try #require(BasicCredential(field: field))
            switch await self.signIn.identify(.basic(credential), digest: self.key.digest(of: field.span), source: "1")
            {
            case .known(let identity, _):
                return identity.person.name + (identity.authentication.isFromMemory ? "*" : "")
            case .refused(let reason, _): return reason
            case .unavailable: return "unavailable"
            }
        }
    }

    @Test("Who was known counts for five minutes longer, and nobody else")
    func known() async throws {
        let door = Door()
        #expect(try await door.ask("anna") == "anna")
        door.directory.mood = .down
        // Within the time that a verified credential counts anyway, nothing is different.
        door.clock.advance(by: .seconds(59))
        #expect(try await door.ask("anna") == "anna")
        door.clock.advance(by: .seconds(2))
        #expect(try await door.ask("anna") == "anna*")
        #expect(try await door.ask("anna", "secret-other") == "unavailable")
        #expect(try await door.ask("ben") == "unavailable")
        door.clock.advance(by: .seconds(298))
        #expect(try await door.ask("anna") == "anna*")
        door.clock.advance(by: .seconds(2))
        #expect(try await door.ask("anna") == "unavailable")
    }

    @Test("The first server back is used at the next look, a second later")
    func back() async throws {
        let door = Door()
        #expect(try await door.ask("anna") == "anna")
        door.directory.mood = .down
        door.clock.advance(by: .seconds(61))
        #expect(try await door.ask("anna") == "anna*")
        #expect(door.signIn.outage.since == door.clock.now)
        door.directory.mood = .well
        // Whoever asks is answered from memory, and somebody goes to see.
        #expect(try await door.ask("anna") == "anna*")
        try await Patience.wait("it is seen") { door.signIn.outage.since == nil }
        #expect(try await door.ask("anna") == "anna")
    }

    @Test("A change that was seen before ends what is remembered, and so does a refusal after")
    func forgotten() async throws {
        let door = Door()
        #expect(try await door.ask("anna") == "anna")
        #expect(try await door.ask("ben") == "ben")
        guard case .found(let anna) = await door.directory.person(named: "anna") else { return }
        await door.signIn.forget(anna.id)
        door.directory.mood = .down
        door.clock.advance(by: .seconds(61))
        #expect(try await door.ask("anna") == "unavailable")
        #expect(try await door.ask("ben") == "ben*")
    }

    @Test(
        "Only what means that no server answers is an outage",
        arguments: [
            (.noServer("x"), true), (.tls("x"), true), (.deadline, true), (.busy, false), (.serviceRefused("x"), false),
            (.groupsIncomplete("x"), false), (.operation(code: 53, message: "x"), false),
            (.malformedAnswer("x"), false),
            (.stopped, false),
        ] as [(DirectoryFailure, Bool)]
    )
    func kinds(failure: DirectoryFailure, isOutage: Bool) {
        let outage = DirectoryOutage()
        outage.note(failure, at: .now())
        #expect((outage.since != nil) == isOutage)
        outage.note(nil, at: .now())
        #expect(outage.since == nil)
    }

    @Test("Known people go on, but not to the highest level, and records, health and metrics say so")
    func served() async throws {
        try await TestHouse.open { configuration, _ in
            configuration.guesses.verifiedFor = .nanoseconds(1)
        } _: { house in
            let client = try await house.client()
            let tom = TestHouse.authorization("tom")
            #expect(try await client.ask("GET /things/top", tom).status == 200)
            house.directory.mood = .down
            // What an event loop knows counts until its next tick.
            try await Patience.wait("the sign-in is over") {
                let answer = try await client.ask("GET /things/open", tom)
                #expect(answer.status == 200)
                return await house.gateway.counters().credentialsFromMemory == 1
            }
            let refused = try await client.ask("GET /things/top", tom)
            #expect(refused.status == 503)
            #expect(refused.text.contains("highest level"))
            #expect(try await client.ask("GET /things/open", TestHouse.authorization("ben")).status == 503)
            // Without the ends of exchanges, which come when they may.
            let records = try await house.records(atLeast: 4).filter { $0.exchange == nil }
            #expect(
                records.suffix(3).map { $0.person?.who.authentication ?? "-" }
                    == ["basic (directory down)", "basic (directory down)", "basic"]
            )
            #expect(records.dropLast(3).allSatisfy { $0.person?.who.authentication == "basic" })
            #expect(records[records.count - 2].verdict.refusal == "directory-down")
            func get(_ path: String) async throws -> WireClient.Answer {
                let client = try await WireClient.connect(try #require(house.gateway.managementPort))
                try await client.send("GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n")
                return try await client.answer()
            }
            let ready = try await get("/ready")
            #expect(ready.status == 200)
            #expect(ready.text.contains("directory: down, known people are served for up to "))
            let metrics = try await get("/metrics").text
            for line in [
                "stile_directory_usable 0",
                "stile_directory_watch{by=\"none\"} 1",
            ] {
                #expect(metrics.contains("\n\(line)\n"), "\(line)")
            }
        }
    }
}
