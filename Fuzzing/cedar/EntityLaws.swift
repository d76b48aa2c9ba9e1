import Cedar

/// Laws of entities in JSON.
enum EntityLaws {
    static func violation(by json: JSON) -> String? {
        guard let entities = try? Entities(json: json) else { return nil }
        let written = JSON.array(entities.map { JSON($0) })
        guard let again = try? Entities(json: written) else {
            return "what was written can't be read:\n\(written.text())"
        }
        for entity in entities where again.entity(entity.uid) != entity { return "`\(entity.uid)` came back changed" }
        return nil
    }
}
