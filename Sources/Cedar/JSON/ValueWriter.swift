extension JSON {
    /// The JSON form of a value, entities and extension values behind escapes.
    public init(_ value: Value) {
        switch value {
        case .bool(let value): self = .bool(value)
        case .long(let value): self = .integer(value)
        case .string(let text): self = .string(text)
        case .entity(let uid): self = .object([("__entity", JSON(uid))])
        case .set(let set): self = .array(set.map { JSON($0) })
        case .record(let record): self = .object(record.map { ($0.0, JSON($0.1)) })
        case .extension(.datetime(let moment)):
            // The written form reaches only from year 0 to 9999; an offset reaches every moment.
            let epoch = JSON.call(.datetime, "1970-01-01")
            let offset = JSON.call(.duration, "\(moment.millisecondsSinceEpoch)ms")
            self = .object([("__extn", .object([("fn", .string("offset")), ("args", .array([epoch, offset]))]))])
        case .extension(let value):
            self = JSON.call(value.type.constructor, value.description)
        }
    }

    /// The JSON form of an identity, `{"type": .., "id": ..}`.
    public init(_ uid: EntityUID) {
        self = .object([("type", .string(uid.type.text)), ("id", .string(uid.id))])
    }

    /// The JSON form of an entity.
    public init(_ entity: Entity) {
        var members = [
            ("uid", JSON(entity.uid)),
            ("attrs", JSON(.record(entity.attributes))),
            ("parents", .array(entity.parents.sorted().map { JSON($0) })),
        ]
        if !entity.tags.isEmpty { members.append(("tags", JSON(.record(entity.tags)))) }
        self = .object(members)
    }

    private static func call(_ function: ExtensionFunction, _ argument: String) -> JSON {
        .object([("__extn", .object([("fn", .string(function.rawValue)), ("arg", .string(argument))]))])
    }
}
