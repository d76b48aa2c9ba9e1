import Catalog
import Testing

@Suite("Name patterns")
struct NamePatternTests {
    @Test(
        "A star stands for any text, everything else for itself",
        arguments: [
            ("press4-*", "press4-forces", true),
            ("press4-*", "press4-", true),
            ("press4-*", "press4", false),
            ("press4-*", "xpress4-forces", false),
            ("press4", "press4", true),
            ("press4", "press44", false),
            ("Press4", "press4", false),
            ("*", "", true),
            ("*", "anything", true),
            ("*-forces", "press4-forces", true),
            ("*-forces", "press4-forces-2", false),
            ("a*b*c", "abc", true),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "acb", false),
            ("a*a", "a", false),  // the two ends never share a byte
            ("*aba*aba*", "ababa", false),  // nor do the parts between
            ("*aba*aba*", "abaaba", true),
            ("", "", true),
            ("", "x", false),
            ("a.c", "abc", false),
            ("[ab]", "a", false),
            ("strasse-*", "straße-1", false),
        ]
    )
    func matching(pattern: String, name: String, matches: Bool) {
        #expect(NamePattern(pattern).matches(name) == matches)
    }

    @Test("Matching agrees with the definition on every short pattern and name")
    func definition() {
        func texts(of alphabet: [Character], upTo length: Int) -> [String] {
            (0..<length).reduce(into: [[""]]) { lists, _ in
                lists.append((lists.last ?? []).flatMap { text in alphabet.map { text + String($0) } })
            }.flatMap(\.self)
        }
        func defined(_ pattern: Substring, _ name: Substring) -> Bool {
            guard let first = pattern.first else { return name.isEmpty }
            if first == "*" {
                return defined(pattern.dropFirst(), name) || (!name.isEmpty && defined(pattern, name.dropFirst()))
            }
            return name.first == first && defined(pattern.dropFirst(), name.dropFirst())
        }
        let names = texts(of: ["a", "b"], upTo: 5)
        for text in texts(of: ["a", "b", "*"], upTo: 4) {
            let pattern = NamePattern(text)
            for name in names where pattern.matches(name) != defined(text[...], name[...]) {
                Issue.record("`\(text)` on `\(name)`")
            }
        }
    }

    @Test(
        "Only stars alone match a thing without a name",
        arguments: [("*", true), ("**", true), ("a*", false), ("", false)]
    )
    func everything(pattern: String, expected: Bool) {
        #expect(NamePattern(pattern).matchesEverything == expected)
    }

    @Test(
        "Two patterns may overlap unless how they begin or end excludes it",
        arguments: [
            ("press4-*", "press*", true), ("press4-*", "press5-*", false), ("press4-*", "press4-a", true),
            ("press4-a", "press4-*", true), ("press4-a", "press4-a", true), ("press4-a", "press4-b", false),
            ("*-a", "*-b", false), ("*-a", "press*", true), ("*", "press", true), ("a*b*c", "ax*yc", true),
        ]
    )
    func overlap(one: String, other: String, expected: Bool) {
        #expect(NamePattern(one).mayOverlap(NamePattern(other)) == expected)
        #expect(NamePattern(other).mayOverlap(NamePattern(one)) == expected)
    }
}
