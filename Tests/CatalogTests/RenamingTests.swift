import Catalog
import SecurityLabels
import Testing

@Suite("Renaming never lowers a label")
struct RenamingTests {
    @Test(
        "A thing stays what it was under each name it had",
        arguments: [
            // default level, names it had, its name now, label
            (nil, ["high-a"], "low-a", "confidential//customer-x"),
            (nil, ["low-a"], "high-a", "confidential//customer-x"),
            (nil, ["high-a"], "unknown", "confidential//customer-x"),
            (nil, ["low-a", "high-a"], "low-b", "confidential//customer-x"),
            (nil, ["low-a"], "low-b", "public"),
            ("internal", ["unknown"], "low-a", "internal"),  // the default it had counts too
            ("internal", ["unknown"], "high-a", "confidential//customer-x"),
            ("internal", ["low-a"], "unknown", "public"),  // nor does a rename raise to the default
            ("internal", ["low-a", "unknown"], "low-b", "public"),
        ] as [(String?, [String], String, String)]
    )
    func labels(unlabelled: String?, names: [String], now: String, label: String) throws {
        let scheme = try Samples.scheme(unlabelled: unlabelled)
        let catalog = try Catalog(
            entries: [
                Samples.entry("low", label: "public", served: ["mlflow experiment low-*"], in: scheme),
                Samples.entry(
                    "high",
                    label: "confidential//customer-x",
                    served: ["mlflow experiment high-*"],
                    in: scheme
                ),
            ],
            scheme: scheme
        )
        #expect(catalog.resource(for: Samples.experiment(now, id: "1"), bound: names).label?.marking == label)
    }

    @Test("Whatever names a thing goes through, each step's label dominates the one before")
    func law() throws {
        for unlabelled in [nil, "public", "internal", "strictly-confidential"] {
            let scheme = try Samples.scheme(unlabelled: unlabelled)
            let catalog = try Catalog(
                entries: [
                    Samples.entry("low", label: "public", served: ["mlflow experiment a*"], in: scheme),
                    Samples.entry(
                        "mid",
                        label: "internal//personal-data",
                        served: ["mlflow experiment *b"],
                        in: scheme
                    ),
                    Samples.entry(
                        "high",
                        label: "confidential//customer-x",
                        served: ["mlflow experiment c*"],
                        in: scheme
                    ),
                ],
                scheme: scheme
            )
            let names = ["a", "ab", "b", "c", "cb", "d"]
            for first in names {
                for second in names {
                    for third in names {
                        let before = catalog.resource(for: Samples.experiment(second, id: "1"), bound: [first, second])
                        let after = catalog.resource(for: Samples.experiment(third, id: "1"), bound: [first, second])
                        guard let label = before.label else { continue }
                        #expect(after.label?.dominates(label) == true, "\(first) \(second) \(third)")
                    }
                }
            }
        }
    }
}
