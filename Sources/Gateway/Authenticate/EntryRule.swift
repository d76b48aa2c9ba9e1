package import Directory

/// How a name that a certificate or a ticket gives is found in the directory, such as `mail={mail}` or `uid={name}`.
///
/// On the left an attribute, or `dn` for the entry's place; on the right which of the names.
package struct EntryRule: Hashable, Sendable {
    /// The attribute; `nil` for the entry's place.
    package let attribute: AttributeName?

    /// The name that is compared with it, without the braces.
    package let source: String

    /// Reads a rule; `nil` when it is not `attribute={name}` with one of the names there are.
    ///
    /// - Parameters:
    ///   - text: As it stands in the configuration.
    ///   - sources: The names there are.
    package init?(_ text: String, sources: [String]) {
        let halves = text.split(separator: "=", maxSplits: 1)
        guard halves.count == 2, halves[1].hasPrefix("{"), halves[1].hasSuffix("}") else { return nil }
        let source = String(halves[1].dropFirst().dropLast())
        guard sources.contains(source) else { return nil }
        self.source = source
        if halves[0] == "dn" {
            self.attribute = nil
        } else {
            guard let attribute = AttributeName(halves[0]) else { return nil }
            self.attribute = attribute
        }
    }

    /// The key for a value; `nil` when the value is no DN where one is needed.
    func key(_ value: String) -> PersonKey? {
        if let attribute = self.attribute { return .attribute(attribute, AssertionValue(value)) }
        return (try? DistinguishedName(value)).map { .name($0) }
    }
}
