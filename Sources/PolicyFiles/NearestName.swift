/// The known name that somebody most probably meant, for "did you mean".
///
/// - Parameters:
///   - name: What was written.
///   - known: What could have been meant.
/// - Returns: The nearest name within a third of the longer one's length in edits, or `nil` when none is near.
package func nearestName(to name: String, among known: some Sequence<String>) -> String? {
    var best: (name: String, distance: Int)?
    for candidate in known {
        let distance = editDistance(Array(name.unicodeScalars), Array(candidate.unicodeScalars))
        guard distance <= max(name.count, candidate.count) / 3 + 1, distance < (best?.distance ?? Int.max) else {
            continue
        }
        best = (candidate, distance)
    }
    return best?.name
}

// Levenshtein, one row at a time; names are short.
private func editDistance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    guard left.count <= 64, right.count <= 64 else { return Int.max }
    var row = Array(0...right.count)
    for (index, scalar) in left.enumerated() {
        var diagonal = row[0]
        row[0] = index + 1
        for column in right.indices {
            let substituted = diagonal + (scalar == right[column] ? 0 : 1)
            diagonal = row[column + 1]
            row[column + 1] = min(substituted, diagonal + 1, row[column] + 1)
        }
    }
    return row[right.count]
}
