import Testing

@testable import HTTP1

@Suite("Canonical targets")
struct CanonicalTargetTests {
    @Test(
        "What can be read in one way has one form",
        arguments: [
            // written, decided on and forwarded
            ("/", "/"),
            ("", "/"),
            ("?a", "/?a"),
            ("/a/b", "/a/b"),
            ("/a/b/", "/a/b/"),
            ("/a//b", "/a/b"),
            ("//a", "/a"),
            ("////", "/"),
            ("/a/./b", "/a/b"),
            ("/./a", "/a"),
            ("/a/.", "/a/"),
            ("/a/..", "/"),
            ("/a/../", "/"),
            ("/a/b/..", "/a/"),
            ("/a/b/../c", "/a/c"),
            ("/a/b/../../c", "/c"),
            ("/a//../b", "/b"),
            ("/a/.//b", "/a/b"),
            ("/a/./.b", "/a/.b"),
            ("/a/...", "/a/..."),
            ("/a/..b", "/a/..b"),
            ("/a/b..", "/a/b.."),
            ("/a.", "/a."),
            ("/%2e/a", "/a"),
            ("/a/%2e%2E/b", "/b"),
            ("/a/.%2e/b", "/b"),
            ("/a/%2e./b", "/b"),
            ("/mlflow/%2e%2e/admin", "/admin"),
            ("/%61%7E%2D", "/a~-"),
            ("/%c3%a9", "/%C3%A9"),
            ("/e%cc%81", "/e%CC%81"),  // another normal form is another name
            ("/%f0%9f%90%84", "/%F0%9F%90%84"),
            ("/%ef%bf%bf/%ed%9f%bf/%e0%a0%80", "/%EF%BF%BF/%ED%9F%BF/%E0%A0%80"),
            ("/a%20b", "/a%20b"),
            ("/a+b", "/a+b"),
            ("/%2b%3a%3b%3d%40", "/%2B%3A%3B%3D%40"),
            ("/a:b@c!$&'()*+,=", "/a:b@c!$&'()*+,="),
            ("/{a}", "/%7Ba%7D"),
            ("/[a]|^`\"<>", "/%5Ba%5D%7C%5E%60%22%3C%3E"),
            ("/100%25", "/100%25"),
            ("/100%25/x", "/100%25/x"),
            ("/%25%7A", "/%25z"),
            ("/%25a%2fx".replacing("%2f", with: "/"), "/%25a/x"),
            ("/A/a", "/A/a"),
            ("/a?b=//../%2e;%2f\\|", "/a?b=//../%2e;%2f\\|"),
            ("/a/..?b", "/?b"),
            ("/a?b?c", "/a?b?c"),
            ("/a?", "/a?"),
        ]
    )
    func canonical(written: String, canonical: String) throws {
        var target = CanonicalTarget()
        try target.read(Array(written.utf8).span, in: 0..<written.utf8.count)
        #expect(String(decoding: target.bytes, as: UTF8.self) == canonical)
        let mark = canonical.firstIndex(of: "?")
        #expect(text(target.path, in: canonical) == String(canonical[..<(mark ?? canonical.endIndex)]))
        #expect(text(target.query, in: canonical) == mark.map { String(canonical[canonical.index(after: $0)...]) })
    }

