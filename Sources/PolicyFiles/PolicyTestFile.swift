package import Catalog
package import SecurityLabels

/// `policies/tests/*.yaml`: questions, and the answers they must get.
package enum PolicyTestFile {
    /// Reads one file of tests.
    ///
    /// - Parameters:
    ///   - text: The file's text.
    ///   - file: The name that errors carry.
    ///   - scheme: What a stated clearance may name; `nil` when the scheme is broken.
    ///   - findings: Where errors go.
    /// - Returns: The tests that could be read.
    package static func read(_ text: String, file: String, scheme: Scheme?, findings: Findings) -> [PolicyTest] {
        guard let root = YAMLValue(text: text, file: file, findings: findings) else { return [] }
        guard var fields = FieldReader(root, subject: "a file of policy tests", findings: findings) else { return [] }
        let suffix = fields.text("groups-under")
        var people: [String: PolicyTest.Principal] = [:]
        for entry in fields.named("people", what: "people") {
            people[entry.key] = self.principal(entry, groupsUnder: suffix, scheme: scheme, fields)
        }
        let items = fields.items("tests", of: "tests")
        fields.finish()
        return items.compactMap { self.test($0, people: people, findings: findings) }
    }

    private static func principal(
        _ entry: YAMLValue.Entry,
        groupsUnder suffix: String?,
        scheme: Scheme?,
        _ file: FieldReader
    ) -> PolicyTest.Principal? {
        guard var fields = file.opened(entry, subject: "a person") else { return nil }
        let groups = (fields.texts("groups") ?? []).map { name in
            // A name with `=` or `:` is a DN or a stable id already.
            guard let suffix, !name.contains("="), !name.contains(":") else { return name }
            return "cn=\(name),\(suffix)"
        }
        var attributes: [String: [String]] = [:]
        for attribute in fields.named("attributes", what: "attributes") {
            switch attribute.value.content {
            case .text(let text, _): attributes[attribute.key] = [text]
            case .list(let values):
                attributes[attribute.key] = values.compactMap { value in
                    guard case .text(let text, _) = value.content else { return nil }
                    return text
                }
            default:
                fields.note(
                    "found \(attribute.value.kindInWords), expected a text or a list of texts",
                    at: attribute.value
                )
            }
        }
        var clearance: SecurityLabel?
        if let value = fields.value("clearance"), let marking = fields.text("clearance"), let scheme {
            do throws(SecurityLabelError) {
                clearance = try scheme.label(marking: marking)
            } catch {
                fields.findings.note(error.description, at: value.position)
            }
        }
        fields.finish()
        return PolicyTest.Principal(name: entry.key, groups: groups, attributes: attributes, clearance: clearance)
    }

    private static func test(
        _ item: YAMLValue,
        people: [String: PolicyTest.Principal],
        findings: Findings
    ) -> PolicyTest? {
        guard var fields = FieldReader(item, subject: "a test", findings: findings) else { return nil }
        let name = fields.requiredText("name")
        let personValue = fields.requiredValue("as")
        let person = fields.text("as")
        let action = fields.requiredText("action")
        let entry = fields.text("resource")
        let reference = fields.fields("in", subject: "a resource in a service").flatMap(self.reference)
        let expectValue = fields.requiredValue("expect")
        let expected = fields.text("expect")
        let because = fields.texts("because")
        var context: [String: String] = [:]
        for value in fields.named("context", what: "context values") {
            if case .text(let text, _) = value.value.content { context[value.key] = text }
        }
        fields.finish()

        if let expected, expected != "allow", expected != "deny" {
            fields.note("found `\(expected)` under `expect`, expected `allow` or `deny`", at: expectValue ?? item)
        }
        if let person, people[person] == nil {
            let nearest = nearestName(to: person, among: people.keys.sorted()).map { "did you mean `\($0)`?" }
            findings.note(
                "found `\(person)` under `as`, expected one of the file's `people`",
                at: personValue?.position ?? item.position,
                remedy: nearest
            )
        }
        let target: PolicyTest.Target
        switch (entry, reference) {
        case (let entry?, nil): target = .entry(entry)
        case (nil, let reference?): target = .reference(reference)
        default:
            fields.note("a test with \(entry == nil ? "no" : "two") resources, expected either `resource:` or `in:`")
            return nil
        }
        guard let name, let person, let principal = people[person], let action, let expected else { return nil }
        return PolicyTest(
            name: name,
            principal: principal,
            action: action,
            target: target,
            context: context,
            allowed: expected == "allow",
            because: because.map(Set.init),
            position: item.position
        )
    }

    private static func reference(_ opened: FieldReader) -> ResourceReference? {
        var fields = opened
        let service = fields.requiredText("service")
        let kind = fields.requiredText("kind")
        let id = fields.text("id")
        let name = fields.text("name")
        fields.finish()
        guard let service, let kind else { return nil }
        return ResourceReference(service: service, kind: kind, id: id, name: name)
    }
}
