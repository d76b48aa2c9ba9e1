import Catalog
import SecurityLabels
import Testing

@Suite("The catalog")
struct CatalogTests {
    private func catalog(unlabelled: String? = nil) throws -> Catalog {
        let scheme = try Samples.scheme(unlabelled: unlabelled)
        return try Catalog(
            entries: [
                Samples.entry("press4", .project, label: "internal", owner: "group:press4-owners", in: scheme),
                Samples.entry(
                    "forces",
                    label: "confidential//customer-x",
                    owner: "person:otto",
                    project: "press4",
                    served: ["mlflow experiment press4-*"],
                    in: scheme
                ),
                Samples.entry("all-forces", project: "press4", served: ["mlflow experiment *-forces"], in: scheme),
                Samples.entry(
                    "people",
                    label: "internal//personal-data",
                    served: ["mlflow experiment *hr*", "mlflow experiment-id 7"],
                    in: scheme
                ),
                Samples.entry("new", served: ["mlflow experiment new-*"], in: scheme),
                Samples.entry("mlflow", .service, label: "public", in: scheme),
                Samples.entry("log", label: "confidential", served: ["console decision-log *"], in: scheme),
            ],
            scheme: scheme
        )
    }

    @Test(
        "A thing is what the entries that match it say",
        arguments: [
            // name, id, entries, label, origin
            ("press4-a", nil, ["forces"], "confidential//customer-x", .catalog),
            ("hall-forces", nil, ["all-forces"], "internal", .inherited),
            ("press4-forces", nil, ["all-forces", "forces"], "confidential//customer-x", .joined),
            ("press4-hr", nil, ["forces", "people"], "confidential//customer-x,personal-data", .joined),
            ("anything", "7", ["people"], "internal//personal-data", .catalog),
            (nil, "7", ["people"], "internal//personal-data", .catalog),
            ("anything", "77", [], nil, .unlabelled),
            ("new-x", nil, ["new"], nil, .unlabelled),
            ("new-hr", nil, ["new", "people"], nil, .unlabelled),  // a part without a label closes the whole
        ] as [(String?, String?, [String], String?, LabelOrigin)]
    )
    func matching(name: String?, id: String?, entries: [String], label: String?, origin: LabelOrigin) throws {
        let resource = try self.catalog().resource(for: Samples.experiment(name, id: id))
        #expect(resource.entries == entries)
        #expect(resource.label?.marking == label)
        #expect(resource.origin == origin)
    }

    @Test(
        "Where the scheme has a default level, it stands for a missing label",
        arguments: [
            ("anything", "confidential", .default),
            ("new-x", "confidential", .default),
            ("new-hr", "confidential//personal-data", .joined),
            ("hall-hr", "internal//personal-data", .catalog),
        ] as [(String, String, LabelOrigin)]
    )
    func defaultLevel(name: String, label: String, origin: LabelOrigin) throws {
        let resource = try self.catalog(unlabelled: "confidential").resource(for: Samples.experiment(name))
        #expect(resource.label?.marking == label)
        #expect(resource.origin == origin)
    }

    @Test("A joined resource is answered for by the owner of its most protected part")
    func owner() throws {
        let catalog = try self.catalog()
        #expect(catalog.resource(for: Samples.experiment("press4-forces")).owner == .person("otto"))
        #expect(catalog.resource(for: Samples.experiment("hall-forces")).owner == .group("press4-owners"))
        #expect(catalog.resource(for: Samples.experiment("hr")).owner == nil)
        #expect(catalog.resource(for: Samples.experiment("press4-forces")).projects == ["press4"])
        #expect(catalog.resource(for: Samples.experiment("press4-forces")).id == "all-forces+forces")
    }

    @Test("Kinds and services do not share patterns")
    func separate() throws {
        let catalog = try self.catalog()
        for (service, kind) in [("mlflow", "registered-model"), ("objects", "experiment")] {
            let reference = ResourceReference(service: service, kind: kind, name: "press4-a")
            #expect(catalog.resource(for: reference).label == nil)
        }
    }

    @Test("A service without a place is the service of its name, and `*` takes what has no name")
    func services() throws {
        let catalog = try self.catalog()
        #expect(catalog.resource(for: ResourceReference(service: "mlflow", kind: "service")).entries == ["mlflow"])
        #expect(catalog.resource(for: ResourceReference(service: "console", kind: "decision-log")).entries == ["log"])
        #expect(catalog.resource(for: ResourceReference(service: "console", kind: "service")).entries == [])
    }

    @Test("An entry can be asked for by its own id")
    func byEntry() throws {
        let catalog = try self.catalog()
        #expect(catalog.resource(of: "forces")?.label?.marking == "confidential//customer-x")
        #expect(catalog.resource(of: "forces")?.title == "Title of forces")
        #expect(catalog.resource(of: "nothing") == nil)
    }

    @Test("Two spellings of one accented letter are two things")
    func exactBytes() throws {
        let scheme = try Samples.scheme()
        let (composed, decomposed) = ("pr\u{E9}", "pre\u{301}")
        let catalog = try Catalog(
            entries: [
                Samples.entry("a", label: "public", served: ["mlflow experiment \(composed)"], in: scheme),
                Samples.entry("b", label: "confidential", served: ["mlflow experiment-id \(decomposed)"], in: scheme),
            ],
            scheme: scheme
        )
        #expect(catalog.resource(for: Samples.experiment(composed)).entries == ["a"])
        #expect(catalog.resource(for: Samples.experiment(decomposed)).entries == [])
        #expect(catalog.resource(for: Samples.experiment(nil, id: composed)).entries == [])
        #expect(catalog.resource(for: Samples.experiment(nil, id: decomposed)).entries == ["b"])
        #expect(Samples.experiment(composed) != Samples.experiment(decomposed))
    }

    @Test("Everything wrong is told at once, with its place")
    func faults() throws {
        let scheme = try Samples.scheme()
        let entries = try [
            Samples.entry("a", project: "b", in: scheme), Samples.entry("a", in: scheme),
            Samples.entry("c+d", in: scheme), Samples.entry("p", .project, served: ["mlflow experiment x"], in: scheme),
        ]
        let thrown = #expect(throws: PolicyDiagnostics.self) { try Catalog(entries: entries, scheme: scheme) }
        #expect(
            thrown?.all.map(\.message) == [
                "`a` is already the id of the dataset at catalog/test.yaml:1:1",
                "malformed id `c+d`, expected a text without `+`",
                "project `p` is served at a place, expected only its members to be",
                "unknown project `b` of `a`, expected one of: p",
            ]
        )
        #expect(thrown?.hasErrors == true)
    }

    @Test("The index finds what trying every pattern finds")
    func index() throws {
        let scheme = try Samples.scheme()
        let texts = ["*", "a*", "a*b", "*b", "ab", "ab*", "ba*a", "abc", "", "b*"]
        let catalog = try Catalog(
            entries: texts.enumerated().map { place, text in
                var entry = try Samples.entry("e\(place)", label: "public", in: scheme)
                entry.served = [ServedAt(service: "mlflow", key: "experiment", value: text, position: entry.position)]
                return entry
            },
            scheme: scheme
        )
        for name in ["", "a", "b", "ab", "ba", "aab", "abb", "baa", "bba", "abc", "abcab", "c"] {
            let expected = texts.indices.filter { NamePattern(texts[$0]).matches(name) }.map { "e\($0)" }.sorted()
            #expect(catalog.resource(for: Samples.experiment(name)).entries == expected)
        }
    }
}
