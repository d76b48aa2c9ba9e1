import Directory

/// The laws of distinguished names (RFC 4514).
enum NameLaws {
    /// Checks one input: as the text of a name, and as a value inside one.
    static func violation(by bytes: [UInt8]) -> String? {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        if let name = try? DistinguishedName(text) {
            if let broken = self.violation(by: name) { return broken }
        }
        // Whatever somebody typed can only ever be a value: as part of a name it is one part, and reads back as itself.
        let part = RelativeDistinguishedName(assertions: [.init(type: "cn", value: .text(text))])
        guard let base = try? DistinguishedName("dc=plant,dc=example") else { return "the base is refused" }
        let name = DistinguishedName(parts: [part] + base.parts)
        guard let back = try? DistinguishedName(name.description) else {
            // An empty value has no written form.
            return text.isEmpty || name.description.utf8.count > 4_096 ? nil : "a written value is refused"
        }
        guard back.parts.count == 3, back.isWithin(base) else { return "a value became more than one part" }
        guard case .text(let value)? = back.parts[0].assertions.first?.value, value == text else {
            return "a value reads back as another"
        }
        return nil
    }

    private static func violation(by name: DistinguishedName) -> String? {
        let written = name.description
        guard let back = try? DistinguishedName(written) else { return "the written form is refused" }
        guard back == name, back.hashValue == name.hashValue else { return "the written form is another name" }
        guard back.description == written else { return "the written form is not its own" }
        guard !written.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            return "a control character is written"
        }
        guard name.isWithin(name) else { return "a name is not within itself" }
        if let parent = name.parent {
            guard name.isWithin(parent), !parent.isWithin(name) else { return "a name is not below its parent" }
        }
        return nil
    }
}
