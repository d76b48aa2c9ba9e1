import Testing

@testable import Directory

@Suite("Distinguished names")
struct DistinguishedNameTests {
    @Test(
        "Names that a directory calls equal are equal",
        arguments: [
            ("cn=engineers,ou=groups,dc=plant,dc=example", "CN=Engineers, OU=Groups,DC=plant,DC=EXAMPLE", true),
            ("cn=a  b,dc=x", "cn= a b ,dc=x", true),
            ("cn=a+uid=b,dc=x", "uid=b+cn=a,dc=x", true),
            ("2.5.4.3=anna,0.9.2342.19200300.100.1.25=x", "cn=anna,dc=x", true),
            ("cn=Lu\\C4\\8Di\\C4\\87", "cn=Lučić", true),
            ("cn=caf\u{E9}", "cn=cafe\u{301}", true),  // composed and decomposed
            ("cn=a\\,b,dc=x", "cn=a,cn=b,dc=x", false),
            ("cn=a\\2Cb,dc=x", "cn=a\\,b,dc=x", true),
            ("cn=a\\ ,dc=x", "cn=a,dc=x", true),  // blanks at the end are insignificant, RFC 4518
            ("cn=#04024869", "cn=\\#04024869", false),  // encoded octets are not the text that looks like them
            ("cn=a,dc=x", "dc=x,cn=a", false),
            ("cn=a", "sn=a", false),
            ("", "", true),
        ]
    )
    func equality(left: String, right: String, equal: Bool) throws {
        let names = (try DistinguishedName(left), try DistinguishedName(right))
        #expect((names.0 == names.1) == equal)
        if equal { #expect(names.0.hashValue == names.1.hashValue) }
    }

    @Test(
        "A name is written so that it reads back as itself",
        arguments: [
            "UID=jsmith,DC=example,DC=net", "OU=Sales+CN=J.  Smith,DC=example,DC=net",
            #"CN=James \"Jim\" Smith\, III,DC=example,DC=net"#, #"CN=Before\0dAfter,DC=example,DC=net"#,
            "1.3.6.1.4.1.1466.0=#04024869", "CN=Lu\\C4\\8Di\\C4\\87", "cn=\\ a\\ ", "cn=\\#x",
            "cn=a\\+b\\=c\\;d\\<e\\>",
            "cn=", "cn=x\\00y",
        ]
    )
    func roundTrip(text: String) throws {
        let name = try DistinguishedName(text)
        #expect(try DistinguishedName(name.description) == name)
        #expect(try DistinguishedName(name.description).description == name.description)
    }

    @Test(
        "What is no name says where it goes wrong",
        arguments: [
            ("anna", .expectedEquals(at: 4)),
            ("=x", .expectedAttribute(at: 0)),
            ("cn=a,", .expectedAttribute(at: 5)),
            (",cn=a", .expectedAttribute(at: 0)),
            ("cn;lang-de=a", .expectedAttribute(at: 0)),
            ("cn=\"a\"", .unescaped(at: 3)),
            ("cn=a;dc=x", .unescaped(at: 4)),
            ("cn=a\u{0}", .unescaped(at: 4)),
            ("cn=a\\", .badEscape(at: 4)),
            ("cn=\\zz", .badEscape(at: 3)),
            ("cn=\\4", .badEscape(at: 3)),
            ("cn=#", .badHex(at: 3)),
            ("cn=#0", .badHex(at: 3)),
            ("cn=#00zz", .badHex(at: 3)),
            ("cn=\\ff", .notUTF8(at: 6)),
            (String(repeating: "a", count: 9_000), .tooLong),
            (Array(repeating: "a=b", count: 129).joined(separator: ","), .tooLong),
        ] as [(String, DistinguishedNameError)]
    )
    func malformed(text: String, expected: DistinguishedNameError) {
        #expect(throws: expected) { try DistinguishedName(text) }
    }

    @Test("A name is within itself and its bases, and within nothing that merely ends alike")
    func within() throws {
        let base = try DistinguishedName("ou=people,dc=plant,dc=example")
        #expect(try DistinguishedName("uid=anna,OU=People,dc=plant,dc=example").isWithin(base))
        #expect(base.isWithin(base))
        #expect(try !DistinguishedName("uid=anna,ou=expeople,dc=plant,dc=example").isWithin(base))
        #expect(try !DistinguishedName("dc=plant,dc=example").isWithin(base))
        #expect(base.isWithin(DistinguishedName(parts: [])))
        #expect(base.parent?.parent?.parent?.parent == nil)
    }
}
