import Directory
import Foundation
import OpenLDAPDirectory
import Programs
import Testing

@Suite(
    "Finding people by what somebody vouches for",
    .enabled(if: Slapd.missing == nil, "\(Slapd.missing ?? "")"),
    .slapd
)
struct PersonKeyTests {
    private static func mail(_ text: String) -> PersonKey { .attribute("mail", AssertionValue(text)) }
    private static func uid(_ text: String) -> PersonKey { .attribute("uid", AssertionValue(text)) }
    private static func name(_ text: String) throws -> PersonKey { .name(try DistinguishedName(text)) }

    /// A row: the fact, the keys, whom they lead to, and why to nobody.
    struct Row: Sendable, CustomTestStringConvertible {
        var fact: String
        var keys: [PersonKey]
        var person: String?
        var refusal: AuthenticationRefusal = .unknownUser
        var testDescription: String { self.fact }
    }

    @Test(
        "Keys",
        arguments: try [
            Row(fact: "one attribute", keys: [mail("anna@plant.example")], person: "anna"),
            Row(fact: "two attributes of one entry", keys: [mail("anna@plant.example"), uid("anna")], person: "anna"),
            Row(
                fact: "one that nobody has says nothing",
                keys: [mail("zoe@plant.example"), uid("anna")],
                person: "anna"
            ),
            Row(
                fact: "an attribute that the server does not know",
                keys: [.attribute("userprincipalname", "anna"), uid("anna")],
                person: "anna"
            ),
            Row(
                fact: "attributes of two entries",
                keys: [mail("anna@plant.example"), uid("ben")],
                refusal: .ambiguousUser
            ),
            Row(
                fact: "an attribute that two entries have",
                keys: [mail("shared@plant.example")],
                refusal: .ambiguousUser
            ),
            Row(fact: "nobody", keys: [uid("zoe")]),
            Row(fact: "nothing", keys: []),
            Row(fact: "an asterisk is a letter", keys: [uid("ann*")]),
            Row(fact: "a filter is a text", keys: [uid("anna)(uid=*")]),
            Row(fact: "an entry's place", keys: [name("UID=anna, ou=People,dc=plant,dc=example")], person: "anna"),
            Row(fact: "a place where nothing is", keys: [name("uid=zoe,ou=people,dc=plant,dc=example")]),
            Row(fact: "a place outside the bases", keys: [name("uid=anna,ou=people,dc=other,dc=example")]),
            Row(
                fact: "a place and an attribute of another",
                keys: [name("uid=anna,ou=people,dc=plant,dc=example"), uid("ben")],
                refusal: .ambiguousUser
            ),
        ]
    )
    func keys(row: Row) async throws {
        let directory = try OpenLDAPDirectory(.company())
        defer { directory.stop() }
        let outcome = await directory.person(matching: row.keys)
        switch outcome {
        case .found(let person): #expect(person.name == row.person)
        case .refused(let refusal): #expect(row.person == nil && refusal == row.refusal)
        case .unavailable(let failure): Issue.record("\(failure)")
        }
    }

    @Test("Somebody who is switched off is found as such")
    func disabled() async throws {
        let directory = try OpenLDAPDirectory(.company())
        defer { directory.stop() }
        guard case .found(let person) = await directory.person(matching: [Self.uid("dora")]) else {
            Issue.record("not found")
            return
        }
        #expect(person.account.refusal == .disabled)
    }

    @Test("A certificate is compared octet for octet, also with the same issuer and serial number")
    func certificate() async throws {
        let mine = try Self.certificate()
        let other = try Self.certificate()
        #expect(mine != other)
        try Slapd.change(
            """
            dn: uid=stays,ou=people,dc=plant,dc=example
            changetype: modify
            add: userCertificate;binary
            userCertificate;binary:: \(Data(mine).base64EncodedString())
            """
        )
        let directory = try OpenLDAPDirectory(.company())
        defer { directory.stop() }
        func key(_ der: [UInt8]) -> PersonKey {
            .certificate(CertificateKey(der: der, serial: "0A1B2C3D4E5F60718293", issuer: #"CN=a \"b\" {c}"#))
        }
        guard case .found(let person) = await directory.person(matching: [key(mine)]) else {
            Issue.record("not found")
            return
        }
        #expect(person.name == "stays")
        #expect(await directory.person(matching: [key(other)]) == .refused(.unknownUser))
        #expect(await directory.person(matching: [key(mine), Self.uid("anna")]) == .refused(.ambiguousUser))
    }

    /// A new certificate, each with the same issuer and serial number, in DER.
    static func certificate() throws -> [UInt8] {
        let text = try Programs.run(
            try #require(Programs.find("openssl")),
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                "/dev/null",
                "-set_serial", "0x0A1B2C3D4E5F60718293", "-subj", #"/CN=a "b" {c}"#, "-days", "1",
            ]
        )
        let lines = text.split(separator: "\n").drop { $0 != "-----BEGIN CERTIFICATE-----" }.dropFirst()
        let base64 = lines.prefix { $0 != "-----END CERTIFICATE-----" }.joined()
        return try Array(#require(Data(base64Encoded: base64)))
    }
}

@Suite("Certificates as questions")
struct CertificateKeyTests {
    @Test(
        "A quotation mark in an issuer is written twice, whatever follows it; the serial number in decimal",
        arguments: [
            ("01", "CN=a", "{ serialNumber 1, issuer rdnSequence:\"CN=a\" }"),
            ("0A1B2C3D4E5F60718293", "CN=a", "{ serialNumber 47724914708969405121171, issuer rdnSequence:\"CN=a\" }"),
            ("FF", "CN=\"", "{ serialNumber 255, issuer rdnSequence:\"CN=\"\"\" }"),
            ("FF", "CN=\"\u{301} }", "{ serialNumber 255, issuer rdnSequence:\"CN=\"\"\u{301} }\" }"),
        ]
    )
    func filter(serial: String, issuer: String, exact: String) {
        let key = CertificateKey(der: [1], serial: serial, issuer: issuer)
        let octets = AssertionValue(octets: [1])
        #expect(
            key.filter
                == .any([.equals("usercertificate", AssertionValue(exact)), .equals("usercertificate", octets)])
        )
    }
}
