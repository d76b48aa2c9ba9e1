import Directory
import NIOCore
import Synchronization
import Testing

@testable import Gateway

@Suite("Credentials")
struct CredentialTests {
    @Test(
        "A Basic credential has one spelling",
        arguments: [
            // field value, name; nil is no credential
            ("Basic YW5uYTpwdw==", "anna"),
            ("bAsIc YW5uYTpwdw==", "anna"),
            ("Basic YW5uYTpwOnc=", "anna"),
            ("Basic Og==", ""),
            ("Basic  YW5uYTpwdw==", nil),
            ("Basic YW5uYTpwdw", nil),
            ("Basic YW5uYTpwdx==", nil),
            ("Basic YW5uYQ==", nil),
            ("Basic YW5uYTpw\ndw==", nil),
            ("Basic YW4AYTpwdw==", nil),
            ("Basic /w==", nil),
            ("Basic", nil),
            ("Digest YW5uYTpwdw==", nil),
        ] as [(String, String?)]
    )
    func basic(field: String, name: String?) {
        #expect(BasicCredential(field: Array(field.utf8))?.name == name)
    }

    @Test("Base64 goes both ways")
    func base64() {
        for length in 0..<40 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ length) }
            #expect(decodedBase64(encodedBase64(bytes)[...]) == bytes)
        }
    }

    @Test("Guesses are counted per account and per source, those under way included")
    func guesses() {
        var limits = GuessLimits()
        limits.perAccount = 2
        limits.perSource = 3
        var counter = GuessCounter(limits)
        let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
        func admits(account: String, source: String, at now: NIODeadline) -> Bool {
            counter.admit(account: account, source: source, at: now)
        }
        #expect(admits(account: "anna", source: "1", at: start))
        #expect(admits(account: "anna", source: "1", at: start))
        #expect(!admits(account: "anna", source: "2", at: start))
        counter.ended(account: "anna", source: "1", .wrong, at: start)
        counter.ended(account: "anna", source: "1", .right, at: start)
        // The right one has cleared the account, not the source.
        #expect(admits(account: "anna", source: "2", at: start))
        #expect(admits(account: "ben", source: "1", at: start))
        #expect(admits(account: "carla", source: "1", at: start))
        #expect(!admits(account: "dora", source: "1", at: start))
        for _ in 0..<2 { #expect(admits(account: "dora", source: "3", at: start)) }
        for _ in 0..<2 { counter.ended(account: "dora", source: "3", .wrong, at: start) }
        #expect(!admits(account: "dora", source: "4", at: start + .seconds(299)))
        #expect(admits(account: "dora", source: "4", at: start + .seconds(301)))
    }

    @Test(
        "Only a right password clears what was counted of an account",
        arguments: [
            (GuessCounter.Result.right, true), (.wrong, false), (.untold, false),
        ]
    )
    func clearing(result: GuessCounter.Result, isCleared: Bool) {
        var limits = GuessLimits()
        limits.perAccount = 3
        var counter = GuessCounter(limits)
        let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
        func ask(_ result: GuessCounter.Result) -> Bool {
            guard counter.admit(account: "anna", source: "1", at: start) else { return false }
            counter.ended(account: "anna", source: "1", result, at: start)
            return true
        }
        #expect(ask(.wrong) && ask(.wrong) && ask(result))
        #expect(ask(.wrong) == (result != .wrong))
        #expect(counter.admit(account: "anna", source: "1", at: start) == isCleared)
    }

    @Test(
        "Neither a directory that is down, nor a password that is none, gives a guesser more guesses",
        arguments: ["down", "blank"]
    )
    func between(what: String) async throws {
        let clock = TestClock()
        let directory = FakeDirectory(TestHouse.people)
        let signIn = SignIn(directory, limits: GuessLimits(), now: { clock.now })
        let key = CredentialKey()
        func ask(_ password: String) async throws -> String {
            let field = Array("Basic ".utf8) + encodedBase64(Array("anna:\(password)".utf8))
            let credential = try #require(BasicCredential(field: field))
            switch await signIn.identify(.basic(credential), digest: key.digest(of: field.span), source: "1") {
            case .known(let identity, _): return identity.person.name
            case .refused(let reason, _): return reason
            case .unavailable: return "unavailable"
            }
        }
        for guess in ["one", "two"] { #expect(try await ask(guess) == "wrong-password") }
        if what == "down" {
            directory.mood = .down
            #expect(try await ask("three") == "unavailable")
            directory.mood = .well
        } else {
            #expect(try await ask("") == "empty-password")
        }
        #expect(try await ask("four") == "wrong-password")
        #expect(try await ask("five") == "throttled")
        #expect(try await ask("secret-anna") == "throttled")
        clock.advance(by: .seconds(301))
        #expect(try await ask("secret-anna") == "anna")
    }

    @Test("Whatever name is typed, the guesses at one person's password are counted together")
    func names() async throws {
        let directory = FakeDirectory(TestHouse.people)
        let clock = TestClock()
        let signIn = SignIn(directory, limits: GuessLimits(), now: { clock.now })
        let key = CredentialKey()
        func ask(_ name: String, _ password: String) async throws -> String {
            let field = Array("Basic ".utf8) + encodedBase64(Array("\(name):\(password)".utf8))
            let credential = try #require(BasicCredential(field: field))
            switch await signIn.identify(.basic(credential), digest: key.digest(of: field.span), source: "1") {
            case .known(let identity, _): return identity.person.name
            case .refused(let reason, _): return reason
            case .unavailable: return "unavailable"
            }
        }
        for name in ["anna", "PLANT\\anna", "anna@plant.example"] {
            #expect(try await ask(name, "a guess") == "wrong-password")
        }
        for name in ["anna", "PLANT\\anna", "anna@plant.example", "OTHER\\anna"] {
            #expect(try await ask(name, "another guess") == "throttled")
            #expect(try await ask(name, "secret-anna") == "throttled")
        }
        #expect(try await ask("ben", "secret-ben") == "ben")
        clock.advance(by: .seconds(301))
        #expect(try await ask("PLANT\\anna", "secret-anna") == "anna")
        // And a right one clears them together.
        for _ in 0..<2 {
            #expect(try await ask("anna", "a guess \(UInt64.random(in: 0 ... .max))") == "wrong-password")
        }
        clock.advance(by: .seconds(61))
        #expect(try await ask("PLANT\\anna", "secret-anna") == "anna")
        for _ in 0..<3 {
            #expect(
                try await ask("anna@plant.example", "a guess \(UInt64.random(in: 0 ... .max))") == "wrong-password"
            )
        }
    }

    @Test("Who has changed since they were asked about is asked about again, and others are not")
    func changedMeanwhile() async throws {
        let directory = FakeDirectory(TestHouse.people)
        directory.mood = .late
        let signIn = SignIn(directory, limits: GuessLimits())
        let key = CredentialKey()
        @Sendable func ask(_ name: String) async -> String {
            let field = Array("Basic ".utf8) + encodedBase64(Array("\(name):secret-\(name)".utf8))
            guard let credential = BasicCredential(field: field) else { return "none" }
            switch await signIn.identify(.basic(credential), digest: key.digest(of: field.span), source: "1") {
            case .known(let identity, _): return identity.person.name
            case .refused(let reason, _): return reason
            case .unavailable(let reason): return reason
            }
        }
        async let anna = ask("anna")
        async let ben = ask("ben")
        try await Patience.wait("both are asked about") { directory.held == 2 }
        directory.change("anna", account: .disabled)
        await signIn.forget(LostAccessTests.id("anna"))
        // Whoever asks from here on must not be told what was true before.
        async let joined = ask("anna")
        directory.release()
        #expect(await [anna, joined] == ["disabled", "disabled"])
        #expect(await ben == "ben")
        #expect(await ask("ben") == "ben")
        #expect(directory.asked.filter { $0 == "ben" }.count == 1)
    }

    @Test("Whoever asks for the same credential at the same time shares one question")
    func singleFlight() async throws {
        let directory = FakeDirectory(TestHouse.people)
        directory.mood = .silent
        let signIn = SignIn(directory, limits: GuessLimits())
        let field = Array("Basic ".utf8) + encodedBase64(Array("anna:secret-anna".utf8))
        let digest = CredentialKey().digest(of: field.span)
        let asking = Mutex(0)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<20 {
                group.addTask { @Sendable in
                    asking.withLock { $0 += 1 }
                    guard let credential = BasicCredential(field: field) else { return false }
                    let outcome = await signIn.identify(.basic(credential), digest: digest, source: "1")
                    if case .known = outcome { return true }
                    return false
                }
            }
            try await Patience.wait("all ask") { asking.withLock { $0 } == 20 && directory.held >= 1 }
            directory.release()
            for try await isKnown in group { #expect(isKnown) }
        }
        #expect(directory.asked == ["anna"])
    }

    @Test("Answers hold for their time and no longer")
    func lifetimes() async throws {
        let clock = TestClock()
        let directory = FakeDirectory(TestHouse.people)
        let signIn = SignIn(directory, limits: GuessLimits(), now: { clock.now })
        let key = CredentialKey()
        func ask(_ pair: String) async throws -> String {
            let field = Array("Basic ".utf8) + encodedBase64(Array(pair.utf8))
            let credential = try #require(BasicCredential(field: field))
            switch await signIn.identify(.basic(credential), digest: key.digest(of: field.span), source: "1") {
            case .known(let identity, _): return identity.person.name
            case .refused(let reason, _): return reason
            case .unavailable: return "unavailable"
            }
        }
        #expect(try await ask("anna:secret-anna") == "anna")
        #expect(try await ask("anna:wrong") == "wrong-password")
        clock.advance(by: .seconds(29))
        #expect(try await ask("anna:secret-anna") == "anna")
        #expect(try await ask("anna:wrong") == "wrong-password")
        #expect(directory.asked.count == 2)
        clock.advance(by: .seconds(2))
        #expect(try await ask("anna:wrong") == "wrong-password")
        #expect(directory.asked.count == 3)
        clock.advance(by: .seconds(30))
        #expect(try await ask("anna:secret-anna") == "anna")
        #expect(directory.asked.count == 4)
        directory.mood = .down
        #expect(try await ask("ben:secret-ben") == "unavailable")
        directory.mood = .well
        // That nobody could be asked is not remembered.
        #expect(try await ask("ben:secret-ben") == "ben")
    }
}
