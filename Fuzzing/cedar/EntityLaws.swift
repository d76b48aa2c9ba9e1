import Cedar

/// Laws of JSON, and of entities in it.
enum EntityLaws {
    static func violation(by text: String) -> String? {
        guard let json = try? JSON(parsing: text) else { return nil }
        guard (try? JSON(parsing: json.text())) == json else {
            return "written and read, it is other JSON:\n\(json.text())"
        }
        guard (try? JSON(parsing: json.text(.indented))) == json else { return "indented, it is other JSON" }
        guard let entities = try? Entities(json: json) else { return nil }
        let written = JSON.array(entities.map { JSON($0) })
        guard let again = try? Entities(json: written) else {
            return "what was written can't be read:\n\(written.text())"
        }
        for entity in entities where again.entity(entity.uid) != entity { return "`\(entity.uid)` came back changed" }
        return nil
    }
}
