import Governance
import Testing

@Suite("Access tokens as text")
struct AccessTokenTests {
    /// Made with Python: `zlib.crc32`, digits of base 62 from 0 to z, most significant first.
    static let known = AccessToken.prefix + body + "0rOKPs"
    private static let body = "7Gm0cT1vq2xYbR9kLw4ZsNfHjD8eUaPo"

    static func read(_ text: String) -> AccessToken.Reading { AccessToken.read(Array(text.utf8)[...]) }

    @Test("A token is read back as itself, and no two are the same")
    func roundTrip() throws {
        var seen: Set<String> = []
        for _ in 0..<500 {
            let token = AccessToken()
            #expect(token.text.wholeMatch(of: /stile_[0-9A-Za-z]{38}/) != nil)
            #expect(Self.read(token.text) == .token(token))
            #expect(seen.insert(token.text).inserted)
            #expect(token.hash.octets.count == 32)
        }
    }

    @Test("The checksum is the CRC-32 that every scanner has")
    func checksum() {
        guard case .token(let token) = Self.read(Self.known) else {
            Issue.record("the known token was not read")
            return
        }
        #expect(token.text == Self.known)
        #expect(token.hash.id.description.count == 16)
    }

    @Test("Every single character that is mistyped is noticed")
    func typos() {
        let text = Array(Self.known.utf8)
        for index in AccessToken.prefix.utf8.count..<text.count {
            for other in "0aZ-" where UInt8(ascii: other.unicodeScalars.first ?? "0") != text[index] {
                var wrong = text
                wrong[index] = UInt8(ascii: other.unicodeScalars.first ?? "0")
                #expect(AccessToken.read(wrong[...]) == .mistyped)
            }
        }
    }

    @Test(
        "What is no token is told from what is a wrong one",
        arguments: [
            ("", .none),
            ("stile_", .none),
            ("stile_rocks", .none),
            ("STILE" + known.dropFirst(5), .none),
            (" " + known, .none),
            ("ghp_" + body + "0rOKPs", .none),
            (String(known.dropLast()), .mistyped),
            (known + "X", .mistyped),
            (known.dropLast() + "\n", .mistyped),
            (known.dropLast(6) + "\u{0}rOKPs", .mistyped),
        ] as [(String, AccessToken.Reading)]
    )
    func others(text: String, expected: AccessToken.Reading) {
        #expect(Self.read(text) == expected)
    }

    @Test("A token tells nothing about itself by accident")
    func silence() {
        let token = AccessToken()
        var dumped = ""
        dump(token, to: &dumped)
        for text in ["\(token)", String(reflecting: token), dumped] {
            #expect(!text.contains(token.text.dropFirst(6).prefix(8)))
        }
    }
}
