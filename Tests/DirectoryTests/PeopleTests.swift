import Testing

@testable import Directory

@Suite("People")
struct PeopleTests {
    @Test(
        "Every way to type a name is read once",
        arguments: [
            ("anna", .plain("anna")), ("Anna", .plain("anna")), ("anna@Plant.example", .address("anna@plant.example")),
            (#"PLANT\anna"#, .domain("plant", "anna")), ("cafe\u{301}", .plain("caf\u{E9}")), ("a b", .plain("a b")),
            ("", nil), (" anna", nil), ("anna ", nil), ("anna\u{0}", nil), ("an\nna", nil), ("an\u{200B}na", nil),
            ("\u{202E}anna", nil), (#"\anna"#, nil), (#"PLANT\"#, nil), (#"A\B\c"#, nil), ("@plant", nil),
            ("anna@", nil),
            (String(repeating: "a", count: 257), nil),
        ] as [(String, LoginName?)]
    )
    func loginNames(typed: String, name: LoginName?) {
        #expect(LoginName(typed) == name)
    }

    @Test(
        "An identity reads in each form that directories give it",
        arguments: [
            ("uuid:532faa9a-7bbc-1041-8dba-1dac69220a8e", "uuid:532faa9a-7bbc-1041-8dba-1dac69220a8e"),
            ("uuid:532FAA9A-7BBC10418DBA1DAC69220A8E", "uuid:532faa9a-7bbc-1041-8dba-1dac69220a8e"),
            ("uuid:532faa9a-7bbc1041-8dba1dac-69220a8e", "uuid:532faa9a-7bbc-1041-8dba-1dac69220a8e"),
            ("sid:S-1-5-21-1004336348-1177238915-682003330-512", "sid:S-1-5-21-1004336348-1177238915-682003330-512"),
            ("sid:s-1-5-32-545", "sid:S-1-5-32-545"),
            ("532faa9a-7bbc-1041-8dba-1dac69220a8e", nil), ("uuid:532faa9a", nil), ("sid:S-1-5", nil),
            ("sid:S-2-5-1", nil),
            ("sid:S-1-5-4294967296", nil), ("dn:cn=x", nil), ("", nil),
        ] as [(String, String?)]
    )
    func stableIDs(text: String, value: String?) {
        #expect(StableID(value: text)?.value == value)
    }

    @Test("The octets of a SID and of a GUID become their written form and back")
    func binaryIDs() throws {
        let sid: [UInt8] =
            [1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 0xDC, 0xF4, 0xDC, 0x3B, 0x83, 0x3D, 0x2B, 0x46, 0x82, 0x8B]
            + [0xA6, 0x28, 0, 2, 0, 0]
        let id = try #require(StableID(objectSid: sid))
        #expect(id.value == "sid:S-1-5-21-1004336348-1177238915-682003330-512")
        #expect(id.objectSid == sid)
        #expect(StableID(objectSid: Array(sid.dropLast())) == nil)
        let guid: [UInt8] = [
            0x9A, 0xAA, 0x2F, 0x53, 0xBC, 0x7B, 0x41, 0x10, 0x8D, 0xBA, 0x1D, 0xAC, 0x69, 0x22, 0x0A, 0x8E,
        ]
        let uuid = try #require(StableID(objectGUID: guid))
        #expect(uuid.value == "uuid:532faa9a-7bbc-1041-8dba-1dac69220a8e")
        #expect(uuid.objectGUID == guid)
    }

    @Test("A password shows nothing of itself")
    func passwordsAreSilent() {
        let password = Password("tiger-lily")
        var dumped = ""
        dump(password, to: &dumped)
        for text in ["\(password)", String(reflecting: password), dumped, "\(["key": password])"] {
            #expect(!text.contains("tiger") && !text.contains("116"))
        }
        #expect(password.withOctets { $0.count } == 10)
    }

    @Test(
        "A password that must never be sent says why",
        arguments: [
            ("", .blank), ("   ", .blank), ("\t\n", .blank), ("a\u{0}b", .containsNUL), ("\u{0}", .containsNUL),
            (String(repeating: "x", count: 1_025), .tooLong), ("x", nil), (" x", nil), ("\u{A0}", nil),
        ] as [(String, Password.Flaw?)]
    )
    func passwordFlaws(text: String, flaw: Password.Flaw?) {
        #expect(Password(text).flaw == flaw)
    }

    @Test("Only an active account and one in grace are let in, and every other state says why not")
    func accountStates() {
        let states: [AccountState] = [
            .active, .passwordInGrace(loginsLeft: 2), .disabled, .expired, .locked(until: nil), .passwordExpired,
            .passwordMustChange, .notHereOrNow,
        ]
        for state in states { #expect(state.allowsSignIn == (state.refusal == nil)) }
        #expect(states.filter(\.allowsSignIn) == [.active, .passwordInGrace(loginsLeft: 2)])
    }
}
