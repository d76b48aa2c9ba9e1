import SecurityLabels

/// How directory groups and attributes become a clearance: `clearances.yaml`, read.
///
/// Levels given by several rules: the highest counts. Categories add up. Ceilings are applied last, all of them. An attribute is a
/// statement about the person, so when it gives two levels at once it contradicts itself, and nobody guesses.
package struct ClearanceRules: Hashable, Sendable {
    /// In the order of the file; the order has no meaning.
    package let rules: [ClearanceRule]

    /// Takes the rules as they were read.
    package init(rules: [ClearanceRule]) {
        self.rules = rules
    }

    /// The attributes that rules look at, in lower case: these have to be asked of the directory.
    package var attributes: Set<String> {
        Set(
            self.rules.compactMap { rule in
                guard case .attribute(let name, _) = rule.subject else { return nil }
                return name
            }
        )
    }

    /// The clearance of a person.
    package func clearance(of person: Person) -> ClearanceOutcome {
        let matching = self.rules.filter { $0.subject.includes(person) }
        guard !matching.isEmpty else { return .unreadable(.noRule) }
        if let attribute = Self.contradiction(among: matching) {
            return .unreadable(.contradictory(attribute: attribute))
        }
        guard let highest = matching.compactMap(\.level).max() else { return .unreadable(.noLevel) }
        var level = highest
        var categories = matching.reduce(into: Set<Category>()) { $0.formUnion($1.categories) }
        for ceiling in matching.compactMap(\.ceiling) {
            level = min(level, ceiling.level)
            if let allowed = ceiling.categories { categories.formIntersection(allowed) }
        }
        return .clearance(SecurityLabel(level: level, categories: categories))
    }

    /// The rules that are about a person, for explaining; indices into ``rules``.
    package func indicesOfRules(about person: Person) -> [Int] {
        self.rules.indices.filter { self.rules[$0].subject.includes(person) }
    }

    private static func contradiction(among rules: [ClearanceRule]) -> String? {
        var levels: [String: ClassificationLevel] = [:]
        for rule in rules {
            guard case .attribute(let name, _) = rule.subject, let level = rule.level else { continue }
            if let other = levels[name], other != level { return name }
            levels[name] = level
        }
        return nil
    }
}