    @Test(
        "What can be read in two ways is refused",
        arguments: [
            ("/..", .pathAboveRoot),
            ("/../a", .pathAboveRoot),
            ("/a/../../b", .pathAboveRoot),
            ("/%2e%2e/a", .pathAboveRoot),
            ("/./../a", .pathAboveRoot),
            ("//../a", .pathAboveRoot),
            ("/a%2fb", .escapedSlash),
            ("/a%2Fb", .escapedSlash),
            ("/..%2f..%2fetc", .escapedSlash),
            ("/a%5cb", .escapedSlash),
            ("/a\\b", .backslashInPath),
            ("/..\\a", .backslashInPath),
            ("/a;b", .pathParameter),
            ("/..;/a", .pathParameter),
            ("/a;", .pathParameter),
            ("/a%00", .escapedControl),
            ("/a%0d%0aX", .escapedControl),
            ("/a%1f", .escapedControl),
            ("/a%7f", .escapedControl),
            ("/%252e%252e/a", .doublyEscaped),
            ("/%252f", .doublyEscaped),
            ("/%25%32%65", .doublyEscaped),
            ("/%252%65", .doublyEscaped),
            ("/%25%32e", .doublyEscaped),
            ("/%", .malformedEscape),
            ("/%2", .malformedEscape),
            ("/%zz", .malformedEscape),
            ("/%u002e", .malformedEscape),
            ("/%%32%65", .malformedEscape),
            ("/% 2e", .malformedEscape),
            ("/%c0%ae", .invalidUTF8),  // an overlong dot
            ("/%c0%af", .invalidUTF8),  // an overlong slash
            ("/%e0%80%af", .invalidUTF8),
            ("/%f0%80%80%af", .invalidUTF8),
            ("/%c1%bf", .invalidUTF8),
            ("/%ed%a0%80", .invalidUTF8),  // half of a surrogate pair
            ("/%f4%90%80%80", .invalidUTF8),  // above U+10FFFF
            ("/%f5%80%80%80", .invalidUTF8),
            ("/%ff", .invalidUTF8),
            ("/%80", .invalidUTF8),
            ("/%c3", .invalidUTF8),
            ("/%c3/%a9", .invalidUTF8),
            ("/%c3a", .invalidUTF8),
            ("/%c3%28", .invalidUTF8),
            ("/%e2%82", .invalidUTF8),
            ("/a#b", .malformedTarget),
            ("/a?b#c", .malformedTarget),
            ("/a b", .malformedTarget),
            ("/a\tb", .malformedTarget),
            ("/\u{E9}", .malformedTarget),
            ("/a?\u{E9}", .malformedTarget),
            ("/a?b c", .malformedTarget),
            ("a", .malformedTarget),
            ("/a?%", .malformedEscape),
            ("/a?%4", .malformedEscape),
            ("/a?%4g", .malformedEscape),
        ] as [(String, HTTPFault)]
    )
    func refused(written: String, fault: HTTPFault) {
        var target = CanonicalTarget()
        #expect(throws: fault) {
            try target.read(Array(written.utf8).span, in: 0..<written.utf8.count)
        }
        #expect(fault.status == 400)
        // Nor is anything left of what was read before, which may have been longer.
        let earlier = Array("/\(String(repeating: "a", count: 100))?q".utf8)
        #expect(throws: Never.self) { try target.read(earlier.span, in: 0..<earlier.count) }
        #expect(throws: fault) {
            try target.read(Array(written.utf8).span, in: 0..<written.utf8.count)
        }
        #expect(target.bytes.isEmpty && target.path.isEmpty && target.query == nil)
    }

    /// All paths of up to five of these pieces: 19,607 of them, enough for every pair of rules to meet.
    @Test("A canonical path is its own canonical form and leads nowhere else")
    func laws() throws {
        let pieces = ["/", ".", "a", "%2e", "%25", "2e", "~"]
        var target = CanonicalTarget()
        var again = CanonicalTarget()
        var paths = [""]
        var accepted = 0
        for _ in 0..<5 {
            paths = paths.flatMap { path in pieces.map { path + $0 } }
            for path in paths {
                let source = Array(("/" + path).utf8)
                guard (try? target.read(source.span, in: 0..<source.count)) != nil else { continue }
                accepted += 1
                try again.read(target.bytes.span, in: 0..<target.bytes.count)
                #expect(again.bytes == target.bytes, "\(path)")
                let text = String(decoding: target.bytes, as: UTF8.self)
                #expect(text.hasPrefix("/"))
                #expect(!text.contains("//") && !text.contains("/./") && !text.contains("/../"), "\(path)")
                #expect(!text.hasSuffix("/.") && !text.hasSuffix("/.."), "\(path)")
                // Decoding it twice is decoding it once.
                #expect(Self.decoded(Self.decoded(target.bytes)) == Self.decoded(target.bytes), "\(path)")
            }
        }
        #expect(accepted > 5_000)
    }

    private static func decoded(_ bytes: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count, let high = hexValue(bytes[index + 1]),
                let low = hexValue(bytes[index + 2])
            {
                out.append(high << 4 | low)
                index += 3
            } else {
                out.append(bytes[index])
                index += 1
            }
        }
        return out
    }
}
