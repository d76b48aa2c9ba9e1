import Cedar

/// Makes the text of policies.
struct PolicyMaker {
    let world: World
    /// Once in how many places a wrong type is used.
    let wildness: Int

    /// One policy or template.
    func policy(_ dice: inout Dice) -> String {
        var text = ""
        for key in ["id", "if", "reason"] where dice.once(in: 4) {
            text += "@\(key)" + (dice.roll(4) > 0 ? "(\(Value.string(dice.pick(Samples.strings))))" : "") + "\n"
        }
        let isTemplate = dice.once(in: 12)
        let (principal, principalType) = self.scope("principal", isTemplate, &dice)
        let (resource, resourceType) = self.scope("resource", isTemplate && dice.roll(2) == 0, &dice)
        text +=
            "\(dice.pick(["permit", "permit", "forbid"])) (\(principal), \(self.action(&dice)), \(resource)\(dice.once(in: 8) ? "," : ""))"
        let maker = ExpressionMaker(
            world: self.world,
            wildness: self.wildness,
            principalType: principalType,
            resourceType: resourceType
        )
        for _ in 0..<dice.pick([0, 1, 1, 1, 2]) {
            text += "\n\(dice.pick(["when", "when", "unless"])) { \(maker.expression(.bool, 1 + dice.roll(4), &dice)) }"
        }
        return text + ";"
    }

    private func scope(_ variable: String, _ isTemplate: Bool, _ dice: inout Dice) -> (text: String, type: String?) {
        let type = dice.pick(self.world.types)
        let reference = isTemplate ? "?\(variable)" : EntityUID.random(type, &dice).description
        switch isTemplate ? 1 + dice.roll(3) : dice.roll(7) {
        case 1: return ("\(variable) == \(reference)", isTemplate ? nil : type)
        case 2: return ("\(variable) in \(reference)", nil)
        case 3:
            return (
                "\(variable) is \(type) in \(isTemplate ? reference : EntityUID.random(dice.pick(self.world.types), &dice).description)",
                type
            )
        case 4, 5: return ("\(variable) is \(type)", type)
        default: return (variable, nil)
        }
    }

    private func action(_ dice: inout Dice) -> String {
        let uid = dice.pick(World.actions).description
        switch dice.roll(6) {
        case 0: return "action == \(uid)"
        case 1: return "action in \(uid)"
        case 2: return "action in [\(uid), \(World.actions[0])]"
        case 3: return "action in [\(uid)]"
        default: return "action"
        }
    }

    private static let comments = [
        "// c\n", "\n// \"d\" é\n\n  // e\n", "//\n", "// a\r// b\n", "\r\n// c\r\n", "\n\n\n//// x // y\n",
        "// 日本\u{200B}\n", "\t//\t\n",
        "\n// " + String(repeating: "long ", count: 20) + "\n",
    ]

    /// The same text with comments between its words.
    static func commented(_ text: String, _ dice: inout Dice) -> String {
        text.split(separator: " ", omittingEmptySubsequences: false).map { word in
            dice.once(in: 8) ? dice.pick(Self.comments) + word : String(word)
        }.joined(separator: " ")
    }

    /// The same text, broken or decorated in one place.
    static func mutated(_ text: String, _ dice: inout Dice) -> String {
        var words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        let place = dice.roll(words.count)
        switch dice.roll(6) {
        case 0: words.remove(at: place)
        case 1:
            words.insert(
                dice.pick(["&&", "(", ")", "==", "if", "1", ".", "::", "has", "@", ";", ",", "\"x\"", "-", "!"]),
                at: place
            )
        case 2: words.swapAt(place, dice.roll(words.count))
        case 3: words[place] = String(words[place].dropLast())
        case 4: words[place] += dice.pick(["\"", "]", "}", "\\", "$", "é", "//"])
        default: words.insert("// c\n", at: place)
        }
        return words.joined(separator: " ")
    }
}
