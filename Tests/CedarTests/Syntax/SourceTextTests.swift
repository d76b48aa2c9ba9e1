import Cedar
import Testing

@Suite("Source texts")
struct SourceTextTests {
    @Test(
        "Places are counted in lines and Unicode scalars, from 1",
        arguments: [(0, 1, 1), (1, 1, 2), (3, 1, 3), (4, 2, 1), (5, 2, 2), (99, 2, 2), (-1, 1, 1)]
    )
    func positions(offset: Int32, line: Int, column: Int) {
        // One byte, two bytes, a line break, one byte.
        #expect(SourceText("aé\nb").position(at: offset) == SourcePosition(line: line, column: column))
    }

    @Test(
        "A mistyped word finds the word that was meant",
        arguments: [
            ("contain", "contains"), ("isIpv5", "isIpv4"), ("princpial", "principal"), ("xyzzy", nil),
            ("principal", nil),
        ] as [(String, String?)]
    )
    func spelling(word: String, meant: String?) {
        #expect(Spelling.closest(to: word, in: ["contains", "isIpv4", "principal"]) == meant)
    }
}
