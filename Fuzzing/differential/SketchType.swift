import Cedar

/// What a value is, as far as making one needs to know.
indirect enum SketchType: Hashable {
    case bool
    case long
    case string
    case entity(String)
    case set(SketchType)
    case record([Field])
    case `extension`(ExtensionType)

    /// An attribute of a record or an entity.
    struct Field: Hashable {
        let name: String
        let kind: SketchType
        let isRequired: Bool
    }

    /// How a schema writes it.
    var schemaText: String {
        switch self {
        case .bool: "Bool"
        case .long: "Long"
        case .string: "String"
        case .entity(let type): type
        case .set(let element): "Set<\(element.schemaText)>"
        case .record(let fields): "{" + SketchType.schemaText(fields) + "}"
        case .extension(let type): type.rawValue
        }
    }

    static func schemaText(_ fields: [Field], named: [SketchType: String] = [:]) -> String {
        fields.map { field in
            let type = named[field.kind].map { "N::T::\($0)" } ?? field.kind.schemaText
            return "\(JSON.string(field.name).text())\(field.isRequired ? "" : "?"): \(type)"
        }.joined(separator: ", ")
    }

    /// A kind, at most `depth` sets and records deep.
    static func random(_ dice: inout Dice, types: [String], depth: Int) -> SketchType {
        switch dice.roll(depth > 0 ? 12 : 8) {
        case 0, 1: .bool
        case 2, 3: .long
        case 4: .string
        case 5, 6: .entity(dice.pick(types))
        case 7: .extension(dice.pick(ExtensionType.allCases))
        case 8, 9: .set(SketchType.random(&dice, types: types, depth: depth - 1))
        default: .record(SketchType.fields(&dice, types: types, depth: depth - 1))
        }
    }

    /// Fields with different names.
    static func fields(_ dice: inout Dice, types: [String], depth: Int) -> [Field] {
        let names = ["a", "b", "c", "d e", "principal", "if"]
        return names.filter { _ in dice.roll(2) == 0 }.map {
            Field(name: $0, kind: .random(&dice, types: types, depth: depth), isRequired: !dice.once(in: 3))
        }
    }
}
