import Catalog
import SecurityLabels

/// A small company's scheme and catalog, as tests of several suites need it.
enum Samples {
    /// The scheme of a plant, with a default level or without.
    static func scheme(unlabelled: String? = nil) throws -> Scheme {
        try Scheme(
            levels: ["public", "internal", "confidential", "strictly-confidential"],
            categories: [
                "customer-x": CategoryDefinition(title: "Customer X"),
                "personal-data": CategoryDefinition(title: "Personal data"),
                "export-controlled": CategoryDefinition(title: "Export controlled", isFloor: true),
            ],
            unlabelled: unlabelled
        )
    }

    /// One entry, its places written `service key value`.
    static func entry(
        _ id: String,
        _ kind: CatalogEntry.Kind = .dataset,
        label: String? = nil,
        owner: String? = nil,
        project: String? = nil,
        served: [String] = [],
        in scheme: Scheme
    ) throws -> CatalogEntry {
        let position = SourcePosition(file: "catalog/test.yaml", line: 1, column: 1)
        return CatalogEntry(
            id: id,
            kind: kind,
            title: "Title of \(id)",
            owner: owner.flatMap { Owner($0) },
            project: project,
            label: try label.map { LabelAssignment(label: try scheme.label(marking: $0)) },
            served: served.map { place in
                let words = place.split(separator: " ").map(String.init)
                return ServedAt(service: words[0], key: words[1], value: words[2], position: position)
            },
            position: position
        )
    }

    /// An MLflow experiment.
    static func experiment(_ name: String?, id: String? = nil) -> ResourceReference {
        ResourceReference(service: "mlflow", kind: "experiment", id: id, name: name)
    }
}
