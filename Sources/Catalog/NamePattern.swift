/// A name in which each `*` stands for any text, the empty one included: `press4-*`.
///
/// Matching is by bytes and exact: case counts, and nothing but `*` is special.
package struct NamePattern: Hashable, Sendable {
    /// The pattern as written.
    package let text: String

    /// What must come first, byte for byte.
    let prefix: [UInt8]

    /// The texts between stars, in order, what must come last being the last; empty when there is no star.
    private let rest: [[UInt8]]

    /// Reads a pattern; every text is one.
    package init(_ text: String) {
        self.text = text
        let parts = text.utf8.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false).map(Array.init)
        self.prefix = parts[0]
        self.rest = Array(parts.dropFirst())
    }

    /// Whether the pattern is a plain name, without `*`.
    package var isLiteral: Bool { self.rest.isEmpty }

    /// Whether every name matches, and with it a thing that has none.
    package var matchesEverything: Bool { self.prefix.isEmpty && !self.isLiteral && self.rest.allSatisfy(\.isEmpty) }

    /// Whether a name matches.
    package func matches(_ name: String) -> Bool { self.matches(Array(name.utf8)) }

    /// Whether a name, given as its UTF-8, matches.
    ///
    /// No backtracking: the first place where a part fits is never worse than a later one.
    func matches(_ name: [UInt8]) -> Bool {
        guard let last = self.rest.last else { return name == self.prefix }
        guard name.starts(with: self.prefix), name.count >= self.prefix.count + last.count,
            name.suffix(last.count).elementsEqual(last)
        else { return false }
        var remaining = name[self.prefix.count..<(name.count - last.count)]
        for part in self.rest.dropLast() {
            guard let found = Self.firstRange(of: part, in: remaining) else { return false }
            remaining = remaining[found...]
        }
        return true
    }

    /// Whether a name may match both patterns: `false` only when how they begin or end excludes it.
    package func mayOverlap(_ other: NamePattern) -> Bool {
        guard let last = self.rest.last else { return other.matches(self.prefix) }
        guard let otherLast = other.rest.last else { return self.matches(other.prefix) }
        let starts = self.prefix.starts(with: other.prefix) || other.prefix.starts(with: self.prefix)
        let ends =
            last.reversed().starts(with: otherLast.reversed()) || otherLast.reversed().starts(with: last.reversed())
        return starts && ends
    }

    /// The index behind the first place where `part` occurs.
    private static func firstRange(of part: [UInt8], in text: ArraySlice<UInt8>) -> Int? {
        guard !part.isEmpty else { return text.startIndex }
        guard text.count >= part.count else { return nil }
        for start in text.startIndex...(text.endIndex - part.count)
        where text[start..<(start + part.count)].elementsEqual(part) {
            return start + part.count
        }
        return nil
    }
}

extension NamePattern: CustomStringConvertible {
    /// The pattern as written.
    package var description: String { self.text }
}
