/// Experiments, runs and logged models.
extension MLflowRouteTable {
    static let experiments: [MLflowRoute] = [
        .ask(.get, .v2, "experiments/get-by-name", .read, [.experimentName("experiment_name")]),
        .ask(.get, .v2, "experiments/get", .read, [.experiment("experiment_id")]),
        .service(.get, .v2, "experiments/search", .list).filtered(.experiments),
        .service(.post, .v2, "experiments/search", .list).holding(atMost: MLflowRoute.bodyLimit).filtered(.experiments),
        .ask(.post, .v2, "experiments/search-datasets", .read, [.experiments("experiment_ids[]")]),
        // A place of its own would take the artifacts out from under the experiment's id.
        .ask(.post, .v2, "experiments/create", .create, [.newExperimentName("name")]).reserving("artifact_location"),
        // Who renames must be allowed to have an experiment of the new name.
        .ask(
            .post,
            .v2,
            "experiments/update",
            .write,
            [.experiment("experiment_id"), .newExperimentName("new_name").optional.asked(.create)]
        ).changing,
        .ask(.post, .v2, "experiments/delete", .delete, [.experiment("experiment_id")]).changing,
        .ask(.post, .v2, "experiments/restore", .delete, [.experiment("experiment_id")]).changing,
        .ask(.post, .v2, "experiments/set-experiment-tag", .write, [.experiment("experiment_id")]),
        .ask(.post, .v2, "experiments/delete-experiment-tag", .write, [.experiment("experiment_id")]),
    ]

    static let runs: [MLflowRoute] = [
        .ask(.get, .v2, "runs/get", .read, [.run("run_id", "run_uuid")]),
        .ask(.post, .v2, "runs/search", .read, [.experiments("experiment_ids[]")]),
        .ask(.post, .v2, "runs/create", .write, [.experiment("experiment_id")]).leading(with: "experiment_id"),
        .ask(.post, .v2, "runs/update", .write, [.run("run_id", "run_uuid")]),
        .ask(.post, .v2, "runs/delete", .delete, [.run("run_id")]),
        .ask(.post, .v2, "runs/restore", .delete, [.run("run_id")]),
        .ask(
            .post,
            .v2,
            "runs/log-metric",
            .write,
            [.run("run_id", "run_uuid"), .loggedModel("model_id").optional]
        ),
        .ask(.post, .v2, "runs/log-parameter", .write, [.run("run_id", "run_uuid")]),
        .ask(.post, .v2, "runs/set-tag", .write, [.run("run_id", "run_uuid")]),
        .ask(.post, .v2, "runs/delete-tag", .write, [.run("run_id")]),
        .ask(.post, .v2, "runs/log-batch", .write, [.run("run_id"), .loggedModels("metrics[].model_id")]),
        .ask(.post, .v2, "runs/log-model", .write, [.run("run_id")]),
        // A run may use a model that its person can only read.
        .ask(.post, .v2, "runs/log-inputs", .write, [.run("run_id"), .loggedModels("models[].model_id").asked(.read)])
            .holding(atMost: 4 << 20),
        .ask(.post, .v2, "runs/outputs", .write, [.run("run_id"), .loggedModels("models[].model_id")]),
        .ask(.get, .v2, "metrics/get-history", .read, [.run("run_id", "run_uuid")]),
        .ask(.get, .v2, "metrics/get-history-bulk", .read, [.runs("run_id[]")]),
        .ask(.get, .v2, "metrics/get-history-bulk-interval", .read, [.runs("run_ids[]")]),
    ]

    static let loggedModels: [MLflowRoute] = [
        .ask(
            .post,
            .v2,
            "logged-models",
            .write,
            [.experiment("experiment_id"), .run("source_run_id").optional.asked(.read)]
        ).leading(with: "experiment_id"),
        .ask(.post, .v2, "logged-models/search", .read, [.experiments("experiment_ids[]")]),
        .ask(.get, .v2, "logged-models/<model_id>", .read, [.loggedModel("model_id")]),
        // MLflow takes the id of this one call from the body and not from the path: both must be there and agree.
        .ask(.patch, .v2, "logged-models/<model_id>", .write, [.loggedModel("model_id")]),
        .ask(.delete, .v2, "logged-models/<model_id>", .delete, [.loggedModel("model_id")]).byTarget,
        .ask(.patch, .v2, "logged-models/<model_id>/tags", .write, [.loggedModel("model_id")]).byTarget,
        .ask(.delete, .v2, "logged-models/<model_id>/tags/<tag_key>", .write, [.loggedModel("model_id")]).byTarget,
        .ask(.post, .v2, "logged-models/<model_id>/params", .write, [.loggedModel("model_id")]).byTarget,
        .ask(
            .get,
            .v2,
            "logged-models/<model_id>/artifacts/directories",
            .read,
            [.loggedModel("model_id"), .relativePath("artifact_directory_path").optional]
        ),
        .ask(
            .get,
            .v2,
            "logged-models/<model_id>/artifacts/files",
            .read,
            [.loggedModel("model_id"), .relativePath("artifact_file_path")]
        ),
    ]
}
