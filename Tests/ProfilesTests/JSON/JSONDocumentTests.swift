import Profiles
import Testing

@Suite("Strict JSON with places")
struct JSONDocumentTests {
    @Test(
        "What every reader reads alike is read",
        arguments: [
            #"{}"#, #"[]"#, #" { "a" : [ 1 , -0.5e+3 , true , null , "x" ] } "#, "0", "-1", "1E9", #""""#,
            #"{"a":{"a":{"a":1}}}"#, #"{"A":1,"a":2}"#, #""\u00e4\ud83d\ude00\/\b""#, "\"ä\"", "\t[\r\n1]\n",
        ]
    )
    func accepted(text: String) throws {
        #expect(try JSONDocument(Array(text.utf8)).bytes == Array(text.utf8))
    }

    @Test(
        "What readers disagree on is refused",
        arguments: [
            (#"{"a":1,"a":2}"#, .repeatedName("a")),
            (#"{"a":1,"\u0061":2}"#, .repeatedName("a")),
            (#"{"x":{"a":1,"b":2,"a":3}}"#, .repeatedName("a")),
            ("", .unexpected(expected: "a value", at: 0)),
            ("{} x", .unexpected(expected: "the end of the text", at: 3)),
            ("{}{}", .unexpected(expected: "the end of the text", at: 2)),
            ("\u{FEFF}{}", .unexpected(expected: "a value", at: 0)),
            ("NaN", .unexpected(expected: "a value", at: 0)),
            ("-Infinity", .unexpected(expected: "a digit", at: 1)),
            ("01", .unexpected(expected: "the end of the text", at: 1)),
            ("1.", .unexpected(expected: "a digit", at: 2)),
            ("+1", .unexpected(expected: "a value", at: 0)),
            ("[1,]", .unexpected(expected: "a value", at: 3)),
            (#"{"a":1,}"#, .unexpected(expected: "a name in quotes", at: 7)),
            ("{a:1}", .unexpected(expected: "a name in quotes", at: 1)),
            ("{'a':1}", .unexpected(expected: "a name in quotes", at: 1)),
            (#"{"a" 1}"#, .unexpected(expected: "`:`", at: 5)),
            ("[1 2]", .unexpected(expected: "`,` or `]`", at: 3)),
            ("[1", .unexpected(expected: "`,` or `]`", at: 2)),
            (#"{"a":1"#, .unexpected(expected: "`,` or `}`", at: 6)),
            (#""a"#, .unexpected(expected: "the closing quote", at: 2)),
            ("\"a\nb\"", .unexpected(expected: "an escape for a control character", at: 2)),
            (#""\x""#, .notText(at: 1)),
            (#""\ud800""#, .notText(at: 1)),
            (#""\ud800\u0041""#, .notText(at: 1)),
            (#""\udc00""#, .notText(at: 1)),
            (#""\u12""#, .notText(at: 1)),
            ("tru", .unexpected(expected: "`true`", at: 0)),
            ("// x\n{}", .unexpected(expected: "a value", at: 0)),
        ] as [(String, JSONError)]
    )
    func refused(text: String, expected: JSONError) {
        #expect(throws: expected) { try JSONDocument(Array(text.utf8)) }
    }

    @Test("Octets that are not UTF-8, and UTF-16, are refused")
    func octets() {
        #expect(throws: JSONError.notText(at: 1)) { try JSONDocument([0x22, 0xC0, 0x80, 0x22]) }
        #expect(throws: JSONError.self) { try JSONDocument([0x7B, 0x00, 0x7D, 0x00]) }
    }

    @Test("Depth and number of values are bounded")
    func limits() throws {
        let limits = JSONLimits(depth: 3, nodes: 5)
        _ = try JSONDocument(Array("[[[1]]]".utf8), limits: limits)
        #expect(throws: JSONError.tooDeep(limit: 3)) { try JSONDocument(Array("[[[[]]]]".utf8), limits: limits) }
        #expect(throws: JSONError.tooManyValues(limit: 5)) {
            try JSONDocument(Array("[1,2,3,4,5]".utf8), limits: limits)
        }
        let deep = String(repeating: "[", count: 100_000)
        #expect(throws: JSONError.tooDeep(limit: 64)) { try JSONDocument(Array(deep.utf8)) }
    }

    @Test("Members are found by their exact octets, escapes undone")
    func members() throws {
        let root = try JSONDocument(Array(#"{"run\u005fid":"r\u0031","e\u0301":1,"list":["x",2]}"#.utf8)).root
        #expect(root["run_id"]?.string == "r1")
        #expect(root["\u{E9}"] == nil)
        #expect(root["e\u{301}"]?.kind == .number)
        #expect(root["list"]?.elements?.map(\.string) == ["x", nil])
        #expect(root["missing"] == nil)
        #expect(root["list"]?["x"] == nil)
        #expect(root.members?.map(\.name) == ["run_id", "e\u{301}", "list"])
    }

    @Test(
        "A filtered text is the original, cut",
        arguments: [
            ("[1, 2, 3]", Set([0]), "[2, 3]"),
            ("[1, 2, 3]", [1], "[1, 3]"),
            ("[1, 2, 3]", [2], "[1, 2]"),
            ("[1, 2, 3]", [0, 1], "[3]"),
            ("[1, 2, 3]", [0, 2], "[2]"),
            ("[1, 2, 3]", [1, 2], "[1]"),
            ("[ 1 , 2 , 3 ]", [0, 1, 2], "[  ]"),
            ("[1.50, 1e2]", [], "[1.50, 1e2]"),
            (#"[{"a" : 1.0}, "\u0041"]"#, [0], #"["\u0041"]"#),
        ] as [(String, Set<Int>, String)]
    )
    func cut(text: String, positions: Set<Int>, expected: String) throws {
        let document = try JSONDocument(Array(text.utf8))
        let elements = try #require(document.root.elements)
        let left = document.removing(positions.map { elements[$0] })
        #expect(String(decoding: left, as: UTF8.self) == expected)
    }

    @Test("Cutting any elements of any nested list leaves JSON with the others")
    func everyCut() throws {
        let text = #"{"a":[ [1,2] ,[3 , 4],[ ]], "b":[{"c":["x" ]},5 ]}"#
        let document = try JSONDocument(Array(text.utf8))
        let a = try #require(document.root["a"]?.elements)
        let b = try #require(document.root["b"]?.elements)
        let all = a + b + a.flatMap { $0.elements ?? [] } + (b[0]["c"]?.elements ?? [])
        for choice in 0..<(1 << all.count) {
            let removed = all.indices.filter { choice & 1 << $0 != 0 }
            let left = try JSONDocument(document.removing(removed.map { all[$0] }))
            #expect(left.root["a"]?.elements?.count == a.indices.filter { !removed.contains($0) }.count)
            #expect(left.root["b"]?.elements?.count == b.indices.filter { !removed.contains($0 + 3) }.count)
        }
    }
}
