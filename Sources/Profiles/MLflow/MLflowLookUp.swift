/// The look-ups by which things of MLflow are traced to the experiments they belong to.
///
/// All of them read; Stile's own account at MLflow needs no more than that.
enum MLflowLookUp {
    /// An experiment's name; fields `id`, `name`.
    static func experiment(_ id: String) -> MetadataQuery {
        MetadataQuery(
            kind: "experiment",
            id: id,
            target: "/api/2.0/mlflow/experiments/get?experiment_id=" + percentEncoded(id),
            lifetime: .brief
        )
    }

    /// The experiment that has a name now; fields `id`, `name`.
    static func experiment(named name: String) -> MetadataQuery {
        MetadataQuery(
            kind: "experiment-name",
            id: name,
            target: "/api/2.0/mlflow/experiments/get-by-name?experiment_name=" + percentEncoded(name),
            lifetime: .momentary
        )
    }

    /// The experiment of a run, which never changes; fields `experiment`, `root`.
    static func run(_ id: String) -> MetadataQuery {
        MetadataQuery(
            kind: "run",
            id: id,
            target: "/api/2.0/mlflow/runs/get?run_id=" + percentEncoded(id),
            lifetime: .permanent
        )
    }

    /// The experiment of a logged model, which never changes; fields `experiment`, `root`.
    static func loggedModel(_ id: String) -> MetadataQuery {
        MetadataQuery(
            kind: "logged-model",
            id: id,
            target: "/api/2.0/mlflow/logged-models/" + percentEncoded(id) + "?allow_deleted=true",
            lifetime: .permanent
        )
    }

    /// The experiment of a trace, which never changes; field `experiment`.
    static func trace(_ id: String) -> MetadataQuery {
        MetadataQuery(
            kind: "trace",
            id: id,
            target: "/api/3.0/mlflow/traces/" + percentEncoded(id),
            lifetime: .permanent
        )
    }

    /// The experiments of an evaluation data set; field `experiments`, ids with commas between.
    static func dataset(_ id: String) -> MetadataQuery {
        MetadataQuery(
            kind: "dataset",
            id: id,
            target: "/api/3.0/mlflow/datasets/" + percentEncoded(id) + "/experiment-ids",
            lifetime: .momentary
        )
    }

    /// How a registered model spells its name; field `name`.
    static func registeredModel(_ name: String) -> MetadataQuery {
        MetadataQuery(
            kind: "registered-model",
            id: name,
            target: "/api/2.0/mlflow/registered-models/get?name=" + percentEncoded(name),
            lifetime: .brief
        )
    }

    /// Where a model version comes from; fields `name`, `version`, `run`, `model`, `source`.
    static func modelVersion(_ name: String, _ version: String) -> MetadataQuery {
        MetadataQuery(
            kind: "model-version",
            id: "\(name)/\(version)",
            target:
                "/api/2.0/mlflow/model-versions/get?name=\(percentEncoded(name))&version=\(percentEncoded(version))",
            lifetime: .momentary
        )
    }

    /// The model version that has an alias now; fields as of ``modelVersion(_:_:)``.
    static func modelVersion(_ name: String, alias: String) -> MetadataQuery {
        MetadataQuery(
            kind: "model-version",
            id: "\(name)@\(alias)",
            target:
                "/api/2.0/mlflow/registered-models/alias?name=\(percentEncoded(name))&alias=\(percentEncoded(alias))",
            lifetime: .momentary
        )
    }
}
