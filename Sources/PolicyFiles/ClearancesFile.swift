private import Catalog
package import Directory
package import SecurityLabels

/// `policies/clearances.yaml`: directory groups and attributes, and the clearance that each gives or caps.
package enum ClearancesFile {
    /// Reads the rules.
    ///
    /// - Parameters:
    ///   - text: The file's text.
    ///   - file: The name that errors carry.
    ///   - scheme: The levels and categories that rules may name; `nil` when the scheme is broken.
    ///   - findings: Where errors go.
    /// - Returns: `nil`, with at least one finding, when anything is wrong: a lost rule could be a lost ceiling.
    package static func read(_ text: String, file: String, scheme: Scheme?, findings: Findings) -> ClearanceRules? {
        let before = findings.all.count
        guard let root = YAMLValue(text: text, file: file, findings: findings) else { return nil }
        guard case .list(let items) = root.content else {
            findings.note(
                "found \(root.kindInWords), expected a list of rules, each after `- group:` or `- attribute:`",
                at: root.position
            )
            return nil
        }
        let rules = items.compactMap { self.rule($0, scheme: scheme, findings: findings) }
        return findings.all.count == before && scheme != nil ? ClearanceRules(rules: rules) : nil
    }

    private static func rule(_ item: YAMLValue, scheme: Scheme?, findings: Findings) -> ClearanceRule? {
        guard var fields = FieldReader(item, subject: "a clearance rule", findings: findings) else { return nil }
        let subject = self.subject(&fields)
        let level = fields.level("level", scheme: scheme)
        let categories = fields.categories("categories", scheme: scheme)
        let ceilingLevel = fields.level("ceiling", scheme: scheme)
        let ceilingCategories = fields.categories("ceiling-categories", scheme: scheme)
        let hasCeilingCategories = fields.value("ceiling-categories") != nil
        let saysNothing = ["level", "categories", "ceiling"].allSatisfy { !fields.keys.contains($0) }
        fields.finish()
        if saysNothing {
            fields.note("a rule that gives nothing, expected `level`, `categories` or `ceiling`")
        }
        if hasCeilingCategories, !fields.keys.contains("ceiling") {
            fields.note("found `ceiling-categories` without `ceiling`, expected both")
        }
        guard let subject else { return nil }
        return ClearanceRule(
            subject: subject,
            level: level,
            categories: categories,
            ceiling: ceilingLevel.map { .init(level: $0, categories: hasCeilingCategories ? ceilingCategories : nil) }
        )
    }

    private static func subject(_ fields: inout FieldReader) -> ClearanceRule.Subject? {
        let groupValue = fields.value("group")
        let group = fields.text("group")
        let attributeValue = fields.value("attribute")
        let attribute = fields.text("attribute")
        switch (group, attribute) {
        case (let group?, nil):
            do throws(DistinguishedNameError) {
                return try ClearanceRule.Subject(group: group)
            } catch {
                fields.findings.note(
                    "found `\(group)` under `group`, expected a DN, `uuid:…` or `sid:…`: \(error)",
                    at: groupValue?.position ?? fields.position
                )
                return nil
            }
        case (nil, let attribute?):
            if let subject = ClearanceRule.Subject(attribute: attribute) { return subject }
            fields.findings.note(
                "found `\(attribute)` under `attribute`, expected `name=value`",
                at: attributeValue?.position ?? fields.position
            )
            return nil
        case (.some, .some), (nil, nil):
            fields.note("a rule about \(group == nil ? "nobody" : "two"), expected either `group:` or `attribute:`")
            return nil
        }
    }
}
