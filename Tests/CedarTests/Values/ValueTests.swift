import Cedar
import Testing

@Suite("Values")
struct ValueTests {
    @Test("Text is compared by code points, not by how it looks")
    func exactText() {
        let composed = "\u{E9}"
        let decomposed = "e\u{301}"
        #expect(
            composed == decomposed,
            "Swift holds them equal, which is why Cedar's types must not use its comparison"
        )
        #expect(Value.string(composed) != Value.string(decomposed))
        #expect(ExactText(composed) != ExactText(decomposed))
        #expect(EntityUID(type: user, id: composed) != EntityUID(type: user, id: decomposed))
        #expect(RecordValue([(composed, .long(1)), (decomposed, .long(2))]).count == 2)
        #expect(SetValue([.string(composed), .string(decomposed)]).count == 2)
    }

    @Test("Sets have no order and no duplicates")
    func sets() {
        #expect(SetValue([.long(1), .long(2), .long(1)]) == SetValue([.long(2), .long(1)]))
        #expect(SetValue([.long(1)]) != SetValue([.long(2)]))
        #expect(SetValue([.bool(true), .long(1)]).count == 2)
        let many = SetValue((0..<100).map { .long($0) })
        #expect(many.isSuperset(of: SetValue([.long(99), .long(0)])))
        #expect(!many.intersects(SetValue([.long(100)])))
    }

    @Test("A record keeps the later of two values under one name")
    func records() {
        var record = RecordValue([("b", .long(1)), ("a", .long(2)), ("b", .long(3))])
        #expect(record.attributeNames == ["a", "b"])
        #expect(record["b"] == .long(3))
        record["c"] = .bool(true)
        record["a"] = nil
        #expect(record == ["b": .long(3), "c": .bool(true)])
    }

    @Test(
        "A name is identifiers joined by two colons",
        arguments: [
            ("User", true), ("A::B::C", true), ("_x1", true), ("", false), ("::A", false), ("A::", false),
            ("A:B", false),
            ("1A", false), ("A B", false), ("if", false), ("A::in", false), ("__cedar", false), ("permit", true),
            ("Ä", false),
        ]
    )
    func names(text: String, isName: Bool) {
        #expect((Name(text) != nil) == isName)
    }

    @Test("A name knows its parts")
    func parts() throws {
        let name = try #require(Name("Plant::Press::Operator"))
        #expect(name.basename == "Operator")
        #expect(name.namespace?.text == "Plant::Press")
        #expect(name.parts == ["Plant", "Press", "Operator"])
    }

    @Test("An identity is written so that it reads back")
    func identities() {
        #expect(EntityUID(type: user, id: "a\"b\\\n\u{0}").description == #"User::"a\"b\\\n\0""#)
    }
}

let user = known("User")

/// A name that is known to be one.
func known(_ name: String) -> Name {
    guard let name = Name(name) else { preconditionFailure("`\(name)` is not a name") }
    return name
}
