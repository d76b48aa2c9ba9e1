import SecurityLabels

/// A scheme small enough to check every law on all of its labels: three levels, three categories, `c` a floor.
enum World {
    static let scheme: Scheme = {
        let categories = [
            "a": CategoryDefinition(title: "A"), "b": CategoryDefinition(title: "B"),
            "c": CategoryDefinition(title: "C", isFloor: true),
        ]
        do {
            return try Scheme(levels: ["public", "internal", "confidential"], categories: categories)
        } catch {
            // The names are constants of this file; if one were malformed, no test could mean anything.
            preconditionFailure("\(error)")
        }
    }()

    /// All 24 labels.
    static let everyLabel: [SecurityLabel] = scheme.levels.flatMap { level in
        (0..<8).map { mask in
            let sorted = scheme.categories.keys.sorted()
            return SecurityLabel(
                level: level,
                categories: Set(sorted.indices.filter { mask & (1 << $0) != 0 }.map { sorted[$0] })
            )
        }
    }
}
