import Cedar

/// Makes expressions that mostly have the type asked for, and sometimes another.
struct ExpressionMaker {
    let world: World
    /// Once in how many places a wrong type is used.
    let wildness: Int
    /// The types of principal and resource where the scope tells them.
    var principalType: String?
    var resourceType: String?

    /// An expression of a kind, at most so many operators deep.
    func expression(_ kind: SketchType, _ depth: Int, _ dice: inout Dice) -> String {
        if self.wildness > 0, dice.once(in: self.wildness) {
            return self.expression(.random(&dice, types: self.world.types, depth: 1), depth, &dice)
        }
        if depth <= 0 || dice.once(in: 6) { return self.leaf(kind, &dice) }
        if dice.once(in: 10) {
            let condition = self.expression(.bool, depth - 1, &dice)
            return
                "(if \(condition) then \(self.expression(kind, depth - 1, &dice)) else \(self.expression(kind, depth - 1, &dice)))"
        }
        if dice.once(in: 4), let access = self.access(kind, &dice) { return access }
        switch kind {
        case .bool: return self.test(depth - 1, &dice)
        case .long: return self.number(depth - 1, &dice)
        case .set(let element):
            return "["
                + (0..<dice.roll(4)).map { _ in self.expression(element, depth - 1, &dice) }.joined(separator: ", ")
                + "]"
        case .record(let fields):
            let texts = fields.filter { $0.isRequired || dice.roll(2) == 0 }.map {
                "\(self.key($0.name, &dice)): \(self.expression($0.kind, depth - 1, &dice))"
            }
            return "{" + texts.joined(separator: ", ") + "}"
        case .extension(.datetime) where dice.roll(2) == 0:
            let moment = self.expression(.extension(.datetime), depth - 1, &dice)
            return dice.roll(2) == 0
                ? "\(moment).toDate()" : "\(moment).offset(\(self.expression(.extension(.duration), depth - 1, &dice)))"
        case .extension(.duration) where dice.roll(2) == 0:
            let moment = self.expression(.extension(.datetime), depth - 1, &dice)
            return dice.roll(2) == 0
                ? "\(moment).toTime()"
                : "\(moment).durationSince(\(self.expression(.extension(.datetime), depth - 1, &dice)))"
        case .string, .entity, .extension: return self.leaf(kind, &dice)
        }
    }

    private func key(_ name: String, _ dice: inout Dice) -> String {
        name.allSatisfy(\.isLetter) && name != "if" && dice.roll(2) == 0 ? name : JSON.string(name).text()
    }

    /// A literal, or a variable.
    private func leaf(_ kind: SketchType, _ dice: inout Dice) -> String {
        switch kind {
        case .entity(let type):
            if type == self.principalType, dice.roll(2) == 0 { return "principal" }
            if type == self.resourceType, dice.roll(2) == 0 { return "resource" }
            return EntityUID.random(type, &dice).description
        case .extension(let type):
            return "\(type.constructor.rawValue)(\(Value.string(Samples.text(type, &dice))))"
        case .record where dice.roll(2) == 0: return "context"
        case .set, .record: return Value.random(kind, &dice).description
        case .bool, .long, .string: return Value.random(kind, &dice).description
        }
    }

    /// An attribute or tag of the right kind, if there is one.
    private func access(_ kind: SketchType, _ dice: inout Dice) -> String? {
        var found = self.world.context.filter { $0.kind == kind }.map { ("context", $0.name) }
        for (variable, type) in [("principal", self.principalType), ("resource", self.resourceType)] {
            guard let type else { continue }
            found += (self.world.attributes[type] ?? []).filter { $0.kind == kind }.map { (variable, $0.name) }
            if self.world.tags[type] == kind, dice.roll(2) == 0 {
                return "\(variable).getTag(\(Value.string(dice.pick(["t", "u"]))))"
            }
        }
        guard !found.isEmpty else { return nil }
        let (object, name) = dice.pick(found)
        let isPlain = name.allSatisfy(\.isLetter) && name != "if"
        return isPlain && dice.roll(3) > 0 ? "\(object).\(name)" : "\(object)[\(JSON.string(name).text())]"
    }

    private func number(_ depth: Int, _ dice: inout Dice) -> String {
        let left = self.expression(.long, depth, &dice)
        switch dice.roll(6) {
        case 0: return "-(\(left))"
        case 1:
            return
                "\(self.expression(.extension(.duration), depth, &dice)).\(dice.pick(["toMilliseconds", "toSeconds", "toMinutes", "toHours", "toDays"]))()"
        default: return "(\(left) \(dice.pick(["+", "-", "*"])) \(self.expression(.long, depth, &dice)))"
        }
    }
}
