/// Finds the word that somebody probably meant.
public enum Spelling {
    private static let mostCandidates = 1_000

    /// The candidate closest to `word`, if one is close.
    ///
    /// Close means at most a third of the letters (and at least one) inserted, removed, changed or swapped with their neighbour.
    public static func closest(to word: String, in candidates: some Sequence<String>) -> String? {
        // Nobody mistypes a name longer than this, and the comparison takes the square of the length.
        guard word.utf8.count <= 100 else { return nil }
        // Each mistake in a text looks for its word: among very many names nobody finds theirs by one letter anyway.
        let candidates = Array(candidates.prefix(Self.mostCandidates + 1))
        guard candidates.count <= Self.mostCandidates else { return nil }
        let letters = Array(word.lowercased().utf8)
        var best: (candidate: String, distance: Int)?
        for candidate in candidates where candidate != word && candidate.utf8.count <= 100 {
            let limit = max(1, max(letters.count, candidate.utf8.count) / 3)
            // Each letter more or less is an edit.
            guard abs(letters.count - candidate.utf8.count) <= limit else { continue }
            let distance = self.distance(letters, Array(candidate.lowercased().utf8))
            if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.candidate
    }

    /// The number of edits between two words (optimal string alignment).
    private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var beforePrevious: [Int] = []
        var previous = Array(0...b.count)
        for (row, letter) in a.enumerated() {
            var current = [row + 1]
            for (column, other) in b.enumerated() {
                var cost = min(
                    previous[column + 1] + 1,
                    current[column] + 1,
                    previous[column] + (letter == other ? 0 : 1)
                )
                if row > 0, column > 0, letter == b[column - 1], a[row - 1] == other {
                    cost = min(cost, beforePrevious[column - 1] + 1)
                }
                current.append(cost)
            }
            (beforePrevious, previous) = (previous, current)
        }
        return previous[b.count]
    }
}
