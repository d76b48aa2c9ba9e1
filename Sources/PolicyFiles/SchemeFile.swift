private import Catalog
package import SecurityLabels

/// `policies/scheme.yaml`: the levels, the categories, and what holds where nothing is said.
package enum SchemeFile {
    /// Reads the scheme.
    ///
    /// - Parameters:
    ///   - text: The file's text.
    ///   - file: The name that errors carry.
    ///   - findings: Where errors go.
    /// - Returns: `nil`, with at least one finding, when anything is wrong: half a scheme would open doors.
    package static func read(_ text: String, file: String, findings: Findings) -> Scheme? {
        let before = findings.all.count
        guard let root = YAMLValue(text: text, file: file, findings: findings) else { return nil }
        guard var fields = FieldReader(root, subject: "the scheme", findings: findings) else { return nil }
        let levelsValue = fields.requiredValue("levels")
        let levels = fields.texts("levels") ?? []
        let categories = self.categories(&fields)
        let unlabelled = fields.requiredText("unlabelled")
        let unlabelledValue = fields.value("unlabelled")
        let reviewEvery = fields.duration("review-every")
        let explain = self.explain(&fields, levels: levels)
        fields.finish()

        if let unlabelled, unlabelled != "deny", !levels.contains(unlabelled) {
            findings.note(
                "found `\(unlabelled)` under `unlabelled`, expected `deny` or a level",
                at: unlabelledValue?.position ?? root.position,
                remedy: nearestName(to: unlabelled, among: levels + ["deny"]).map { "did you mean `\($0)`?" }
            )
        }
        guard findings.all.count == before else { return nil }
        do throws(SecurityLabelError) {
            return try Scheme(
                levels: levels,
                categories: categories,
                unlabelled: unlabelled == "deny" ? nil : unlabelled,
                reviewEvery: reviewEvery.map { Int($0.components.seconds / 86_400) },
                explain: explain
            )
        } catch {
            findings.note(error.description, at: levelsValue?.position ?? root.position)
            return nil
        }
    }

    private static func categories(_ fields: inout FieldReader) -> [String: CategoryDefinition] {
        var categories: [String: CategoryDefinition] = [:]
        for entry in fields.named("categories", what: "categories") {
            guard var category = fields.opened(entry, subject: "a category") else { continue }
            let title = category.requiredText("title")
            let isFloor = category.boolean("floor") ?? false
            category.finish()
            categories[entry.key] = CategoryDefinition(title: title ?? entry.key, isFloor: isFloor)
        }
        return categories
    }

    private static func explain(_ fields: inout FieldReader, levels: [String]) -> [String: ExplainDepth] {
        var depths: [String: ExplainDepth] = [:]
        for entry in fields.named("explain", what: "depths by level") {
            if !levels.contains(entry.key) {
                fields.findings.note(
                    "found `\(entry.key)` under `explain`, expected a level",
                    at: entry.position,
                    remedy: nearestName(to: entry.key, among: levels).map { "did you mean `\($0)`?" }
                )
            }
            guard case .text(let text, _) = entry.value.content, let depth = ExplainDepth(rawValue: text) else {
                fields.note("found \(entry.value.kindInWords), expected `full`, `owner` or `id-only`", at: entry.value)
                continue
            }
            depths[entry.key] = depth
        }
        return depths
    }
}
