import Cedar

/// Makes expressions that are true or false.
extension ExpressionMaker {
    /// A test, its operands at most so many operators deep.
    func test(_ depth: Int, _ dice: inout Dice) -> String {
        switch dice.roll(16) {
        case 0, 1: return "(\(self.expression(.bool, depth, &dice)) && \(self.expression(.bool, depth, &dice)))"
        case 2, 3: return "(\(self.expression(.bool, depth, &dice)) || \(self.expression(.bool, depth, &dice)))"
        case 4: return "!(\(self.expression(.bool, depth, &dice)))"
        case 5:
            let kind = SketchType.random(&dice, types: self.world.types, depth: 1)
            return
                "(\(self.expression(kind, depth, &dice)) \(dice.pick(["==", "!="])) \(self.expression(kind, depth, &dice)))"
        case 6:
            let kind = dice.pick([SketchType.long, .long, .extension(.datetime), .extension(.duration)])
            return
                "(\(self.expression(kind, depth, &dice)) \(dice.pick(["<", "<=", ">", ">="])) \(self.expression(kind, depth, &dice)))"
        case 7: return self.membership(depth, &dice)
        case 8, 9: return self.presence(depth, &dice)
        case 10: return "(\(self.expression(.string, depth, &dice)) like \(self.pattern(&dice)))"
        case 11, 12: return self.setTest(depth, &dice)
        case 13: return self.extensionTest(depth, &dice)
        case 14: return "(\(self.anyEntity(depth, &dice)) is \(dice.pick(self.world.types)))"
        default: return self.tagTest(&dice)
        }
    }

    private func anyEntity(_ depth: Int, _ dice: inout Dice) -> String {
        switch dice.roll(4) {
        case 0: "principal"
        case 1: "resource"
        default: self.expression(.entity(dice.pick(self.world.types)), depth, &dice)
        }
    }

    private func membership(_ depth: Int, _ dice: inout Dice) -> String {
        let left = self.anyEntity(depth, &dice)
        let type = dice.pick(self.world.types)
        let right =
            dice.roll(2) == 0
            ? self.expression(.entity(type), depth, &dice) : self.expression(.set(.entity(type)), depth, &dice)
        if dice.once(in: 4) { return "(\(left) is \(dice.pick(self.world.types)) in \(right))" }
        if dice.once(in: 6) { return "(action in \(dice.pick(World.actions)))" }
        if dice.once(in: 12) { return "(action in [\(dice.pick(World.actions)), \(dice.pick(World.actions))])" }
        return "(\(left) in \(right))"
    }

    private func presence(_ depth: Int, _ dice: inout Dice) -> String {
        let object = dice.pick(["principal", "resource", "context", "action"])
        switch dice.roll(4) {
        case 0: return "(\(object) has \"\(dice.pick(["d e", "if", "a"]))\")"
        case 1:
            let path = (0..<2 + dice.roll(2)).map { _ in dice.pick(["a", "b", "c", "principal"]) }.joined(
                separator: "."
            )
            guard dice.roll(2) == 0 else { return "(\(object) has \(path))" }
            let value = self.expression(.random(&dice, types: self.world.types, depth: 0), depth, &dice)
            return "(\(object) has \(path) && \(object).\(path) == \(value))"
        case 2:
            let name = dice.pick(["a", "b", "c"])
            return
                "(\(object) has \(name) && \(object).\(name) == \(self.expression(.random(&dice, types: self.world.types, depth: 0), depth, &dice)))"
        default: return "(\(object) has \(dice.pick(["a", "b", "c", "principal"])))"
        }
    }

    private func setTest(_ depth: Int, _ dice: inout Dice) -> String {
        let element = SketchType.random(&dice, types: self.world.types, depth: 0)
        let set = self.expression(.set(element), depth, &dice)
        switch dice.roll(4) {
        case 0: return "\(set).isEmpty()"
        case 1: return "\(set).contains(\(self.expression(element, depth, &dice)))"
        case 2: return "\(set).containsAll(\(self.expression(.set(element), depth, &dice)))"
        default: return "\(set).containsAny(\(self.expression(.set(element), depth, &dice)))"
        }
    }

    private func extensionTest(_ depth: Int, _ dice: inout Dice) -> String {
        if dice.roll(2) == 0 {
            let left = self.expression(.extension(.decimal), depth, &dice)
            let method = dice.pick(["lessThan", "lessThanOrEqual", "greaterThan", "greaterThanOrEqual"])
            return "\(left).\(method)(\(self.expression(.extension(.decimal), depth, &dice)))"
        }
        let address = self.expression(.extension(.ipaddr), depth, &dice)
        switch dice.roll(5) {
        case 0: return "\(address).isIpv4()"
        case 1: return "\(address).isIpv6()"
        case 2: return "\(address).isLoopback()"
        case 3: return "\(address).isMulticast()"
        default: return "\(address).isInRange(\(self.expression(.extension(.ipaddr), depth, &dice)))"
        }
    }

    private func tagTest(_ dice: inout Dice) -> String {
        let object = dice.pick(["principal", "resource"])
        let tag = Value.string(dice.pick(["t", "u", "é", "e\u{301}"])).description
        guard dice.roll(2) == 0 else { return "\(object).hasTag(\(tag))" }
        let kind = SketchType.random(&dice, types: self.world.types, depth: 0)
        return "(\(object).hasTag(\(tag)) && \(object).getTag(\(tag)) == \(self.expression(kind, 0, &dice)))"
    }

    private func pattern(_ dice: inout Dice) -> String {
        let pieces = ["*", "*", "a", "b", "\\*", "é", "e\\u{301}", "\\0", "\\\\", "\\\"", "c"]
        return "\"" + (0..<dice.roll(6)).map { _ in dice.pick(pieces) }.joined() + "\""
    }
}
