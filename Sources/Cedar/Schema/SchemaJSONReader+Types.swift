extension SchemaJSONReader {
    /// A type: `{"type": "Set", "element": {"type": "Long"}}`.
    mutating func type(_ json: JSON, alsoAllowing others: [String] = []) -> SchemaType {
        guard let kindNode = self.require("type", in: json), let kind = self.string(kindNode) else {
            if json.object == nil { self.report(json.span, "found \(json.kind)", expected: "a type, {\"type\": ..}") }
            return .emptyRecord
        }
        let keys: [String]
        let type: SchemaType
        switch kind {
        case "String": (keys, type) = ([], .string)
        case "Long": (keys, type) = ([], .long)
        case "Boolean": (keys, type) = ([], .boolean)
        case "Set":
            keys = ["element"]
            type = self.require("element", in: json).map { .set(self.type($0)) } ?? .emptyRecord
        case "Record":
            keys = ["attributes", "additionalAttributes"]
            type = self.record(json)
        case "Entity":
            keys = ["name"]
            type = self.require("name", in: json).map { .entity(self.name($0)) } ?? .emptyRecord
        case "EntityOrCommon":
            keys = ["name"]
            type = self.require("name", in: json).map { .entityOrCommon(self.name($0)) } ?? .emptyRecord
        case "Extension":
            keys = ["name"]
            type = self.require("name", in: json).map { .extension(self.name($0)) } ?? .emptyRecord
        default:
            keys = []
            type = .common(self.name(kindNode))
        }
        self.allow(["type"] + keys + others, in: json)
        return type
    }

    private mutating func record(_ json: JSON) -> SchemaType {
        if let open = json["additionalAttributes"] {
            if open.bool == nil { self.report(open.span, "found \(open.kind)", expected: "`false`") }
            if open.bool == true {
                self.report(open.span, "records with additional attributes are not supported", expected: "`false`")
            }
        }
        guard let attributes = self.require("attributes", in: json) else { return .emptyRecord }
        return .record(self.members(of: attributes, "an object of attributes").map { self.attribute($0) })
    }

    private mutating func attribute(_ member: JSON.Member) -> SchemaAttribute {
        if let required = member.value["required"], required.bool == nil {
            self.report(required.span, "found \(required.kind)", expected: "`true` or `false`")
        }
        return SchemaAttribute(
            name: member.key,
            type: self.type(member.value, alsoAllowing: ["required", "annotations"]),
            isRequired: member.value["required"]?.bool ?? true,
            annotations: self.annotations(member.value),
            span: member.value.span
        )
    }
}
