import Testing

@testable import Directory

@Suite("Search filters")
struct SearchFilterTests {
    @Test(
        "What a person typed can only ever be a value",
        arguments: [
            ("alice", "(uid=alice)"),
            ("*", "(uid=\\2a)"),
            ("a)(uid=*", "(uid=a\\29\\28uid=\\2a)"),
            ("*)(|(objectClass=*", "(uid=\\2a\\29\\28|\\28objectClass=\\2a)"),
            ("\\", "(uid=\\5c)"),
            ("\u{0}", "(uid=\\00)"),
            ("a\nb", "(uid=a\\0ab)"),
            ("Lučić", "(uid=Lu\\c4\\8di\\c4\\87)"),
            ("", "(uid=)"),
        ]
    )
    func values(typed: String, written: String) throws {
        let filter = SearchFilter.equals("uid", AssertionValue(typed))
        #expect(filter.description == written)
        #expect(try SearchFilter(written) == filter)
    }

    @Test(
        "Every form of RFC 4515 reads and is written as it was",
        arguments: [
            "(cn=babs jensen)", "(!(cn=tim howes))", "(&(objectclass=person)(|(sn=jensen)(cn=babs j*)))",
            "(o=univ*of*mich*)", "(seealso=)", "(cn:caseexactmatch:=fred flintstone)", "(cn:=betty rubble)",
            "(sn:dn:2.4.6.8.10:=barney rubble)", "(o:dn:=ace industry)", "(:1.2.3:=wilma flintstone)",
            "(:dn:2.4.6.8.10:=dino)", "(&)", "(|)", "(age>=18)", "(age<=18)", "(cn~=ana)", "(objectclass=*)",
            "(cn=*mid*)", "(cn=*end)", "(member:1.2.840.113556.1.4.1941:=cn=a\\5c,b,dc=x)", "(cn;lang-de=x)",
        ]
    )
    func roundTrip(text: String) throws {
        #expect(try SearchFilter(text).description == text)
    }

    @Test(
        "What is no filter says where it goes wrong",
        arguments: [
            ("", .expected("(", at: 0)),
            ("uid=anna", .expected("(", at: 0)),
            ("(uid=anna", .expected(")", at: 9)),
            ("(uid=anna))", .trailingText(at: 10)),
            ("(uid=a(b)", .unescaped(at: 6)),
            ("(uid=a**b)", .unescaped(at: 7)),
            ("(uid=\\zz)", .badEscape(at: 5)),
            ("(uid=\\2)", .badEscape(at: 5)),
            ("(=anna)", .expectedAttribute(at: 1)),
            ("(u d=anna)", .expectedAttribute(at: 1)),
            ("(uid)", .expectedComparison(at: 4)),
            ("(uid>anna)", .expectedComparison(at: 5)),
            ("(:=x)", .expectedAttribute(at: 1)),
            ("(uid:x)", .expectedComparison(at: 6)),
            ("(!)", .expected("(", at: 2)),
            (String(repeating: "(!", count: 40), .tooLong),
            (String(repeating: "(", count: 9_000), .tooLong),
        ] as [(String, SearchFilterError)]
    )
    func malformed(text: String, expected: SearchFilterError) {
        #expect(throws: expected) { try SearchFilter(text) }
    }

    @Test(
        "Attribute names are names and nothing else",
        arguments: [
            ("uid", "uid"), ("sAMAccountName", "samaccountname"), ("2.5.4.3", "2.5.4.3"),
            ("member;range=0-1499", "member;range=0-1499"), ("", nil), ("1", nil), ("01.2", nil), ("1..2", nil),
            ("u id", nil), ("uid=", nil), ("uid)", nil), ("uid*", nil), ("uid;", nil), ("-a", nil), ("ü", nil),
        ] as [(String, String?)]
    )
    func attributeNames(text: String, name: String?) {
        #expect(AttributeName(text)?.text == name)
    }
}
