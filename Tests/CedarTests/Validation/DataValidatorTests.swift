import Cedar
import Testing

@Suite("Entities and requests against a schema")
struct DataValidatorTests {
    @Test("A store that fits has no problems")
    func fitting() throws {
        #expect(try PhotoHouse.schema().validate(PhotoHouse.entities()).isEmpty)
    }

    @Test(
        "What does not fit is found",
        arguments: [
            // entity, what is wrong
            (
                #"{"uid": {"type": "Usr", "id": "a"}, "attrs": {}, "parents": []}"#,
                [
                    "entity `Usr::\"a\"` has type `Usr`, which is not declared in the schema; did you mean `User`?"
                ]
            ),
            (
                #"{"uid": {"type": "Level", "id": "hihg"}, "attrs": {}, "parents": []}"#,
                [
                    "entity `Level::\"hihg\"` is of an enumerated entity type, but `\"hihg\"` is not declared as a valid eid; "
                        + "did you mean `high`?"
                ]
            ),
            (
                #"{"uid": {"type": "Album", "id": "a"}, "attrs": {"ower": 1}, "parents": []}"#,
                [
                    "entity `Album::\"a\"` has the attribute `ower`, which is not declared; did you mean `owner`?"
                ]
            ),
            (
                #"{"uid": {"type": "Photo", "id": "a"}, "attrs": {"size": "1", "labels": [1]}, "parents": []}"#,
                [
                    "entity `Photo::\"a\"` lacks the required attribute `owner`",
                    "`labels` of entity `Photo::\"a\"` is of the wrong type, expected String, found long",
                    "`size` of entity `Photo::\"a\"` is of the wrong type, expected Long, found string",
                ]
            ),
            (
                #"{"uid": {"type": "Album", "id": "a"}, "attrs": {}, "parents": [{"type": "User", "id": "b"}]}"#,
                [
                    "entity `Album::\"a\"` is in `User::\"b\"`, but entities of its type cannot be in one of type `User`"
                ]
            ),
            (
                #"{"uid": {"type": "Album", "id": "a"}, "attrs": {}, "parents": [], "tags": {"t": 1}}"#,
                [
                    "entity `Album::\"a\"` has the tag `t`, but its type declares no tags"
                ]
            ),
            (
                #"{"uid": {"type": "Album", "id": "a"}, "attrs": {"owner": {"type": "Photo", "id": "b"}}, "parents": []}"#,
                [
                    "`owner` of entity `Album::\"a\"` is of the wrong type, expected User, found (entity of type `Photo`)"
                ]
            ),
            (
                #"{"uid": {"type": "Action", "id": "view"}, "attrs": {}, "parents": []}"#,
                [
                    "action `Action::\"view\"` differs from its declaration in the schema"
                ]
            ),
            (
                #"{"uid": {"type": "Action", "id": "view"}, "attrs": {}, "parents": [{"type": "Action", "id": "any"}]}"#,
                []
            ),
        ] as [(String, [String])]
    )
    func entities(json: String, expected: [String]) throws {
        let schema = try PhotoHouse.schema()
        let entities = try Entities(parsing: "[\(json)]", expecting: schema)
        #expect(schema.validate(entities).map(\.description) == expected)
    }

    @Test(
        "A request that does not fit is found",
        arguments: [
            ("User", "view", "Photo", #"{"mfa": true}"#, []),
            ("User", "view", "Photo", #"{"mfa": true, "rec": {"x": 1}}"#, []),
            (
                "User", "view", "Photo", "{}",
                [
                    "the context of a request for `Action::\"view\"` lacks the required attribute `mfa`"
                ]
            ),
            (
                "User", "view", "Photo", #"{"mfa": 1, "rec": {"y": "a"}}"#,
                [
                    "`mfa` of the context of a request for `Action::\"view\"` is of the wrong type, expected Bool, found long",
                    "the context of a request for `Action::\"view\"` lacks the required attribute `rec.x`",
                ]
            ),
            (
                "Group", "view", "Photo", #"{"mfa": true}"#,
                [
                    "principals of type `Group` are not valid for `Action::\"view\"`, expected `User`"
                ]
            ),
            (
                "User", "print", "Album", "{}",
                [
                    "resources of type `Album` are not valid for `Action::\"print\"`, expected `Photo`"
                ]
            ),
            (
                "User", "veiw", "Photo", "{}",
                [
                    "action `Action::\"veiw\"` is not declared in the schema; did you mean `Action::\"view\"`?"
                ]
            ),
        ] as [(String, String, String, String, [String])]
    )
    func requests(principal: String, action: String, resource: String, context: String, expected: [String]) throws {
        let schema = try PhotoHouse.schema()
        let uid = try PhotoHouse.uid("Action", action)
        let request = Request(
            principal: try PhotoHouse.uid(principal, "x"),
            action: uid,
            resource: try PhotoHouse.uid(resource, "y"),
            context: try RecordValue(context: JSON(parsing: context), expecting: schema.context(of: uid) ?? [:])
        )
        #expect(schema.validate(request).map(\.description) == expected)
    }

    @Test("Values are read by what the schema expects: entities and extension values without escapes")
    func implicitEscapes() throws {
        let uid = try PhotoHouse.uid("User", "anna")
        let anna = try #require(PhotoHouse.entities().entity(uid))
        let ben = try PhotoHouse.uid("User", "ben")
        #expect(anna.attributes["boss"] == .entity(ben))
        #expect(anna.attributes["ip"]?.kind == .extension(.ipaddr))
    }
}
