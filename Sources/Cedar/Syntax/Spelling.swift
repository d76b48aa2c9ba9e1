/// Finds the word that somebody probably meant.
package enum Spelling {
    private static let mostCandidates = 1_000

    /// The candidate closest to `word`, if one is close.
    ///
    /// Close means at most a third of the letters (and at least one) inserted, removed, changed or swapped with their neighbour.
    package static func closest(to word: String, in candidates: some Sequence<String>) -> String? {
        // Nobody mistypes a name longer than this, and the comparison takes the square of the length.
        guard word.utf8.count <= 100 else { return nil }
        // Each mistake in a text looks for its word: among very many names nobody finds theirs by one letter anyway.
        let candidates = Array(candidates.prefix(Self.mostCandidates + 1))
        guard candidates.count <= Self.mostCandidates else { return nil }
        let letters = Array(word.lowercased().utf8)
        var best: (candidate: String, distance: Int)?
        for candidate in candidates where candidate != word && candidate.utf8.count <= 100 {
            let limit = max(1, max(letters.count, candidate.utf8.count) / 3)
            guard let distance = self.distance(letters, Array(candidate.lowercased().utf8), limit) else { continue }
            // Of names that are equally close always the same one is meant, in whatever order they come.
            if let best, (best.distance, best.candidate) < (distance, candidate) { continue }
            best = (candidate, distance)
        }
        return best?.candidate
    }

    /// The number of edits between two words (optimal string alignment); `nil` when it is more than `limit`.
    private static func distance(_ a: [UInt8], _ b: [UInt8], _ limit: Int) -> Int? {
        // Each letter more or less is an edit.
        guard abs(a.count - b.count) <= limit else { return nil }
        var beforePrevious: [Int] = []
        var previous = Array(0...b.count)
        for (row, letter) in a.enumerated() {
            var current = [row + 1]
            current.reserveCapacity(b.count + 1)
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
            // A row follows from the two before it, and never goes below the lesser of them.
            guard min(current.min() ?? 0, previous.min() ?? 0) <= limit else { return nil }
            (beforePrevious, previous) = (previous, current)
        }
        return previous[b.count] <= limit ? previous[b.count] : nil
    }
}
