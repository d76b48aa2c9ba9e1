import Cedar
import Testing

@Suite("The two forms of schemas")
struct SchemaFormTests {
    static let text = """
        @doc("shared types")
        namespace Plant {
          type Place = {
            hall: Long,
            "row no"?: Long
          };

          entity Level enum ["low", "high"];

          entity Machine in [Level, Plant::Machine] = {
            places: Set<Place>,
            @unit("mm")
            stroke: __cedar::decimal
          } tags String;

          action "read" in ["all", Action::"any"] appliesTo {
            principal: [User],
            resource: [Machine],
            context: {}
          };
        }

        """

    @Test("A canonical text is written as it was read")
    func textStays() throws {
        #expect(try SchemaFragment(text: Self.text).text == Self.text)
    }

    @Test("Text, JSON and text again say the same")
    func throughJSON() throws {
        let fragment = try SchemaFragment(text: Self.text)
        let again = try SchemaFragment(parsingJSON: fragment.json.text(.indented))
        #expect(again.json == fragment.json)
        #expect(again.text == Self.text)
    }

    @Test(
        "Names mean the definition nearest to them",
        arguments: [
            ("namespace N { entity A; entity B { a: A }; }", "N::B", "N::A"),
            ("entity A; namespace N { entity B { a: A }; }", "N::B", "A"),
            ("namespace M { entity A; } namespace N { entity B { a: M::A }; }", "N::B", "M::A"),
            ("namespace N { type A = Long; entity A; entity B { a: A }; }", "N::B", "Long"),
            ("entity String; entity B { a: String };", "B", "String"),
            ("entity String; entity B { a: __cedar::String };", "B", "String"),
            ("type A = { x: Long, y?: Set<Bool> }; entity B { a: A };", "B", "{x: Long,y?: Set<Bool>,}"),
        ]
    )
    func resolution(text: String, type: String, expected: String) throws {
        let schema = try Schema(text: text)
        let name = try #require(Name(type))
        let declared = try #require(schema.entityTypes[name])
        let attribute = try #require(declared.attributes.attribute("a"))
        #expect(attribute.type.description == expected)
        // An entity type of that name and the type of the language are written alike.
        if text.contains("__cedar") { #expect(attribute.type == .string) }
    }

    @Test("Fragments may refer to each other")
    func fragments() throws {
        let generated = try SchemaFragment(text: "entity Level enum [\"low\"];")
        let written = try SchemaFragment(text: "entity Photo in [Level] { level: Level };")
        let schema = try Schema([written, generated])
        #expect(schema.entityTypes.count == 2)
        #expect(throws: SyntaxErrors.self) { try Schema([written]) }
        #expect(throws: SyntaxErrors.self) { try Schema([written, generated, generated]) }
    }

    @Test("Membership is followed through groups")
    func membership() throws {
        let schema = try PhotoHouse.schema()
        let name = try #require(Name("Group"))
        let group = try #require(schema.entityTypes[name])
        #expect(group.descendants.map(\.text).sorted() == ["Group", "User"])
        let (uid, any) = (try PhotoHouse.uid("Action", "edit"), try PhotoHouse.uid("Action", "any"))
        let edit = try #require(schema.actions[uid])
        #expect(edit.ancestors == [any])
        #expect(schema.environments.count == 5)
    }
}
