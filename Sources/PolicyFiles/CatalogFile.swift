package import Catalog
package import SecurityLabels

/// `policies/catalog/*.yaml`: the data sets, models, projects and services, whose they are, and how they are labelled.
package enum CatalogFile {
    /// Reads one file of the catalogue.
    ///
    /// - Parameters:
    ///   - text: The file's text.
    ///   - file: The name that errors carry.
    ///   - scheme: The levels and categories that labels may name; `nil` when the scheme itself is broken, which its own
    ///     findings say: labels are then not judged.
    ///   - findings: Where errors go.
    /// - Returns: The entries that could be read.
    package static func read(_ text: String, file: String, scheme: Scheme?, findings: Findings) -> [CatalogEntry] {
        guard let root = YAMLValue(text: text, file: file, findings: findings) else { return [] }
        guard var fields = FieldReader(root, subject: "a catalogue file", findings: findings) else { return [] }
        var entries: [CatalogEntry] = []
        for (key, kind) in [
            ("datasets", CatalogEntry.Kind.dataset), ("models", .model), ("projects", .project), ("services", .service),
        ] {
            for entry in fields.named(key, what: key) {
                if let read = self.entry(entry, kind: kind, scheme: scheme, fields) { entries.append(read) }
            }
        }
        fields.finish()
        return entries
    }

    private static func entry(
        _ entry: YAMLValue.Entry,
        kind: CatalogEntry.Kind,
        scheme: Scheme?,
        _ file: FieldReader
    ) -> CatalogEntry? {
        guard var fields = file.opened(entry, subject: "a \(kind.rawValue)") else { return nil }
        if !isIdentifier(entry.key) {
            fields.findings.note(
                "found the id `\(entry.key)`, expected letters, digits, `-`, `_` and `.`, at most 128",
                at: entry.position
            )
        }
        let title = fields.requiredText("title")
        let ownerValue = fields.value("owner")
        let owner = fields.text("owner").flatMap { text -> Owner? in
            if let owner = Owner(text) { return owner }
            fields.note(
                "found `\(text)` under `owner`, expected `group:NAME` or `person:NAME`",
                at: ownerValue ?? entry.value
            )
            return nil
        }
        let project = kind == .project || kind == .service ? nil : fields.text("project")
        let label = fields.fields("label", subject: "a label").flatMap { self.label($0, scheme: scheme) }
        var served: [ServedAt] = []
        if kind == .dataset || kind == .model {
            for item in fields.items("served", of: "places") { served += self.place(item, fields) }
        }
        fields.finish()
        return CatalogEntry(
            id: entry.key,
            kind: kind,
            title: title ?? entry.key,
            owner: owner,
            project: project,
            label: label,
            served: served,
            position: entry.position
        )
    }

    private static func label(_ opened: FieldReader, scheme: Scheme?) -> LabelAssignment? {
        var fields = opened
        _ = fields.requiredValue("level")
        let level = fields.level("level", scheme: scheme)
        let categories = fields.categories("categories", scheme: scheme)
        let reason = fields.text("reason")
        let by = fields.text("by")
        let at = self.date("at", &fields)
        let reviewBy = self.date("review-by", &fields)
        fields.finish()
        if let at, let reviewBy, reviewBy < at {
            fields.note("found `review-by` \(reviewBy) before `at` \(at), expected a later day")
        }
        guard let level else { return nil }
        return LabelAssignment(
            label: SecurityLabel(level: level, categories: categories),
            reason: reason,
            by: by,
            at: at,
            reviewBy: reviewBy
        )
    }

    private static func place(_ item: YAMLValue, _ fields: FieldReader) -> [ServedAt] {
        guard case .mapping(let entries) = item.content else {
            fields.note(
                "found \(item.kindInWords) under `served`, expected `{ service: NAME, KIND: PATTERN }`",
                at: item
            )
            return []
        }
        let texts = entries.compactMap { entry -> (key: String, value: String, position: SourcePosition)? in
            guard case .text(let text, _) = entry.value.content, !text.isEmpty else {
                fields.note("found \(entry.value.kindInWords) under `\(entry.key)`, expected a text", at: entry.value)
                return nil
            }
            return (entry.key, text, entry.position)
        }
        guard let service = texts.first(where: { $0.key == "service" })?.value else {
            fields.note("a place without `service`, expected `{ service: NAME, KIND: PATTERN }`", at: item)
            return []
        }
        let selectors = texts.filter { $0.key != "service" }
        guard let selector = selectors.first, selectors.count == 1 else {
            fields.note(
                "found \(selectors.count) selectors beside `service`, expected exactly one, for example `experiment: \"press4-*\"`",
                at: item
            )
            return []
        }
        return [ServedAt(service: service, key: selector.key, value: selector.value, position: selector.position)]
    }

    private static func date(_ key: String, _ fields: inout FieldReader) -> CalendarDate? {
        guard let value = fields.value(key) else { return nil }
        guard case .text(let text, _) = value.content, let date = CalendarDate(text) else {
            fields.note("found \(value.kindInWords) under `\(key)`, expected a day such as `2026-02-01`", at: value)
            return nil
        }
        return date
    }
}

// Ids stand in policies, URLs and logs; nothing there needs more than this.
private func isIdentifier(_ text: String) -> Bool {
    (1...128).contains(text.utf8.count)
        && text.utf8.allSatisfy { octet in
            switch octet {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                true
            default: false
            }
        }
}
