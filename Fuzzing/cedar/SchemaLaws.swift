import Cedar

/// Laws of schemas as text and as JSON.
enum SchemaLaws {
    private static let policies = """
        permit (principal, action, resource) when { principal.n > 1 && context.t like "a*" };
        forbid (principal is User, action == Action::"b", resource is Doc) unless { resource.owner == principal };
        """

    static func violation(byText text: String) -> String? {
        guard let fragment = try? SchemaFragment(text: text) else { return nil }
        return self.violation(by: fragment)
    }

    static func violation(byJSON json: JSON) -> String? {
        guard let fragment = try? SchemaFragment(json: json) else { return nil }
        return self.violation(by: fragment)
    }

    private static func violation(by fragment: SchemaFragment) -> String? {
        // What declares a name twice, or uses one that nobody declared, is read but means nothing.
        guard let schema = try? Schema([fragment]), let set = try? PolicySet(parsing: self.policies) else { return nil }
        let json = fragment.json
        guard let again = try? SchemaFragment(json: json), again.json == json else {
            return "written as JSON and read, it is another schema:\n\(json.text())"
        }
        guard let printed = try? SchemaFragment(text: fragment.text) else {
            return "the text can't be read:\n\(fragment.text)"
        }
        guard (try? Schema([printed])) != nil else { return "the text doesn't resolve:\n\(fragment.text)" }
        _ = schema.validate(set, mode: .strict)
        _ = schema.validate(set, mode: .permissive)
        return nil
    }
}
