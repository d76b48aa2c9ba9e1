import Cedar

/// Laws of JSON, whatever it is meant to be: each reader is given every text.
enum JSONLaws {
    static func violation(by text: String) -> String? {
        guard let json = try? JSON(parsing: text) else { return nil }
        guard (try? JSON(parsing: json.text())) == json else {
            return "written and read, it is other JSON:\n\(json.text())"
        }
        guard (try? JSON(parsing: json.text(.indented))) == json else { return "indented, it is other JSON" }
        return EntityLaws.violation(by: json) ?? PolicyLaws.violation(byJSON: text)
            ?? SchemaLaws.violation(byJSON: json)
    }
}
