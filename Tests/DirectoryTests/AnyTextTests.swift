import Testing

@testable import Directory

/// Throws text at every reader that text from outside reaches.
///
/// A generator with a fixed beginning, so that a failure comes again; the pieces are what the grammars are made of.
@Suite("Any text at all")
struct AnyTextTests {
    private struct Texts: RandomNumberGenerator {
        var state: UInt64 = 0x5711_1E00

        mutating func next() -> UInt64 {
            // SplitMix64, Steele, Lea and Flood (2014).
            self.state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = self.state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }

        mutating func text(of pieces: [String]) -> String {
            (0..<Int.random(in: 0..<24, using: &self)).map { _ in pieces.randomElement(using: &self) ?? "" }.joined()
        }
    }

    private static let pieces = [
        "cn", "uid", "2.5.4.3", "=", ",", "+", "\\", "\\,", "\\2C", "\\ff", "#", "04", "\"", ";", " ", "(", ")", "&",
        "|", "!",
        "*", ":", "dn", ">", "<", "~", "a", "é", "\u{0}", "\u{301}", "😀", "range", "-", "@", "sid:S-1-5-", "uuid:", "9",
    ]

    @Test("A name that is read is written so that it reads back, and compares equal")
    func names() throws {
        var texts = Texts()
        var read = 0
        for _ in 0..<100_000 {
            guard let name = try? DistinguishedName(texts.text(of: Self.pieces)) else { continue }
            read += 1
            #expect(try DistinguishedName(name.description) == name)
        }
        #expect(read > 1_000)
    }

    @Test("A filter that is read is written so that it reads back as the same tree")
    func filters() throws {
        var texts = Texts()
        var read = 0
        for _ in 0..<100_000 {
            guard let filter = try? SearchFilter("(\(texts.text(of: Self.pieces)))") else { continue }
            read += 1
            #expect(try SearchFilter(filter.description) == filter)
        }
        #expect(read > 100)
    }

    @Test("A value stays a value: the filter around it reads back with the same value")
    func values() throws {
        var texts = Texts()
        for _ in 0..<50_000 {
            let typed = texts.text(of: Self.pieces)
            let filter = SearchFilter.all([.equals("uid", AssertionValue(typed)), .present("cn")])
            #expect(try SearchFilter(filter.description) == filter)
            #expect(filter.description.utf8.allSatisfy { (0x20...0x7E).contains($0) })
        }
    }

    @Test("Login names and identities are read or refused, and reading twice changes nothing")
    func loginNames() {
        var texts = Texts()
        for _ in 0..<50_000 {
            let typed = texts.text(of: Self.pieces)
            if let name = LoginName(typed) { #expect(LoginName(name.text) == name) }
            if let id = StableID(value: typed) { #expect(StableID(value: id.value) == id) }
            _ = AttributeName(typed)
            _ = Password(typed).flaw
        }
    }
}
