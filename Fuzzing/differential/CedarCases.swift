import Cedar

/// Prints generated cases, one JSON object a line, for the reference engine to answer.
///
///     cedar-cases SEED COUNT
///
/// A third of the cases conforms to a schema, a third is wildly typed, with a schema or without, a third is text with a mistake in it. All answers
/// are for `cedar-conformance` to compare.
@main
enum CedarCases {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst().compactMap { UInt64($0) }
        guard arguments.count == 2 else {
            print("usage: cedar-cases SEED COUNT")
            return
        }
        for number in 0..<arguments[1] {
            var dice = Dice(seed: arguments[0] &* 1_000_003 &+ number)
            print(Self.line("seed-\(arguments[0])-\(number)", &dice))
        }
    }

    private static func line(_ id: String, _ dice: inout Dice) -> String {
        let world = World(&dice)
        let form = dice.roll(3)
        let maker = PolicyMaker(world: world, wildness: form == 0 ? 0 : 12)
        let texts = (0..<1 + dice.roll(5)).map { _ in maker.policy(&dice) }
        let links = form == 2 ? [] : Self.links(of: texts, world, &dice)
        var policies = texts.joined(separator: "\n\n")
        if form == 2 { policies = PolicyMaker.mutated(policies, &dice) }
        if form != 2, dice.once(in: 3) { policies = PolicyMaker.commented(policies, &dice) }
        let entities = world.entities(&dice)
        let requests = (0..<4).map { _ in
            let request = world.request(&dice)
            return JSON.object([
                ("principal", JSON(request.principal)), ("action", JSON(request.action)),
                ("resource", JSON(request.resource)),
                ("context", JSON(.record(request.context))),
            ])
        }
        return JSON.object([
            ("id", .string(id)), ("kind", .string(["typed", "wild", "broken"][form])), ("policies", .string(policies)),
            ("schema", form == 0 || form == 1 && dice.roll(2) == 0 ? .string(world.schema) : JSON(node: .null)),
            ("entities", .array(entities.map { JSON($0) })), ("requests", .array(requests)), ("links", .array(links)),
        ]).text()
    }

    /// Links of the templates among policies, most of them as they should be.
    private static func links(of texts: [String], _ world: World, _ dice: inout Dice) -> [JSON] {
        var links: [JSON] = []
        for (number, text) in texts.enumerated() where text.contains("?") && dice.roll(4) > 0 {
            var values: [(String, JSON)] = []
            for slot in ["?principal", "?resource"] where text.contains(slot) != dice.once(in: 60) {
                values.append((slot, JSON(EntityUID.random(dice.pick(world.types), &dice))))
            }
            links.append(
                .object([
                    ("template_id", .string("policy\(number)")),
                    ("new_id", .string(dice.once(in: 60) ? "policy0" : "link\(number)")), ("values", .object(values)),
                ])
            )
        }
        return links
    }
}
