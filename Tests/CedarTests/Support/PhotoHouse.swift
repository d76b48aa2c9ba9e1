import Cedar
import Testing

/// A small world that the tests of schemas, validation and partial evaluation share: people, groups, photos in albums.
enum PhotoHouse {
    static let schemaText = """
        type Address = { street: String, zip?: Long };
        entity Level enum ["low", "high"];
        entity Group in [Group] tags String;
        entity User in [Group] {
          age: Long, name: String, boss?: User, address: Address, roles: Set<String>, ip?: ipaddr, ok: Bool
        } tags Set<String>;
        entity Photo in [Album, Level] { owner: User, size: Long, labels: Set<String>, "odd name"?: Long };
        entity Album in [Album] { owner?: User };
        action view, edit in [any] appliesTo {
          principal: [User], resource: [Photo, Album],
          context: { mfa: Bool, n?: Long, rec?: { x: Long, y?: String } }
        };
        action any;
        action print appliesTo { principal: [User], resource: [Photo] };
        """

    static func schema() throws -> Schema {
        try Schema(text: Self.schemaText, name: "photos.cedarschema")
    }

    static func uid(_ type: String, _ id: String) throws -> EntityUID {
        EntityUID(type: try #require(Name(type)), id: id)
    }

    /// People, albums and photos.
    ///
    /// Anna is in the group `family`, which is in `all`; ben is in none. Photo `a` is in `summer`, in `root`.
    static func entities() throws -> Entities {
        try Entities(
            parsing: """
                [{"uid": {"type": "Group", "id": "family"}, "attrs": {}, "parents": [{"type": "Group", "id": "all"}]},
                 {"uid": {"type": "Group", "id": "all"}, "attrs": {}, "parents": []},
                 {"uid": {"type": "User", "id": "anna"}, "parents": [{"type": "Group", "id": "family"}], "attrs":
                  {"age": 30, "name": "Anna", "boss": {"type": "User", "id": "ben"}, "address": {"street": "Main"},
                   "roles": ["cook"], "ip": "10.0.0.1", "ok": true}, "tags": {"t": ["x"]}},
                 {"uid": {"type": "User", "id": "ben"}, "parents": [], "attrs":
                  {"age": 9, "name": "Ben", "address": {"street": "Side", "zip": 7}, "roles": [], "ok": false}},
                 {"uid": {"type": "Album", "id": "root"}, "attrs": {}, "parents": []},
                 {"uid": {"type": "Album", "id": "summer"}, "attrs": {}, "parents": [{"type": "Album", "id": "root"}]},
                 {"uid": {"type": "Photo", "id": "a"}, "attrs":
                  {"owner": {"type": "User", "id": "anna"}, "size": 5, "labels": ["sea"]},
                  "parents": [{"type": "Album", "id": "summer"}, {"type": "Level", "id": "low"}]},
                 {"uid": {"type": "Photo", "id": "b"}, "attrs":
                  {"owner": {"type": "User", "id": "ben"}, "size": -5, "labels": [], "odd name": 1},
                  "parents": [{"type": "Album", "id": "root"}, {"type": "Level", "id": "high"}]},
                 {"uid": {"type": "Photo", "id": "c"}, "attrs":
                  {"owner": {"type": "User", "id": "nobody"}, "size": 1, "labels": ["sea", "sun"]}, "parents": []}]
                """,
            expecting: Self.schema()
        )
    }
}
