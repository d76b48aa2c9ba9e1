import SecurityLabels

extension FieldReader {
    /// The level named under a key.
    ///
    /// - Returns: `nil` when it is absent, unknown (with a finding), or cannot be judged because the scheme is broken.
    mutating func level(_ key: String, scheme: Scheme?) -> ClassificationLevel? {
        guard let value = self.value(key), let name = self.text(key), let scheme else { return nil }
        do throws(SecurityLabelError) {
            return try scheme.level(named: name)
        } catch {
            self.findings.note(
                error.description,
                at: value.position,
                remedy: nearestName(to: name, among: scheme.levels.map(\.name)).map { "did you mean `\($0)`?" }
            )
            return nil
        }
    }

    /// The categories listed under a key; unknown ones are findings.
    mutating func categories(_ key: String, scheme: Scheme?) -> Set<Category> {
        var categories: Set<Category> = []
        for value in self.items(key, of: "categories") {
            guard case .text(let name, _) = value.content else {
                self.note("found \(value.kindInWords) under `\(key)`, expected the name of a category", at: value)
                continue
            }
            guard let scheme else { continue }
            do throws(SecurityLabelError) {
                categories.insert(try scheme.category(named: name))
            } catch {
                self.findings.note(
                    error.description,
                    at: value.position,
                    remedy: nearestName(to: name, among: scheme.categories.keys.map(\.name)).map {
                        "did you mean `\($0)`?"
                    }
                )
            }
        }
        return categories
    }
}
