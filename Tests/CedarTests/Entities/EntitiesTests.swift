import Cedar
import Testing

@Suite("Entities")
struct EntitiesTests {
    static func uid(_ id: String) -> EntityUID { EntityUID(type: user, id: id) }

    @Test("Ancestors are worked out over any number of steps")
    func ancestors() throws {
        let chain = (0..<20_000).map {
            Entity(uid: Self.uid("\($0)"), parents: $0 < 19_999 && $0 % 200 != 199 ? [Self.uid("\($0 + 1)")] : [])
        }
        let entities = try Entities(chain)
        #expect(entities.entity(Self.uid("0"))?.ancestors.count == 199)
        #expect(entities.entity(Self.uid("0"))?.isIn(Self.uid("199")) == true)
        #expect(entities.entity(Self.uid("5"))?.isIn(Self.uid("4")) == false)
    }

    @Test("An entity is not its own ancestor")
    func cycles() {
        #expect(throws: EntitiesError.self) {
            try Entities([
                Entity(uid: Self.uid("a"), parents: [Self.uid("b")]),
                Entity(uid: Self.uid("b"), parents: [Self.uid("a")]),
            ])
        }
    }

    @Test("The same entity may be given twice, another under its name may not")
    func duplicates() throws {
        let entity = Entity(uid: Self.uid("a"), attributes: ["x": .long(1)])
        #expect(try Entities([entity, entity]).count == 1)
        #expect(throws: EntitiesError.duplicate(Self.uid("a"))) { try Entities([entity, Entity(uid: Self.uid("a"))]) }
    }

    @Test("Entities on top hide those below, and nothing else")
    func overlay() throws {
        let below = try Entities([Entity(uid: Self.uid("g"), parents: [Self.uid("all")]), Entity(uid: Self.uid("a"))])
        let anna = below.resolved(Entity(uid: Self.uid("a"), attributes: ["x": .long(1)], parents: [Self.uid("g")]))
        #expect(anna.ancestors == [Self.uid("g"), Self.uid("all")])
        let overlaid = below.overlaid(by: anna)
        #expect(overlaid.entity(Self.uid("a"))?.attributes["x"] == .long(1))
        #expect(below.entity(Self.uid("a"))?.attributes.isEmpty == true)
        #expect(overlaid.entity(Self.uid("g")) != nil)
    }

    @Test("JSON is read with explicit escapes, and with implicit ones where the type is known")
    func json() throws {
        let text = """
            [{"uid": {"__entity": {"type": "User", "id": "a"}}, "parents": [{"type": "User", "id": "g"}],
              "attrs": {"boss": {"type": "User", "id": "b"}, "ip": "10.0.0.1", "at": {"__extn": {"fn": "decimal", "arg": "1.5"}}},
              "tags": {"t": {"__entity": {"type": "User", "id": "b"}}}}]
            """
        let plain = try #require(try Entities(parsing: text).entity(Self.uid("a")))
        #expect(plain.attributes["boss"]?.kind == .record)
        #expect(plain.attributes["ip"] == .string("10.0.0.1"))
        #expect(plain.attributes["at"] == .extension(.decimal(DecimalValue(tenThousandths: 15_000))))
        #expect(plain.tags["t"] == .entity(Self.uid("b")))
        let typed = try #require(try Entities(parsing: text, expecting: Expectations()).entity(Self.uid("a")))
        #expect(typed.attributes["boss"] == .entity(Self.uid("b")))
        #expect(typed.attributes["ip"]?.kind == .extension(.ipaddr))
        let again = try Entities(json: .array([JSON(typed)]))
        #expect(again.entity(Self.uid("a")) == typed)
    }

    private struct Expectations: EntityExpectations {
        func attributes(of type: EntityTypeName) -> [ExactText: ExpectedValue]? {
            ["boss": .entity, "ip": .extension(.ipaddr)]
        }
        func tags(of type: EntityTypeName) -> ExpectedValue? { .entity }
    }

    @Test(
        "Every error of the JSON is found",
        arguments: [
            ("{", "1:2: unexpected end of the text, expected a key in quotes"),
            ("[{}]", "1:2: found an object, expected an object with `uid`, `attrs` and `parents`"),
            (
                "[{\"uid\": {\"type\": \"User\", \"id\": \"a\"}, \"parents\": [], \"attrs\": {\"x\": null}}]",
                "1:69: `null` is not a value; leave the attribute out"
            ),
            (
                "[{\"uid\": {\"type\": \"User\", \"id\": \"a\"}, \"parents\": [], \"attrs\": {\"x\": 1.5}}]",
                "1:69: `1.5` is not a 64-bit integer; write fractions as `decimal`"
            ),
            (
                "[{\"uid\": {\"type\": \"1\", \"id\": \"a\"}, \"parents\": [], \"attrs\": {}}]",
                "1:10: `1` is not the name of a type"
            ),
        ]
    )
    func wrongJSON(text: String, message: String) throws {
        let errors = try #require(throws: SyntaxErrors.self) { try Entities(parsing: text) }
        #expect(errors.diagnostics.map(\.description).joined(separator: "\n") == message)
    }
}
