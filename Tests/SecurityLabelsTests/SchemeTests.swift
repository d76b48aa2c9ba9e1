import SecurityLabels
import Testing

@Suite("Schemes")
struct SchemeTests {
    @Test(
        "A marking that is almost right is an error",
        arguments: [
            ("", .unknownLevel("", known: ["public", "internal", "confidential"])),
            ("Internal", .unknownLevel("Internal", known: ["public", "internal", "confidential"])),
            (" internal", .unknownLevel(" internal", known: ["public", "internal", "confidential"])),
            ("internal//", .malformedName("")),
            ("internal//a,,b", .malformedName("")),
            ("internal//A", .unknownCategory("A", known: ["a", "b", "c"])),
            ("internal//ä", .malformedName("ä")),
            ("internal//a//b", .malformedName("a//b")),
            ("internal//a,a", .repeatedCategory("a")),
            ("//a", .unknownLevel("", known: ["public", "internal", "confidential"])),
        ] as [(String, SecurityLabelError)]
    )
    func malformedMarkings(marking: String, expected: SecurityLabelError) throws {
        #expect(throws: expected) { try World.scheme.label(marking: marking) }
    }

    @Test("Every label reads back as itself", arguments: World.everyLabel)
    func roundTrip(label: SecurityLabel) throws {
        #expect(try World.scheme.label(marking: label.marking) == label)
    }

    @Test(
        "A scheme that could be misread is refused",
        arguments: [
            ([], [:], nil, .noLevels),
            (["low", "low"], [:], nil, .repeatedLevel("low")),
            (["low", "LOW"], [:], nil, .repeatedLevel("LOW")),
            (["very high"], [:], nil, .malformedName("very high")),
            (["low"], ["": CategoryDefinition(title: "")], nil, .malformedName("")),
            (
                ["low"], ["x": CategoryDefinition(title: ""), "X": CategoryDefinition(title: "")], nil,
                .ambiguousCategory("x")
            ),
            (["low"], [:], "high", .unknownLevel("high", known: ["low"])),
        ] as [([String], [String: CategoryDefinition], String?, SecurityLabelError)]
    )
    func refused(
        levels: [String],
        categories: [String: CategoryDefinition],
        unlabelled: String?,
        expected: SecurityLabelError
    ) {
        #expect(throws: expected) { try Scheme(levels: levels, categories: categories, unlabelled: unlabelled) }
    }

    @Test("Levels explain as `owner` unless the scheme says otherwise")
    func explainDepth() throws {
        let scheme = try Scheme(levels: ["low", "high"], explain: ["high": .idOnly])
        #expect(scheme.levels.map(scheme.explainDepth) == [.owner, .idOnly])
        #expect(throws: SecurityLabelError.unknownLevel("hihg", known: ["low"])) {
            try Scheme(levels: ["low"], explain: ["hihg": .full])
        }
    }

    @Test("What is unlabelled is denied unless the scheme names a level")
    func unlabelled() throws {
        #expect(try Scheme(levels: ["low"]).unlabelled == .deny)
        let scheme = try Scheme(levels: ["low", "high"], unlabelled: "high")
        #expect(scheme.unlabelled == .level(scheme.levels[1]))
    }

    @Test("Errors say what was found and what was expected")
    func errorWording() {
        #expect(
            SecurityLabelError.unknownLevel("secrt", known: ["public", "secret"]).description
                == "unknown classification level `secrt`, expected one of: public, secret"
        )
        #expect(
            SecurityLabelError.unknownCategory("x", known: []).description
                == "unknown category `x`, expected none, since the scheme defines no categories"
        )
    }
}
