package import SecurityLabels

/// One entry of `clearances.yaml`: who it is about, and what it gives them or takes from them.
package struct ClearanceRule: Hashable, Sendable {
    /// Whom a rule is about.
    package enum Subject: Hashable, Sendable {
        /// The members of the group that stands there now, nested members included.
        case groupNamed(DistinguishedName)

        /// The members of the group with this identity, however it is called.
        case group(StableID)

        /// Everybody whose attribute (name in lower case) has this value; values compare exactly but for case.
        case attribute(String, value: String)
    }

    /// The most that somebody may be given, whatever other rules say.
    package struct Ceiling: Hashable, Sendable {
        /// No level above this one.
        package let level: ClassificationLevel

        /// No categories but these; `nil` leaves categories alone.
        package let categories: Set<Category>?

        /// Puts a ceiling together.
        package init(level: ClassificationLevel, categories: Set<Category>? = nil) {
            self.level = level
            self.categories = categories
        }
    }

    /// Whom it is about.
    package let subject: Subject

    /// The level it gives, if it gives one.
    package let level: ClassificationLevel?

    /// The categories it gives.
    package let categories: Set<Category>

    /// The ceiling it sets, if it sets one.
    package let ceiling: Ceiling?

    /// Puts a rule together.
    package init(
        subject: Subject,
        level: ClassificationLevel? = nil,
        categories: Set<Category> = [],
        ceiling: Ceiling? = nil
    ) {
        self.subject = subject
        self.level = level
        self.categories = categories
        self.ceiling = ceiling
    }
}

extension ClearanceRule.Subject {
    /// Reads the `group:` of a rule: `uuid:…`, `sid:…` or a distinguished name.
    ///
    /// - Parameter text: As it stands in the file.
    /// - Throws: ``DistinguishedNameError`` if it is none of the three.
    package init(group text: String) throws(DistinguishedNameError) {
        if let id = StableID(value: text) {
            self = .group(id)
        } else {
            self = .groupNamed(try DistinguishedName(text))
        }
    }

    /// Reads the `attribute:` of a rule, `name=value`; `nil` if there is no `=`, no attribute before it or nothing after it.
    package init?(attribute text: String) {
        guard let sign = text.firstIndex(of: "="), let name = AttributeName(text[..<sign]) else { return nil }
        let value = text[text.index(after: sign)...]
        guard !value.isEmpty else { return nil }
        self = .attribute(name.text, value: String(value))
    }

    /// Whether the rule is about `person`.
    func includes(_ person: Person) -> Bool {
        switch self {
        case .groupNamed(let dn): person.groups.contains { $0.dn == dn }
        case .group(let id): person.groups.contains { $0.id == id }
        case .attribute(let name, let value):
            person.attributes[name]?.contains { $0.lowercased() == value.lowercased() } ?? false
        }
    }
}

extension ClearanceRule.Subject: CustomStringConvertible {
    /// As it stands in the file.
    package var description: String {
        switch self {
        case .groupNamed(let dn): "group: \(dn)"
        case .group(let id): "group: \(id)"
        case .attribute(let name, let value): "attribute: \(name)=\(value)"
        }
    }
}
